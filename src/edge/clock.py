"""The Worker's clock and randomness, as the values that the use cases take."""

import secrets

import js


def now_ms() -> int:
    """Return the time in Unix milliseconds; it stands still between two I/O operations."""
    return int(js.Date.now())


def entropy(size: int) -> bytes:
    """Return *size* random bytes."""
    return secrets.token_bytes(size)


def token() -> str:
    """Return a random token of 128 bits, safe in a URL."""
    return secrets.token_urlsafe(16)
