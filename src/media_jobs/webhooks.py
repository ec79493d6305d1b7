"""Outgoing webhooks by Standard Webhooks 1.0.0: signatures, the retry schedule, what may be called.

The specification is spec/standard-webhooks.md in
https://github.com/standard-webhooks/standard-webhooks.
"""

import hmac
import json
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

from media_jobs.errors import invalid_field
from media_jobs.messages import message
from media_jobs.networks import is_public, parse_address

__all__ = [
    "EVENT_TYPES",
    "FAILING_DAYS_MAX",
    "RESOLVED",
    "ROTATION_MS",
    "SECRET_BYTES",
    "SECRET_PREFIX",
    "TRIES_MAX",
    "URL_LENGTH_MAX",
    "EventType",
    "check_url",
    "filters_of",
    "find_why_off",
    "message_body",
    "new_secret",
    "retry_delay_ms",
    "signed_headers",
    "url_fault",
]

EventType = Literal[
    "job.started",
    "job.completed",
    "job.failed",
    "job.canceled",
    "review.requested",
    "subscription.paused",
    "webhook.test",
    "alert.*",
    "alert.jobs_piling_up",
    "alert.dead_letters",
    "alert.container_down",
    "alert.orchestrator_down",
]
"""What an endpoint may ask for; `alert.*` stands for every alert, and each for its end as well."""
RESOLVED = ".resolved"
"""What the type of an alert's end has behind that of its beginning."""
EVENT_TYPES: tuple[str, ...] = get_args(EventType)

SECRET_PREFIX = "whsec_"  # noqa: S105 - the specification's prefix.
SECRET_BYTES = 32
"""The specification wants 24 to 64 random bytes."""

ROTATION_MS = 24 * 3600 * 1000
"""How long the former secret signs beside the new one."""
FAILING_DAYS_MAX = 5
"""An endpoint that has answered nothing with success for so many days is disabled."""

_WHY_OFF = ("webhook_off.by_hand", "webhook_off.failing", "webhook_off.gone")

_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_DELAYS_MS = (
    *(5_000, 5 * _MINUTE_MS, 30 * _MINUTE_MS),
    *(hours * _HOUR_MS for hours in (2, 5, 10, 14, 20, 24)),
)
TRIES_MAX = 1 + len(_DELAYS_MS)

URL_LENGTH_MAX = 2000
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]*")
"""Printable ASCII without what parsers disagree on: blanks and ``"`` ``<`` ``>`` ``\\`` ``^`` …"""
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def new_secret(entropy: bytes) -> str:
    """Return a symmetric secret from `SECRET_BYTES` random bytes."""
    assert len(entropy) == SECRET_BYTES
    return SECRET_PREFIX + b64encode(entropy).decode()


def signed_headers(
    message_id: str, body: bytes, secrets: tuple[str, ...], now_ms: int
) -> dict[str, str]:
    """Return the headers of one delivery: a `v1` signature under each of *secrets*, newest first.

    The id stays the same over retries, so a receiver can recognize a repetition; the time is this
    try's.
    """
    timestamp = str(now_ms // 1000)
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        "v1," + b64encode(hmac.digest(_key(secret), content, "sha256")).decode()
        for secret in secrets
    ]
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(SECRET_PREFIX))


def message_body(event_type: str, at_ms: int, data: dict[str, object]) -> str:
    """Return the JSON that is signed and sent: `type`, `timestamp` (ISO 8601) and `data`."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    document = {"type": event_type, "timestamp": at.replace("+00:00", "Z"), "data": data}
    return _encode(document)


def filters_of(event_type: str) -> tuple[str, str]:
    """Return the two filters that let *event_type* through: itself, and its family (`alert.*`).

    Subscribers of an alert also get its resolution.
    """
    return event_type.removesuffix(RESOLVED), event_type.partition(".")[0] + ".*"


def find_why_off(stored: str | None) -> str | None:
    """Return the key of why an endpoint is disabled, by what is *stored*; None for other words."""
    return next((key for key in _WHY_OFF if message(key) == stored), None)


def retry_delay_ms(tries: int) -> int | None:
    """Return how long to wait after *tries* (≥ 1) failed ones, in ms; None: it was the last one.

    The specification's schedule: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
    """
    assert tries >= 1
    return _DELAYS_MS[tries - 1] if tries < TRIES_MAX else None


def check_url(url: str, *, allow_loopback: bool = False) -> str:
    """Return *url* if it may be called; raises InvalidInput that says why it may not."""
    fault = url_fault(url, allow_loopback=allow_loopback)
    if fault is not None:
        raise invalid_field("url", fault)
    return url


def url_fault(url: str, *, allow_loopback: bool = False) -> str | None:
    """Return why *url* may not be called, as a key of the catalogue, or None.

    A guard against server-side request forgery by what the text says; that a public name does not
    resolve to a private address is the platform's part (a Worker reaches no private network).
    *allow_loopback* also lets this machine and plain http to it through, for tests.
    """
    if len(url) > URL_LENGTH_MAX:
        return "field.url_length"
    if not _PLAIN.fullmatch(url):
        return "field.url_ascii"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "field.url"
    if "@" in parts.netloc or parts.fragment or port == 0:
        return "field.url_parts"
    if allow_loopback and parts.scheme in ("http", "https") and _is_loopback(host):
        return None
    return "field.url_https" if parts.scheme != "https" else _host_fault(host)


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _host_fault(host: str) -> str | None:
    host = host.removesuffix(".")
    if parse_address(host) is not None:
        return None if is_public(host) else "field.url_inside_address"
    if host.split(".")[-1] in _INSIDE:
        return "field.url_inside_host"
    # A last label that is a number makes the whole an IPv4 address to a URL parser (WHATWG URL).
    if not _NAME.fullmatch(host) or len(host) > 253:
        return "field.url_host"
    return None
