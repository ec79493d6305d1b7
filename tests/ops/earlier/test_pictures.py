"""Thumbnails are fetched from public hosts alone, small ones, and of types that the app takes."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from dev.loopback import Handler, served
from ops.earlier.pictures import BYTES_MAX, NoPicture, fetch

JPEG, WEBP = b"\xff\xd8\xff\xe0 picture", b"RIFF\x00\x00\x00\x00WEBPVP8 "
ANSWERS = {
    "/a.jpg": (200, JPEG, {}),
    "/a.webp": (200, WEBP, {}),
    "/a.png": (200, b"\x89PNG", {}),
    "/large": (200, JPEG + bytes(BYTES_MAX), {}),
    "/moved": (302, b"", {"location": "/a.jpg"}),
}


class _Site(Handler):
    def do_GET(self) -> None:
        self.answer(*ANSWERS.get(self.path, (404, b"", {})))


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(_Site) as url:
        yield url


def fetched(url: str) -> tuple[bytes, str, str]:
    with httpx.Client(trust_env=False) as http:
        picture = fetch(http, url, lambda _: True)
    return picture.content, picture.content_type, picture.extension


def test_a_picture_has_the_type_that_its_bytes_say(site: str) -> None:
    assert fetched(f"{site}/a.jpg") == (JPEG, "image/jpeg", "jpg")
    assert fetched(f"{site}/a.webp") == (WEBP, "image/webp", "webp")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/a.png", "neither JPEG nor WebP"),
        ("/large", "over 256 KiB"),
        ("/moved", "HTTP 302"),
        ("/none", "HTTP 404"),
    ],
)
def test_what_is_no_such_picture_is_told(site: str, path: str, reason: str) -> None:
    with pytest.raises(NoPicture, match=reason):
        fetched(site + path)


def test_no_host_inside_is_asked(site: str) -> None:
    with (
        httpx.Client(trust_env=False) as http,
        pytest.raises(NoPicture, match="its host is not public"),
    ):
        fetch(http, f"{site}/a.jpg")
    with pytest.raises(NoPicture, match="unreachable"):
        fetched("http://127.0.0.1:1/a.jpg")
