"""Text is cleaned of what would draw nothing or turn other text around."""

import pytest
from remotion.characters import is_cjk, is_mark, plain


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("  a\t b  ", "a b"),
        ("a\x00b\x07\x1b[31m", "ab[31m"),
        ("\n\na\n\n\n\nb\n", "a\n\nb"),
        ("e\u0301", "\u00e9"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("\ufeffa\u200bb", "ab"),
        ("{\\pos(0,0)} %{x} ' : , [v]", "{\\pos(0,0)} %{x} ' : , [v]"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\ud800a", "a"),
    ],
)
def test_only_what_is_drawn_is_kept(text: str, cleaned: str) -> None:
    assert plain(text) == cleaned


def test_scripts_that_break_between_any_two_characters_are_known() -> None:
    assert all(is_cjk(character) for character in "字かカ한、。Ａ")
    assert not any(is_cjk(character) for character in "aéعहก😂")


def test_marks_belong_to_the_letter_before_them() -> None:
    assert all(is_mark(character) for character in "\u0301\u093e\u200d")
    assert not any(is_mark(character) for character in "aक字")
