"""Right-to-left text is ordered as the Unicode Bidirectional Algorithm says.

Expected orders were worked out by hand from the rules; capitals stand for Hebrew letters.
"""

import pytest
from remotion.direction import in_visual_order, levels, runs_right_to_left

HEBREW = {chr(ord("A") + offset): chr(0x05D0 + offset) for offset in range(22)}
BACK = {letter: capital for capital, letter in HEBREW.items()}


def shown(written: str, base: int) -> str:
    """Return the characters as they stand from left to right; capitals are Hebrew."""
    text = "".join(HEBREW.get(character, character) for character in written)
    order = in_visual_order(list(zip(levels(text, base=base), text, strict=True)))
    return "".join(BACK.get(character, character) for _, character in order)


@pytest.mark.parametrize(
    ("written", "base", "visual"),
    [
        ("abc", 0, "abc"),
        ("ABC", 1, "CBA"),
        ("ABC DEF", 1, "FED CBA"),
        ("abc DEF ghi", 0, "abc FED ghi"),
        ("ABC def GHI", 1, "IHG def CBA"),
        ("abc DEF GHI jkl", 0, "abc IHG FED jkl"),
        ("ABC 123 DEF", 1, "FED 123 CBA"),
        ("ABC 1,234 DEF", 1, "FED 1,234 CBA"),
        ("abc 123 DEF", 0, "abc 123 FED"),
        ("ABC!", 1, "!CBA"),
        ("ABC!", 0, "CBA!"),
        ("ABC def!", 1, "!def CBA"),
        ("abc (DEF) ghi", 0, "abc (FED) ghi"),
        ("", 0, ""),
    ],
)
def test_a_line_is_put_in_visual_order(written: str, base: int, visual: str) -> None:
    assert shown(written, base) == visual


def test_the_first_letter_decides_where_a_paragraph_starts() -> None:
    assert runs_right_to_left("123 \u05d0bc")
    assert runs_right_to_left("«\u0639»")
    assert not runs_right_to_left("a\u05d0")
    assert not runs_right_to_left("123 😂")
