"""HMAC signatures between the app, the orchestrator and the containers.

A message is signed with the first of the shared secrets and accepted under any of them, so that a
secret can be rotated without downtime. Five kinds of message exist, and none can be mistaken for
another: a JSON body (starts with ``{`` and names its ``type``), a request line (starts with an
HTTP method), an artifact link (starts with ``artifact``), a session (starts with ``session``) and
an attempt's token (starts with ``attempt``).

Every malformed signature ends in the one `SignatureError`.
"""

import hmac
import re
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from media_jobs.errors import SettingError, SignatureError
from media_jobs.request_id import request_id_header

__all__ = [
    "SECRET_SETTING",
    "SIGNATURE_HEADER",
    "TOLERANCE_MS",
    "check_age",
    "is_one_of",
    "matches",
    "open_session",
    "parse_secrets",
    "request_line",
    "sign",
    "sign_attempt",
    "sign_link",
    "sign_request_line",
    "sign_session",
    "signed_headers",
    "verify",
    "verify_attempt",
    "verify_link",
    "verify_request_line",
]

SIGNATURE_HEADER = "x-signature"
TOLERANCE_MS = 5 * 60 * 1000
"""How far, in milliseconds and in both directions, a message's `ts` may be from the clock."""

SECRET_SETTING = "JOB_CALLBACK_HMAC_SECRET"  # noqa: S105 - the name of a setting.
Receiver = Literal["orchestrator", "container"]
"""Who a signed request line is for."""

_HEX_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,15}", re.ASCII)


def parse_secrets(value: str | None) -> tuple[str, ...]:
    """Return the secrets in *value*, comma separated, newest first.

    Raises SettingError when there is none: a missing secret never means "unsigned".
    """
    secrets = tuple(part.strip() for part in (value or "").split(",") if part.strip())
    if not secrets:
        raise SettingError(SECRET_SETTING, "setting.missing")
    return secrets


def _hex_hmac(secret: str, message: bytes) -> str:
    # In one call: an HMAC object costs a Worker ten times as much.
    return hmac.digest(secret.encode(), message, "sha256").hex()


def sign(message: bytes, secrets: tuple[str, ...]) -> str:
    """Return the lower-case hex HMAC-SHA256 of *message* under the first of *secrets*."""
    return _hex_hmac(secrets[0], message)


def signed_headers(body: bytes, secrets: tuple[str, ...], request_id: str = "") -> dict[str, str]:
    """Return the headers of a signed JSON body, with the id of the request it follows from."""
    return {
        "content-type": "application/json",
        SIGNATURE_HEADER: sign(body, secrets),
        **request_id_header(request_id),
    }


def verify(message: bytes, signature: str | None, secrets: tuple[str, ...]) -> None:
    """Accept *signature* of *message* under any of *secrets*, in constant time.

    Raises SignatureError otherwise, whatever the shape of *signature*.
    """
    if signature is None:
        raise SignatureError("no signature")
    if not _HEX_DIGEST.fullmatch(signature):
        raise SignatureError("malformed signature")
    if not matches(message, signature, secrets):
        raise SignatureError("signature of another secret or message")


def matches(message: bytes, signature: str | None, secrets: tuple[str, ...]) -> bool:
    """Return whether *signature* is that of *message* under one of *secrets*, in constant time."""
    # An empty one is as long as no digest: it matches nothing.
    given = (signature or "").encode()
    found = False
    for secret in secrets:
        found |= hmac.compare_digest(_hex_hmac(secret, message).encode(), given)
    return found


def is_one_of(token: str, accepted: tuple[str, ...]) -> bool:
    """Return whether *token* is one of *accepted*, in constant time."""
    found = False
    for one in accepted:
        found |= hmac.compare_digest(one.encode(), token.encode())
    return found


def check_age(ts_ms: int, now_ms: int) -> None:
    """Refuse a message sent more than `TOLERANCE_MS` before or after *now_ms*."""
    if abs(now_ms - ts_ms) > TOLERANCE_MS:
        raise SignatureError(f"ts is {(now_ms - ts_ms) / 1000:.0f} s behind this clock")


