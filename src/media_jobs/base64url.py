"""Base64url without padding (RFC 4648, section 5), as WebAuthn and JSON Web Tokens write bytes."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

__all__ = ["from_base64url", "to_base64url"]

_TEXT = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def to_base64url(data: bytes) -> str:
    """Return *data* as text."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Return the bytes of *text*, of which there is one text alone; raises ValueError."""
    if not _TEXT.fullmatch(text):
        raise ValueError("not base64url")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("base64url with surplus bits")
    return data
