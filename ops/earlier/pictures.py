"""The pictures of media, fetched from where the earlier system says they are.

The addresses are those that sites and users gave: only public hosts are asked, nothing is followed
elsewhere, and no more is read than a picture here may have.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from media_jobs.keys import picture_key
from media_jobs.networks import is_public
from ops.earlier.mapping import Brought, Version

BYTES_MAX = 256 * 1024
"""What the app takes (`app.media.pictures`)."""
TIMEOUT_S = 20.0


class NoPicture(Exception):
    """Why there is none; the text is a reason that many may share."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture; its type is what its first bytes say."""

    content: bytes
    content_type: str
    extension: str


def is_public_host(host: str) -> bool:
    """Whether all addresses of *host* are public. Raises OSError where it has none."""
    return all(is_public(str(found[4][0])) for found in socket.getaddrinfo(host, 443))


def fetch(
    http: httpx.Client, url: str, is_allowed: Callable[[str], bool] = is_public_host
) -> Picture:
    """Return the picture at *url*. Raises NoPicture."""
    try:
        if not is_allowed(urlsplit(url).hostname or ""):
            raise NoPicture("its host is not public")
        with http.stream("GET", url, timeout=TIMEOUT_S, follow_redirects=False) as answer:
            if answer.status_code != 200:
                raise NoPicture(f"HTTP {answer.status_code}")
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > BYTES_MAX:
                    raise NoPicture("over 256 KiB")
    except (httpx.HTTPError, OSError, ValueError) as error:
        raise NoPicture(f"unreachable ({type(error).__name__})") from None
    return _picture(content)


def _picture(content: bytes) -> Picture:
    if content.startswith(b"\xff\xd8\xff"):
        return Picture(content, "image/jpeg", "jpg")
    if content[:4] == b"RIFF" and content[8:15] == b"WEBPVP8":
        return Picture(content, "image/webp", "webp")
    raise NoPicture("neither JPEG nor WebP")


def picture_version(media: Brought, picture: Picture) -> Version:
    """Return the version of a media's thumbnail that *picture* becomes."""
    return Version(
        input_id=media.picture_id,
        slot="thumbnail",
        key=picture_key(media.media_id, media.picture_id, picture.extension),
        content_type=picture.content_type,
        created_ms=media.created_ms,
        size_bytes=len(picture.content),
    )
