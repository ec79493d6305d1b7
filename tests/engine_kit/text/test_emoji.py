"""Emoji are found as whole sequences."""

from pathlib import Path

import pytest
from engine_kit.text.emoji import emoji_pictures, pictures_in

NAMES = [
    "2764.png",
    "a9.png",
    "1f602.png",
    "1f44d.png",
    "1f44d-1f3ff.png",
    "1f1ee-1f1f3.png",
    "31-20e3.png",
    "1f469.png",
    "1f52c.png",
    "1f469-1f3fd-200d-1f52c.png",
    "1f3f3-fe0f-200d-1f308.png",
    "1f1ee.png",
    "1f1f3.png",
    "1f3f4.png",
    "2714.png",
    "2728.png",
]
PICTURES = pictures_in(Path(name) for name in NAMES)


@pytest.mark.parametrize(
    ("text", "name", "end"),
    [
        ("😂!", "1f602", 1),
        ("👍", "1f44d", 1),
        ("👍🏿x", "1f44d-1f3ff", 2),
        ("🇮🇳", "1f1ee-1f1f3", 2),
        ("1\ufe0f\u20e3", "31-20e3", 3),
        ("👩🏽\u200d🔬", "1f469-1f3fd-200d-1f52c", 4),
        ("🏳\ufe0f\u200d🌈", "1f3f3-fe0f-200d-1f308", 4),
        ("🏳\u200d🌈", "1f3f3-fe0f-200d-1f308", 3),
        ("❤", "2764", 1),
        ("❤\ufe0f", "2764", 2),
        ("©\ufe0f", "a9", 2),
        ("✔\ufe0f", "2714", 2),
        ("✨", "2728", 1),
    ],
)
def test_the_longest_sequence_with_a_picture_is_taken(text: str, name: str, end: int) -> None:
    assert PICTURES.match(text, 0) == (Path(f"{name}.png"), end)


@pytest.mark.parametrize("text", ["a", "1", "©", "❤\ufe0e", "✔", "✨\ufe0e", "1\ufe0f", "✗", ""])
def test_what_is_no_emoji_stays_text(text: str) -> None:
    assert PICTURES.match(text, 0) is None


def test_a_sequence_without_a_picture_falls_apart_into_those_that_have_one() -> None:
    text = "👩\u200d🔬"

    assert PICTURES.match(text, 0) == (Path("1f469.png"), 1)
    assert PICTURES.match(text, 2) == (Path("1f52c.png"), 3)


@pytest.mark.parametrize(
    ("grapheme", "names", "lengths"),
    [
        ("👩\u200d🔬", ["1f469", "1f52c"], [2, 1]),
        ("🇮🇩", ["1f1ee"], [2]),
        ("🇮🇳", ["1f1ee-1f1f3"], [2]),
        ("🏴\U000e0075\U000e0073\U000e0063\U000e0061\U000e007f", ["1f3f4"], [6]),
        ("👍\u0308", ["1f44d"], [2]),
        ("❤\ufe0f\u200d😂", ["2764", "1f602"], [3, 1]),
        ("a\u0308", [], []),
        ("❤\ufe0e", [], []),
    ],
)
def test_a_grapheme_is_all_pictures_or_all_text(
    grapheme: str, names: list[str], lengths: list[int]
) -> None:
    signs = PICTURES.signs(grapheme)

    assert [path.stem for path, _ in signs] == names
    assert [length for _, length in signs] == lengths


@pytest.mark.parametrize(
    "emoji",
    [
        "1️⃣",
        "*⃣",
        "🇨🇳",
        "🏳️‍🌈",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "👩🏽‍💻",
        "❤️‍🔥",
        "👨‍👩‍👧‍👦",
        "☝🏽",
        "🧑🏻‍🤝‍🧑🏿",
        "🏴‍☠️",
        "🫱🏻‍🫲🏿",
    ],
)
def test_the_installed_pictures_have_one_for_each_usual_sequence(emoji: str) -> None:
    assert [length for _, length in emoji_pictures().signs(emoji)] == [len(emoji)]
