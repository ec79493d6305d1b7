"""Cards: as high as their text, never higher than the space, with everything inside."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from engine_kit.text.emoji import EmojiPictures, pictures_in
from engine_kit.text.faces import Families
from engine_kit.text.typesetter import Typesetter
from numpy.typing import NDArray
from PIL import Image
from remotion.cards import Card, measured, paint_card, paint_edge, paint_scroll, scroll_place
from remotion.layout import layout
from remotion.renderer import Renderer
from remotion.theme import theme

from media_jobs.comments import Comment, CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.wire import read

pytestmark = pytest.mark.heavy

CASES = Path(__file__).parents[1] / "vectors/cases/comments"
CARD = "#203040"
TEXT = "#FFFFFF"
# Twemoji's red heart.
HEART = (221, 46, 68)


@pytest.fixture(scope="module")
def emoji(tmp_path_factory: pytest.TempPathFactory) -> EmojiPictures:
    """A heart as a plain red square."""
    path = tmp_path_factory.mktemp("emoji") / "2764.png"
    Image.new("RGBA", (72, 72), (*HEART, 255)).save(path)
    return pictures_in([path])


@pytest.fixture
def renderer(emoji: EmojiPictures, families: Families) -> Renderer:
    options = CommentsOptions(height=360, card_color=CARD, text_color=TEXT)
    return Renderer(
        layout=layout(options, source_width=16, source_height=9),
        theme=theme(options),
        setter=Typesetter(families, emoji=emoji),
    )


@dataclass(frozen=True)
class Painted:
    """A card and its picture."""

    card: Card
    image: Image.Image


def a_card(
    renderer: Renderer,
    content: str,
    translated: str | None = None,
    *,
    scroll_s: float | None = None,
    avatar: Image.Image | None = None,
) -> Painted:
    comment = Comment(author="Emma", content=content, translated_content=translated, likes=5)
    card = measured(renderer, comment, number=1, count=9, height_max=300, scroll_s=scroll_s)
    return Painted(card, paint_card(renderer, card, avatar))


def colours(card: Painted) -> set[tuple[int, int, int]]:
    found = card.image.convert("RGB").getcolors(1 << 20)
    assert found is not None
    # Pillow types the colours of any mode; these are RGB.
    return {(c[0], c[1], c[2]) for _, c in found if isinstance(c, tuple)}


def test_a_card_grows_with_its_text_and_never_beyond_the_space(renderer: Renderer) -> None:
    heights = [a_card(renderer, "word " * count).card.height for count in (1, 20, 60, 900)]

    assert heights[0] < heights[1] < heights[2] <= 300
    assert 240 < heights[3] <= 300


def test_a_translation_is_added_below_and_a_repetition_is_not(renderer: Renderer) -> None:
    alone = a_card(renderer, "Hello").card.height

    assert a_card(renderer, "Hello", "你好").card.height > alone
    assert a_card(renderer, "Hello", "Hello").card.height == alone


def test_both_texts_keep_room_when_both_are_too_long(renderer: Renderer) -> None:
    card = a_card(renderer, "word " * 500, "字" * 2000).card

    assert 240 < card.height <= 300


def test_colours_of_card_and_text_are_those_of_the_options(renderer: Renderer) -> None:
    seen = colours(a_card(renderer, "HHHH"))

    assert {(0x20, 0x30, 0x40), (255, 255, 255)} <= seen


def test_emoji_are_in_colour(renderer: Renderer) -> None:
    assert HEART in colours(a_card(renderer, "I ❤\ufe0f it"))
    assert HEART not in colours(a_card(renderer, "I like it"))


def test_the_card_has_round_corners_and_even_sides(renderer: Renderer) -> None:
    painted = a_card(renderer, "Hello")
    card, image = painted.card, painted.image
    corner = image.getpixel((card.margin, card.margin))
    middle = image.getpixel((image.width // 2, card.margin + card.height - 4))

    assert isinstance(corner, tuple) and corner[3] < 200
    assert middle == (0x20, 0x30, 0x40, 255)
    assert image.width % 2 == image.height % 2 == card.margin % 2 == 0


@pytest.mark.parametrize(
    "text",
    [
        "{\\pos(0,0)}", "%{localtime}", "it's: [v], a\\b", "\x00\x07", "\u202e", "a" * 5000,
        "هذا 3 مرات", "नमस्ते", "🇮🇳👩🏽\u200d🔬", "\U0001d800",
    ],
)  # fmt: skip
def test_any_text_can_be_drawn(renderer: Renderer, text: str) -> None:
    assert 60 < a_card(renderer, text, text[::-1]).card.height <= 300


def test_a_right_to_left_comment_stands_at_the_right(renderer: Renderer) -> None:
    def ink(text: str) -> tuple[int, int]:
        """Return the outermost columns that have the text's colour."""
        card = a_card(renderer, text)
        body = card.image.crop((0, card.image.height - card.card.margin - 32, *card.image.size))
        white = body.convert("RGB").point(lambda value: 255 if value > 150 else 0).convert("L")
        box = white.point(lambda value: 255 if value == 255 else 0).getbbox()
        assert box is not None
        return box[0], card.image.width - box[2]

    latin, hebrew = ink("HH"), ink("ששש")

    assert latin[0] < 40 < latin[1]
    assert hebrew[1] < 40 < hebrew[0]


