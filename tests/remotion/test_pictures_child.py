"""Strangers' pictures: decoded within bounds, or not at all."""

import gzip
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError
from remotion.pictures import wanted_avatar
from remotion.pictures_child import (
    BYTES_MAX,
    PIXELS_MAX,
    FetchOrder,
    WantedPicture,
    decoded,
    uncoded,
)

RED, BLUE = (255, 0, 0), (0, 0, 255)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def test_an_avatar_is_the_square_middle_of_its_picture() -> None:
    wide = Image.new("RGB", (300, 100), RED)
    wide.paste(BLUE, (100, 0, 200, 100))

    avatar = decoded(encoded(wide), height=64, square=True)

    assert avatar.size == (64, 64)
    assert avatar.getpixel((1, 32)) == avatar.getpixel((62, 32)) == (*BLUE, 255)


def test_a_mark_keeps_its_shape_and_is_never_enlarged() -> None:
    assert decoded(encoded(Image.new("RGB", (800, 400))), height=100, square=False).size == (
        200,
        100,
    )
    assert decoded(encoded(Image.new("RGB", (8, 4))), height=100, square=False).size == (8, 4)


def test_a_photograph_is_turned_as_its_camera_was_held() -> None:
    photograph = Image.new("RGB", (40, 20), RED)
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by a quarter.

    upright = decoded(encoded(photograph, "JPEG", exif=exif), height=40, square=False)

    assert upright.size == (20, 40)


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", b"GIF89a", b"%!PS-Adobe-3.0", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises((OSError, ValueError)):
        decoded(data, height=10, square=True)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    bomb = encoded(Image.new("1", (PIXELS_MAX // 1000 + 1, 1000)))

    assert len(bomb) < 20_000
    with pytest.raises(ValueError, match="too many pixels"):
        decoded(bomb, height=10, square=True)


@pytest.mark.parametrize("file", ["../a.png", "avatar-x.png", f"avatar-{'a' * 40}.png\n"])
def test_no_name_leads_out_of_the_folder(file: str) -> None:
    with pytest.raises(ValidationError):
        WantedPicture(url="http://a/", file=file, height=1, square=True)


def test_one_url_always_has_the_same_file_and_survives_the_way_to_the_child() -> None:
    one, same, other = (wanted_avatar(f"https://a.example/{name}") for name in ("x", "x", "y"))
    order = FetchOrder(wanted=(one, other), deadline_s=1.0)

    assert one == same
    assert one.file != other.file
    assert FetchOrder.model_validate_json(order.model_dump_json()) == order


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_c15_pictures_of_the_kinds_that_sites_send_are_read(kind: str) -> None:
    avatar = decoded(encoded(Image.new("RGB", (64, 64), RED), kind), height=64, square=True)

    assert np.asarray(avatar)[32, 32].astype(int) == pytest.approx((*RED, 255), abs=12)


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("", b"picture"),
        ("identity", b"picture"),
        ("gzip", gzip.compress(b"picture")),
        ("GZIP", gzip.compress(b"picture")),
        ("x-gzip", gzip.compress(b"picture")),
        ("deflate", zlib.compress(b"picture")),
    ],
    ids=["none", "identity", "gzip", "capitals", "x-gzip", "deflate"],
)
def test_c15_a_picture_is_read_out_of_the_coding_it_was_sent_in(coding: str, sent: bytes) -> None:
    assert uncoded(sent, coding) == b"picture"


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("br", b"picture"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"picture"))),
        ("gzip", b"picture"),
        ("gzip", gzip.compress(bytes(BYTES_MAX + 1))),
    ],
    ids=["unknown", "two", "not in it", "too large"],
)
def test_a_coding_that_is_not_known_or_hides_too_much_is_refused(coding: str, sent: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        uncoded(sent, coding)
