"""Challenges that cost nothing to hand out: random, signed, with a purpose, a subject and an end.

The text is `<subject>.<nonce>.<expires>.<signature>`. None is stored when it is made; whoever
accepts an answer to one stores its hash, so that it is answered once.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from media_jobs.errors import SignatureError
from media_jobs.signing import sign, verify

__all__ = ["Challenge", "make_challenge", "open_challenge"]

_SUBJECT = re.compile(r"[A-Za-z0-9_:-]{0,200}", re.ASCII)
_REST = re.compile(r"([0-9a-f]{64})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """An opened challenge. *nonce*: 64 hex digits; *hash*: of the whole text (hex)."""

    subject: str
    nonce: str
    expires_ms: int
    hash: str


def make_challenge(
    purpose: str, subject: str, nonce: str, expires_s: int, secrets: tuple[str, ...]
) -> str:
    """Return a challenge, good until *expires_s* (Unix, s). *nonce*: 32 random bytes, in hex."""
    assert _SUBJECT.fullmatch(subject)
    body = f"{subject}.{nonce}.{expires_s}"
    return f"{body}.{sign(_challenge(purpose, body), secrets)}"


def open_challenge(purpose: str, text: str, secrets: tuple[str, ...], now_ms: int) -> Challenge:
    """Return what a challenge of this *purpose* says.

    Raises SignatureError for a changed, expired or malformed one, or one for another purpose.
    """
    subject, _, rest = text.partition(".")
    parts = _REST.fullmatch(rest)
    if parts is None or not _SUBJECT.fullmatch(subject):
        raise SignatureError("malformed challenge")
    nonce, expires, signature = parts.groups()
    verify(_challenge(purpose, f"{subject}.{nonce}.{expires}"), signature, secrets)
    if int(expires) * 1000 <= now_ms:
        raise SignatureError("the challenge has expired")
    return Challenge(
        subject=subject,
        nonce=nonce,
        expires_ms=int(expires) * 1000,
        hash=sha256(text.encode()).hexdigest(),
    )


def _challenge(purpose: str, body: str) -> bytes:
    return f"challenge {purpose} {body}".encode()
