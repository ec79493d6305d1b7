"""Cards: as high as their text, never higher than the space, with everything inside."""

import pytest
from engine_kit.fonts import font_files, font_folders
from PIL import Image
from remotion.cards import Card, draw_card
from remotion.emoji import EmojiPictures, pictures_in
from remotion.layout import layout
from remotion.studio import Studio
from remotion.theme import theme
from remotion.typefaces import typefaces

from media_jobs.comments import Comment
from media_jobs.options import CommentsOptions

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
def studio(emoji: EmojiPictures) -> Studio:
    options = CommentsOptions(height=360, card_color=CARD, text_color=TEXT)
    return Studio(
        layout=layout(options, source_width=16, source_height=9),
        theme=theme(options),
        faces=typefaces(font_files(font_folders())),
        emoji=emoji,
    )


def a_card(studio: Studio, content: str, translated: str | None = None) -> Card:
    comment = Comment(author="Emma", content=content, translated_content=translated, likes=5)
    return draw_card(studio, comment, number=1, count=9, height_max=300)


def colours(card: Card) -> set[tuple[int, int, int]]:
    found = card.image.convert("RGB").getcolors(1 << 20)
    assert found is not None
    # Pillow types the colours of any mode; these are RGB.
    return {(c[0], c[1], c[2]) for _, c in found if isinstance(c, tuple)}


def test_a_card_grows_with_its_text_and_never_beyond_the_space(studio: Studio) -> None:
    heights = [a_card(studio, "word " * count).height for count in (1, 20, 60, 900)]

    assert heights[0] < heights[1] < heights[2] <= 300
    assert 240 < heights[3] <= 300


def test_a_translation_is_added_below_and_a_repetition_is_not(studio: Studio) -> None:
    alone = a_card(studio, "Hello").height

    assert a_card(studio, "Hello", "你好").height > alone
    assert a_card(studio, "Hello", "Hello").height == alone


def test_both_texts_keep_room_when_both_are_too_long(studio: Studio) -> None:
    card = a_card(studio, "word " * 500, "字" * 2000)

    assert 240 < card.height <= 300


def test_colours_of_card_and_text_are_those_of_the_options(studio: Studio) -> None:
    seen = colours(a_card(studio, "HHHH"))

    assert {(0x20, 0x30, 0x40), (255, 255, 255)} <= seen


def test_emoji_are_in_colour(studio: Studio) -> None:
    assert HEART in colours(a_card(studio, "I ❤\ufe0f it"))
    assert HEART not in colours(a_card(studio, "I like it"))


def test_the_card_has_round_corners_and_even_sides(studio: Studio) -> None:
    card = a_card(studio, "Hello")
    corner = card.image.getpixel((card.margin, card.margin))
    middle = card.image.getpixel((card.image.width // 2, card.margin + card.height - 4))

    assert isinstance(corner, tuple) and corner[3] < 200
    assert middle == (0x20, 0x30, 0x40, 255)
    assert card.image.width % 2 == card.image.height % 2 == card.margin % 2 == 0


@pytest.mark.parametrize(
    "text",
    [
        "{\\pos(0,0)}", "%{localtime}", "it's: [v], a\\b", "\x00\x07", "\u202e", "a" * 5000,
        "هذا 3 مرات", "नमस्ते", "🇮🇳👩🏽\u200d🔬", "\U0001d800",
    ],
)  # fmt: skip
def test_any_text_can_be_drawn(studio: Studio, text: str) -> None:
    assert 60 < a_card(studio, text, text[::-1]).height <= 300


def test_a_right_to_left_comment_stands_at_the_right(studio: Studio) -> None:
    def ink(text: str) -> tuple[int, int]:
        """Return the outermost columns that have the text's colour."""
        card = a_card(studio, text)
        body = card.image.crop((0, card.image.height - card.margin - 32, *card.image.size))
        white = body.convert("RGB").point(lambda value: 255 if value > 250 else 0).convert("L")
        box = white.point(lambda value: 255 if value == 255 else 0).getbbox()
        assert box is not None
        return box[0], card.image.width - box[2]

    latin, hebrew = ink("HH"), ink("ששש")

    assert latin[0] < 40 < latin[1]
    assert hebrew[1] < 40 < hebrew[0]