def sign_request_line(
    method: str, target: str, secrets: tuple[str, ...], receiver: Receiver = "orchestrator"
) -> str:
    """Sign a request without a body; *target* is path and query and must carry ``ts=<ms>``.

    The orchestrator and the containers have paths of the same names, so a line says for whom it is.
    """
    return sign(request_line(method, target, receiver), secrets)


def verify_request_line(
    method: str,
    target: str,
    signature: str | None,
    secrets: tuple[str, ...],
    now_ms: int,
    receiver: Receiver = "orchestrator",
) -> None:
    """Accept what `sign_request_line` made for *receiver* within the last `TOLERANCE_MS`."""
    verify(request_line(method, target, receiver), signature, secrets)
    ts = dict(parse_qsl(urlsplit(target).query)).get("ts", "")
    if not _DECIMAL.fullmatch(ts):
        raise SignatureError("no ts in the query")
    check_age(int(ts), now_ms)


def request_line(method: str, target: str, receiver: Receiver = "orchestrator") -> bytes:
    """Return what is signed of a request without a body."""
    line = f"{method} {target}"
    return (line if receiver == "orchestrator" else f"{receiver} {line}").encode()


def sign_link(path: str, params: dict[str, str], expires_s: int, secrets: tuple[str, ...]) -> str:
    """Return *path* with *params*, ``exp`` and ``sig``: a link good until *expires_s* (Unix, s)."""
    query = urlencode(sorted({**params, "exp": str(expires_s)}.items()))
    signature = sign(f"artifact {path}?{query}".encode(), secrets)
    return f"{path}?{query}&sig={signature}"


def verify_link(path: str, query: str, secrets: tuple[str, ...], now_ms: int) -> dict[str, str]:
    """Return the parameters of a link that `sign_link` made and that has not expired.

    Raises SignatureError for a changed, expired or malformed link.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise SignatureError("a parameter occurs twice")
    signature = params.pop("sig", None)
    message = f"artifact {path}?{urlencode(sorted(params.items()))}"
    verify(message.encode(), signature, secrets)
    expires = params.pop("exp", "")
    if not _DECIMAL.fullmatch(expires) or int(expires) * 1000 <= now_ms:
        raise SignatureError("the link has expired")
    return params


def sign_session(session: str, expires_s: int, secrets: tuple[str, ...]) -> str:
    """Return the value of a session's cookie, good until *expires_s* (Unix, s)."""
    return f"{session}.{expires_s}.{sign(_session(session, str(expires_s)), secrets)}"


def open_session(value: str, secrets: tuple[str, ...], now_ms: int) -> str:
    """Return the session of a cookie's *value* that `sign_session` made.

    Raises SignatureError for a changed, expired or malformed one.
    """
    session, first, rest = value.partition(".")
    expires, second, signature = rest.partition(".")
    if not first or not second or not _DECIMAL.fullmatch(expires):
        raise SignatureError("malformed session")
    verify(_session(session, expires), signature, secrets)
    if int(expires) * 1000 <= now_ms:
        raise SignatureError("the session has expired")
    return session


def _session(session: str, expires: str) -> bytes:
    return f"session {session}.{expires}".encode()


def sign_attempt(job_id: str, attempt: int, token: str, secrets: tuple[str, ...]) -> str:
    """Return the signature of an attempt's *token*, for its URLs: it needs no look-up."""
    return sign(_attempt(job_id, attempt, token), secrets)


def verify_attempt(
    job_id: str, attempt: int, token: str, signature: str | None, secrets: tuple[str, ...]
) -> None:
    """Accept a *token* that was given out; raises SignatureError.

    Whether it is still that of the attempt, the job alone knows.
    """
    verify(_attempt(job_id, attempt, token), signature, secrets)


def _attempt(job_id: str, attempt: int, token: str) -> bytes:
    return f"attempt {job_id} {attempt} {token}".encode()
