"""Requests for URLs that someone else has signed: sent byte for byte as they are written."""

import re
from urllib.parse import urlsplit

from engine_kit.failures import EngineFailure, FailureCode

__all__ = ["exact_target"]

_PRINTABLE = re.compile(r"[\x21-\x7e]+", re.ASCII)


def exact_target(url: str) -> dict[str, object]:
    """Return the request extension that sends path and query of *url* untouched.

    Raises EngineFailure(transfer_failed, permanent) for anything but an http(s) URL.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or not _PRINTABLE.fullmatch(url):
        raise EngineFailure(FailureCode.TRANSFER_FAILED, "A URL is malformed.", retryable=False)
    start = len(parts.scheme) + len("://") + len(parts.netloc)
    target = url[start:].split("#", 1)[0]
    return {"target": (target if target.startswith("/") else f"/{target}").encode()}
