"""One second of a video, painted without FFmpeg."""

import json
import time
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from remotion.preview import PreviewRequest, preview

from media_jobs.errors import InvalidInput
from media_jobs.wire import read

pytestmark = pytest.mark.heavy

CARD, ACCENT = (0xC0, 0x30, 0x60), (0x20, 0xC0, 0x80)
OPTIONS = {
    "height": 360,
    "coverSeconds": 2,
    "cardColor": "#C03060",
    "accentColor": "#20C080",
    "watermark": {"text": "MARK", "opacity": 1, "size": 60},
}
DOCUMENT = {
    "video": {"title": "A title"},
    "comments": [{"author": "Emma", "content": f"Hello {n}"} for n in range(30)],
}


def asked(**changes: object) -> PreviewRequest:
    """Return the request for a still of the document, with *changes*."""
    body = {"type": "container.preview", "ts": 0, "nonce": "nonce-0001", "document": DOCUMENT}
    return read(PreviewRequest, json.dumps(body | changes).encode())


def shown(at_s: float, **options: object) -> tuple[Image.Image, dict[str, str]]:
    still, headers = transparent(at_s, **options)
    return still.convert("RGB"), headers


def transparent(at_s: float, **options: object) -> tuple[Image.Image, dict[str, str]]:
    made = preview(asked(engineOptions=OPTIONS | options, atS=at_s), {})
    return Image.open(BytesIO(made.content)), dict(made.headers)


def count(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    colours = picture.getcolors(1 << 20)
    assert colours is not None
    return sum(number for number, found in colours if found == colour)


def test_the_cover_and_the_cards_are_where_the_video_has_them() -> None:
    cover, headers = shown(1)
    scene, _ = shown(4)

    assert (cover.size, headers["content-type"]) == ((640, 360), "image/png")
    assert count(cover, CARD) == 0
    assert count(scene, CARD) > 2000
    assert count(scene.crop((0, 0, 400, 350)), CARD) == 0


def test_the_headers_tell_how_long_the_video_is_and_when_each_comment_comes() -> None:
    _, headers = shown(0)

    # 2 s of cover, thirty times 3.6 s, and 1 s at the end.
    assert headers["x-video-duration-ms"] == str(2000 + 30 * 3600 + 1000)
    assert headers["x-comment-starts-ms"].split(",")[:3] == ["2000", "5600", "9200"]


def test_the_place_of_the_source_is_told_and_empty() -> None:
    scene, headers = shown(4)

    x, y, width, height = map(int, headers["x-video-box"].split(","))

    assert width / height == pytest.approx(16 / 9, rel=0.02)
    place = scene.crop((x + 8, y + 8, x + width - 8, y + height - 8))
    assert place.getcolors(4) == [(place.width * place.height, (0, 0, 0))]


def test_while_the_cover_stands_the_source_has_the_whole_place_and_is_seen_through_it() -> None:
    still, headers = transparent(1)
    opacity = still.getchannel("A")

    assert headers["x-video-box"] == "0,0,640,360"
    # 78 % of 255; what is written on the cover is opaque.
    assert opacity.getpixel((5, 100)) == opacity.getpixel((600, 350)) == 199
    assert opacity.getextrema() == (199, 255)


def test_where_the_cover_leaves_only_the_source_is_below_it() -> None:
    # 0.4 s after its 2 s: an eighth of its way is left, or half of its strength.
    slides, _ = transparent(2.4)
    fades, headers = transparent(2.4, coverTransition="fade")

    assert slides.getchannel("A").getpixel((5, 30)) == 199
    assert slides.getchannel("A").getpixel((5, 60)) == 255
    # Half of the scene is left, and over it half of the shade's 78 %.
    assert fades.getchannel("A").getpixel((5, 30)) == pytest.approx(255 * (0.5 + 0.5 * 0.39), abs=2)
    assert headers["x-video-box"] != "0,0,640,360"


def test_beyond_the_end_is_the_last_frame() -> None:
    difference = ImageChops.difference(shown(9999)[0], shown(110.99)[0])

    # The background is dithered by chance.
    assert difference.point([255 if value > 8 else 0 for value in range(256)] * 3).getbbox() is None


def test_the_watermark_is_on_every_frame() -> None:
    for at_s in (0.5, 4):
        corner = shown(at_s)[0].crop((0, 0, 120, 40))
        plain = shown(at_s, watermark=None)[0].crop((0, 0, 120, 40))

        assert count(corner, (255, 255, 255)) > 20
        assert count(plain, (255, 255, 255)) == 0


@pytest.mark.heavy
def test_a_preview_of_thirty_comments_in_full_size_takes_less_than_a_second() -> None:
    shown(4, height=1080)
    before_s = time.process_time()
    shown(60, height=1080)

    assert time.process_time() - before_s < 1


@pytest.mark.parametrize("change", [{"document": {}}, {"atS": -1}, {"engineOptions": {"fps": 7}}])
def test_a_preview_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        asked(**change)
