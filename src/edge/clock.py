"""The Worker's clock and randomness, as the values that the use cases take."""

import secrets
import time


def now_ms() -> int:
    """Return the time in Unix milliseconds; it stands still between two I/O operations."""
    # Pyodide reads it from `Date.now()`, for a tenth of what a call from Python costs. Rounded,
    # because a whole millisecond may be a little less as a fraction of seconds.
    return round(time.time() * 1000)


def entropy(size: int) -> bytes:
    """Return *size* random bytes."""
    return secrets.token_bytes(size)


def token() -> str:
    """Return a random token of 128 bits, safe in a URL."""
    return secrets.token_urlsafe(16)
