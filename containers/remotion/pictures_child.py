"""The process that fetches and decodes strangers' pictures: each is bounded in bytes, pixels, time.

The order comes on standard input; a picture that was had is a PNG in the working directory, under
the name the order gave it, complete or not there. `python -m remotion.pictures_child` runs it.
"""

import os
import resource
import ssl
import sys
import threading
import time
import urllib.request
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Annotated

from engine_kit import addresses
from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, Field

BYTES_MAX = 2 << 20
PIXELS_MAX = 16_000_000
_READ_BYTES = 64 * 1024
_SOCKET_S = 5.0
_AT_ONCE = 8
_MEMORY_BYTES_MAX = 2 << 30
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")


class WantedPicture(BaseModel):
    """One picture: from where, under which name, how high; *square*: cut to its middle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    file: Annotated[str, Field(pattern=r"^[a-z]+-[0-9a-f]{40}\.png\z")]
    height: int
    square: bool


class FetchOrder(BaseModel):
    """What to fetch within *deadline_s* seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wanted: tuple[WantedPicture, ...]
    deadline_s: float
    allow_loopback: bool = False


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = 4


def main() -> None:
    """Fetch what can be fetched; ends this process itself, whatever still hangs."""
    order = FetchOrder.model_validate_json(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES_MAX, _MEMORY_BYTES_MAX))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    addresses.install(allow_loopback=order.allow_loopback)
    deadline_s = time.monotonic() + order.deadline_s
    end = threading.Timer(order.deadline_s, os._exit, (0,))
    end.daemon = True
    end.start()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for item in order.wanted:
            pool.submit(_take, item, deadline_s)
    end.cancel()


def _take(item: WantedPicture, deadline_s: float) -> None:
    data = _fetched(item.url, deadline_s)
    picture = decoded(data, height=item.height, square=item.square)
    unfinished = Path(f"{item.file}.{os.getpid()}")
    picture.save(unfinished, "PNG")
    unfinished.rename(item.file)


def _fetched(url: str, deadline_s: float) -> bytes:
    """Return what is at *url*. Only http and https are known here, also behind redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    request = urllib.request.Request(url, headers={"user-agent": "Mozilla/5.0"})  # noqa: S310  Checked by the handlers.
    data = bytearray()
    with opener.open(request, timeout=_SOCKET_S) as response:
        while chunk := response.read1(_READ_BYTES):
            data += chunk
            if len(data) > BYTES_MAX or time.monotonic() > deadline_s:
                raise ValueError("too large or too slow")
        return uncoded(bytes(data), response.headers.get("content-encoding", ""))


def uncoded(data: bytes, coding: str) -> bytes:
    """Return what was sent with this Content-Encoding, which servers use unasked (RFC 9110, 8.4).

    Raises ValueError or zlib.error for another coding, what is not in it, and more than BYTES_MAX.
    """
    match coding.strip().lower():
        case "" | "identity":
            return data
        case "gzip" | "x-gzip" | "deflate":
            # 32: a header of gzip or of zlib.
            unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, BYTES_MAX + 1)
            if len(unpacked) > BYTES_MAX:
                raise ValueError("too large")
            return unpacked
        case _:
            raise ValueError("an unknown content coding")


def decoded(data: bytes, *, height: int, square: bool) -> Image.Image:
    """Return the picture, upright and at most *height* high.

    Raises ValueError, OSError or Pillow's own errors for anything but a picture, or one that is too
    large.
    """
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > PIXELS_MAX or not opened.width or not opened.height:
            raise ValueError("too many pixels")
        opened.draft("RGB", (height * 2, height * 2))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    if square:
        return ImageOps.fit(upright, (height, height), Image.Resampling.LANCZOS)
    upright.thumbnail((height * 4, height), Image.Resampling.LANCZOS)
    return upright


if __name__ == "__main__":
    main()