def test_a_text_too_tall_for_its_card_scrolls_in_a_readable_size(renderer: Renderer) -> None:
    painted = a_card(renderer, "word " * 300, "字" * 100, scroll_s=120)
    card = painted.card
    left, top, width, height = scroll_place(renderer, card)
    text = paint_scroll(renderer, card)

    assert card.scrolls and card.window is not None
    assert (card.height, card.height % 2) == (300, 0)
    assert top + card.window < card.height
    assert text.size == (width, height)
    assert height > 2 * card.window
    assert left + width < card.width
    # Not shrunk to the smallest: 32 units at 360 lines are 11 pixels.
    assert card.texts.content.pen.size == 11
    # The text is not on the card itself, and all of it is on its picture.
    assert text.getbbox() is not None
    below = painted.image.crop((40, top + 40, 200, 280)).convert("RGB").getcolors(10)
    assert below is not None and len(below) == 1


def test_what_cannot_be_read_while_it_scrolls_is_cut(renderer: Renderer) -> None:
    patient = a_card(renderer, "word " * 900, scroll_s=300).card
    hasty = a_card(renderer, "word " * 900, scroll_s=40).card

    assert scroll_place(renderer, hasty)[3] < scroll_place(renderer, patient)[3] / 3
    assert hasty.texts.content.lines[-1].text.endswith("…")


def test_a_text_that_fits_does_not_scroll(renderer: Renderer) -> None:
    assert not a_card(renderer, "word " * 20, scroll_s=60).card.scrolls


def test_the_edge_over_a_window_is_soft_at_both_ends_and_clear_between(renderer: Renderer) -> None:
    edge = paint_edge(renderer, width=10, height=100).getchannel("A")

    assert edge.crop((0, 20, 10, 80)).getextrema() == (0, 0)
    for end, inwards in ((0, 4), (99, 95)):
        outer, inner = edge.getpixel((5, end)), edge.getpixel((5, inwards))
        assert isinstance(outer, int) and isinstance(inner, int)
        assert outer > 220 > inner > 20


def test_an_avatar_is_round_and_takes_the_place_of_the_initials(renderer: Renderer) -> None:
    picture = Image.new("RGB", (192, 192), (0, 200, 0))
    painted = a_card(renderer, "Hello", avatar=picture)
    side, place = 24, painted.card.margin + 11
    middle = painted.image.getpixel((place + side // 2, place + side // 2))
    corner = painted.image.getpixel((place, place))

    assert middle == (0, 200, 0, 255)
    assert corner == (0x20, 0x30, 0x40, 255)
    assert (0, 200, 0) not in colours(a_card(renderer, "Hello"))


def heart_coloured(renderer: Renderer, comment: Comment) -> int:
    """Return how many pixels of a card have the accent's colour, which counts' hearts have."""
    card = measured(renderer, comment, number=1, count=9, height_max=300, scroll_s=None)
    drawn = np.asarray(paint_card(renderer, card).convert("RGB")).astype(int)
    return int((np.abs(drawn - renderer.theme.accent).max(axis=2) < 40).sum())


@pytest.mark.parametrize("likes", [0, None])
def test_c14_nobody_is_not_counted(renderer: Renderer, likes: int | None) -> None:
    assert heart_coloured(renderer, Comment(author="A", content="x", likes=5)) > 20
    assert heart_coloured(renderer, Comment(author="A", content="x", likes=likes)) == 0


def test_c03_a_comment_without_a_name_has_no_empty_disc(renderer: Renderer) -> None:
    card = measured(
        renderer, Comment(content="x"), number=1, count=9, height_max=300, scroll_s=None
    )
    head = paint_card(renderer, card).convert("RGB").crop((0, 0, card.width // 2, card.height // 2))

    named = Comment(author="Emma", content="x")
    other = measured(renderer, named, number=1, count=9, height_max=300, scroll_s=None)
    with_name = paint_card(renderer, other).convert("RGB").crop(head.getbbox() or (0, 0, 1, 1))
    assert len(with_name.getcolors(1 << 20) or ()) > 2 * len(head.getcolors(1 << 20) or ())


def test_c11_stacked_marks_run_over_nothing_of_the_card(renderer: Renderer) -> None:
    case = (CASES / "stacked-marks.json").read_bytes()
    (stacked,) = read(CommentsDocument, case).comments
    plain = "".join(c for c in stacked.content if unicodedata.combining(c) == 0)

    def painted(content: str) -> tuple[Card, NDArray[np.int16]]:
        comment = Comment(author="marks", content=content, likes=5)
        card = measured(renderer, comment, number=1, count=9, height_max=300, scroll_s=None)
        picture = paint_card(renderer, card).convert("RGBA")
        return card, np.asarray(picture).astype(np.int16)

    card, with_marks = painted(stacked.content)
    _, without = painted(plain)
    head = card.margin + scroll_place(renderer, card)[1] - renderer.layout.px(14)
    assert np.array_equal(with_marks[:head], without[:head]), "over name or likes"
    assert np.array_equal(with_marks[-card.margin :], without[-card.margin :]), "below the card"
    assert not np.array_equal(with_marks, without)
