"""The cover: its title is set in lines of about one length, and read over every film."""

from typing import get_args

import numpy as np
import pytest
from PIL import Image
from remotion.composition import compose
from remotion.layers import Picture, PictureKind
from remotion.theme import theme

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions, Preset

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Big Buck Bunny: how the meadow was made", ["Big Buck Bunny:", "how the meadow was made"]),
        ("Short", ["Short"]),
        # Without spaces between words there is nothing to win, and words are never cut for it.
        (
            "一个很长的标题，看看它是怎么换行的，应该保持原样才对吧再来一点点字",
            ["一个很长的标题，看看它是怎么换行", "的，应该保持原样才对吧再来一点点字"],
        ),
    ],
)
def test_no_word_of_the_covers_title_stands_alone(title: str, lines: list[str]) -> None:
    document = CommentsDocument.model_validate(
        {"video": {"title": title}, "comments": [{"author": "a", "content": "b"}]}
    )

    page = compose(document, CommentsOptions(), source_size=(16, 9)).page

    assert [line.text for line in page.title.lines] == lines


def luminance(colour: tuple[int, ...]) -> float:
    """Return the relative luminance of sRGB (WCAG 2.2)."""
    linear = [((v / 255 + 0.055) / 1.055) ** 2.4 if v > 10 else v / 255 / 12.92 for v in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rows_of(picture: Image.Image, ink: tuple[int, int, int]) -> list[int]:
    """Return the rows in which something is written in *ink*."""
    far = np.abs(np.asarray(picture)[:, 40:320, :3].astype(int) - ink).max(axis=2)
    return [int(y) for y in np.flatnonzero((far < 4).any(axis=1))]


def pixel(picture: Image.Image, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in np.asarray(picture)[y, x])


@pytest.mark.parametrize(
    ("preset", "text", "accent"),
    [
        ("midnight", (0xF2, 0xF5, 0xFA), (0x4C, 0xC2, 0xFF)),
        ("paper", (0x23, 0x20, 0x1B), (0xB4, 0x44, 0x1F)),
    ],
)
@pytest.mark.parametrize("film", ["white", "black"])
def test_what_the_cover_says_is_read_over_every_film(
    preset: str, text: tuple[int, int, int], accent: tuple[int, int, int], film: str
) -> None:
    video = {"title": "A title", "translatedTitle": "Ein Titel", "author": "A", "viewCount": 12345}
    document = CommentsDocument.model_validate(
        {"video": video, "comments": [{"author": "a", "content": "b"}]}
    )
    options = CommentsOptions.model_validate({"preset": preset, "height": 360})
    made = compose(document, options, source_size=(16, 9))
    assert made.scene.line is not None

    picture = Image.new("RGBA", (640, 360), film)
    picture.alpha_composite(made.paint(Picture(PictureKind.COVER)))
    picture.alpha_composite(made.paint(Picture(PictureKind.COVER_LINE)), made.scene.line)

    # Title and counts are ordinary text, the coloured line is large (WCAG 2.2, 1.4.3): before it
    # and in the middle, as far as it could reach.
    for ink, least in ((text, 4.5), (accent, 3.0)):
        # Symbols before the counts, of the colour of the line, say nothing by themselves.
        rows = [y for y in rows_of(picture, ink) if ink == text or y < made.page.people_y]
        assert len(rows) > 20
        for y in rows:
            assert contrast(ink, pixel(picture, made.page.left - 4, y)) >= least
            assert contrast(ink, pixel(picture, 320, y)) >= least


@pytest.mark.parametrize("preset", get_args(Preset))
def test_what_is_known_of_an_upright_film_is_read_over_it(preset: str) -> None:
    video = {"title": "A title", "translatedTitle": "Ein Titel", "author": "A", "viewCount": 12345}
    document = CommentsDocument.model_validate(
        {"video": video, "comments": [{"author": "a", "content": "b"}]}
    )
    options = CommentsOptions.model_validate(
        {"preset": preset, "height": 360, "template": "vertical"}
    )
    made = compose(document, options, source_size=(9, 16))
    shade, box, look = made.paint(Picture(PictureKind.INFO)), made.scene.layout.info, theme(options)
    for film in ("white", "black"):
        picture = Image.new("RGBA", shade.size, film)
        picture.alpha_composite(shade)

        ground = pixel(picture, box.x + box.width - 2, box.bottom - 2)
        assert contrast(look.text, ground) >= 3
        assert contrast(look.accent, ground) >= 3
        # Nothing in the box, beside the avatar, is written in an ink that the shade is not for.
        written = np.asarray(picture)[box.y : box.bottom, box.x + 40 : box.x + box.width, :3]
        inks, counts = np.unique(written.reshape(-1, 3), axis=0, return_counts=True)
        often = {tuple(int(v) for v in ink) for ink, n in zip(inks, counts, strict=True) if n > 40}
        assert often <= {ground[:3], look.text, look.accent}
