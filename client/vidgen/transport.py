"""Carries out a flow's steps with httpx: what the sync and the async client share."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from vidgen.errors import ConfigurationError
from vidgen.steps import Answered, PutFile, SaveFile, Unanswered

__all__ = [
    "CHUNK_BYTES",
    "TIMEOUT_S",
    "TOKEN_VARIABLE",
    "TRANSFER_TIMEOUT_S",
    "URL_VARIABLE",
    "VERSION",
    "address",
    "answered",
    "api_headers",
    "base_url",
    "checked_retries",
    "chunks",
    "put_headers",
    "range_headers",
    "save_mode",
    "secret",
    "unanswered",
]

VERSION: Final = "0.7.0"
CHUNK_BYTES: Final = 1024 * 1024
TIMEOUT_S: Final = 30.0
TRANSFER_TIMEOUT_S: Final = 60.0
"""Between two pieces of a transfer; a long one is not cut off as long as it moves."""
RETRIES_MAX: Final = 100
URL_VARIABLE: Final = "VIDGEN_URL"
TOKEN_VARIABLE: Final = "VIDGEN_TOKEN"  # noqa: S105  # The variable's name.

_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


def address(url: str | None) -> str:
    """Return the app's address: *url*, or the environment's; raises ConfigurationError."""
    found = url or os.environ.get(URL_VARIABLE)
    if not found:
        raise ConfigurationError(f"No app is given: pass its address, or set {URL_VARIABLE}.")
    return base_url(found)


def secret(token: str | None) -> str:
    """Return the API token: *token*, or the environment's; raises ConfigurationError."""
    found = token or os.environ.get(TOKEN_VARIABLE)
    if not found:
        raise ConfigurationError(f"There is no token: pass one, or set {TOKEN_VARIABLE}.")
    return found


def checked_retries(retries: int | None) -> int | None:
    """Return how often what has failed is tried again; raises ConfigurationError."""
    if retries is not None and not 0 <= retries <= RETRIES_MAX:
        raise ConfigurationError(f"max_retries is {retries}; it is from 0 to {RETRIES_MAX}.")
    return retries


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


def answered(
    response: httpx.Response, body: bytes = b"", *, retries_max: int | None = None
) -> Answered:
    """Return *response* as the outcome of a step; *retries_max* is what the client wants."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answered(
        status=response.status_code, headers=headers, body=body, retries_max=retries_max
    )


def unanswered(
    error: httpx.TransportError, app: str | None = None, *, retries_max: int | None = None
) -> Unanswered:
    """Return why there is no answer; URLs with signatures are not in it. *app*: who was asked.

    What no further try can mend, such as a certificate that is not trusted, is tried no more.
    """
    before = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    tls = _tls_error(error)
    if tls is not None:
        return Unanswered(_of_tls(tls), sent=not before, retries_max=0, final=True)
    why = re.sub(r"https?://\S+", "the server", str(error) or type(error).__name__)
    why = re.sub(r"^\[Errno -?\d+\] ", "", why) + (f" ({app})" if app and before else "")
    return Unanswered(why, sent=not before, retries_max=retries_max)


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _of_tls(error: ssl.SSLError) -> str:
    """Return what is wrong between both ends, and what to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted here: {error.verify_message}. For an authority of "
            "your own, set SSL_CERT_FILE to its certificate; never send a token past this."
        )
    if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
        return "it does not speak TLS there. Does its address begin with http:// (or another port)?"
    return f"no TLS connection: {(error.reason or str(error)).lower().replace('_', ' ')}."


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
