"""Text is cleaned of what would draw nothing or turn other text around."""

import pytest
from remotion.characters import plain


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
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
