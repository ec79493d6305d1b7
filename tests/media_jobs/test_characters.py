"""What is seen of a character is known without a font."""

import pytest

from media_jobs.characters import is_invisible


@pytest.mark.parametrize(
    "text",
    [
        " \t\n\u00a0\u3000\u2009",
        "\u00ad\u200b\u200c\u200d\u2060\ufeff",
        "\u200e\u200f\u202a\u202e\u2066\u2069\u061c",
        "\ufe0e\ufe0f\U000e0100\u180b\u034f",
        "\U000e0067\U000e0062\U000e007f\U000e0001\U000e0000",
        "\u115f\u3164\uffa0",
        "\u2800",
    ],
    ids=["spaces", "joiners", "directions", "variations", "tags", "fillers", "braille"],
)
def test_spaces_joiners_and_fillers_are_invisible(text: str) -> None:
    assert [c for c in text if not is_invisible(c)] == []


@pytest.mark.parametrize("character", ["a", "字", "✗", "\u2801", "\u0301", "\u06dd", "\ue000"])
def test_letters_signs_marks_and_private_characters_are_seen(character: str) -> None:
    assert not is_invisible(character)
