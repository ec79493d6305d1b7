"""Carries out a flow's steps with httpx: what the sync and the async client share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from vidgen.errors import ConfigurationError
from vidgen.steps import Answered, PutFile, SaveFile, Unanswered

__all__ = [
    "CHUNK_BYTES",
    "TIMEOUT",
    "TRANSFER_TIMEOUT",
    "VERSION",
    "answered",
    "api_headers",
    "base_url",
    "chunks",
    "put_headers",
    "range_headers",
    "save_mode",
    "unanswered",
]

VERSION: Final = "0.6.0"
CHUNK_BYTES: Final = 1024 * 1024
TIMEOUT: Final = httpx.Timeout(30.0)
TRANSFER_TIMEOUT: Final = httpx.Timeout(60.0)
"""Between two pieces of a transfer; a long one is not cut off as long as it moves."""

_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


def base_url(url: str) -> str:
    """Return the app's address without a trailing slash; raises ConfigurationError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{url!r} is not the address of an app, such as https://jobs.example.com."
        )
    if parts.username or parts.password:
        raise ConfigurationError("The address must not contain a password.")
    return url.rstrip("/")


def api_headers(token: str) -> dict[str, str]:
    """Return the headers of every call; raises ConfigurationError, never showing the token."""
    if not _TOKEN.fullmatch(token):
        raise ConfigurationError(
            "The token is empty or has characters that are not valid in a token."
        )
    return {
        "authorization": f"Bearer {token}",
        "accept": "application/json",
        "user-agent": f"vidgen/{VERSION}",
    }


def answered(response: httpx.Response, body: bytes = b"") -> Answered:
    """Return *response* as the outcome of a step."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answered(status=response.status_code, headers=headers, body=body)


def unanswered(error: httpx.TransportError) -> Unanswered:
    """Return why there is no answer; URLs with signatures are not in it."""
    before = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    why = str(error) or type(error).__name__
    return Unanswered(re.sub(r"https?://\S+", "the server", why), sent=not before)


def put_headers(step: PutFile) -> dict[str, str]:
    """Return the headers of a presigned PUT: those signed, and the length."""
    return {**step.headers, "content-length": str(step.size_bytes)}


def range_headers(step: SaveFile) -> dict[str, str]:
    """Return the headers that ask for what is missing of a result."""
    plain = {"accept-encoding": "identity"}
    return {**plain, "range": f"bytes={step.offset}-"} if step.offset else plain


def save_mode(step: SaveFile, status: int) -> str:
    """Return how the partial file is opened: a 200 brings everything, a 206 what is missing."""
    return "ab" if status == 206 and step.offset else "wb"


def chunks(path: Path, offset: int, size_bytes: int) -> Iterator[bytes]:
    """Yield *size_bytes* of a file from *offset* on; raises Unanswered if it has become shorter."""
    with path.open("rb") as file:
        file.seek(offset)
        left = size_bytes
        while left:
            piece = file.read(min(CHUNK_BYTES, left))
            if not piece:
                raise Unanswered(f"{path.name} became shorter", sent=False)
            left -= len(piece)
            yield piece
