"""Lines break where people break them. Every character is one wide here, CJK two."""

import pytest
from remotion.characters import is_cjk
from remotion.lines import fitted, pieces, wrapped


def width(text: str) -> float:
    return float(sum(2 if is_cjk(character) else 1 for character in text))


def lines(text: str, width_max: int) -> list[str]:
    return wrapped(
        text, width_max=width_max, width=width, split=lambda t: pieces(t, lambda _t, _at: None)
    )


@pytest.mark.parametrize(
    ("text", "width_max", "expected"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 100, ["one two three"]),
        ("one\ntwo\n\nthree", 100, ["one", "two", "", "three"]),
        ("well-known", 6, ["well-", "known"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("ab abcdefgh", 4, ["ab", "abcd", "efgh"]),
        ("一二三四五", 4, ["一二", "三四", "五"]),
        ("", 10, [""]),
    ],
)
def test_text_is_broken_to_fit(text: str, width_max: int, expected: list[str]) -> None:
    assert lines(text, width_max) == expected


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    assert lines("一二三。四", 6) == ["一二", "三。四"]
    assert lines("一二「三四」", 6) == ["一二", "「三", "四」"]


def test_letters_and_their_marks_are_not_parted() -> None:
    assert lines("e\u0301e\u0301e\u0301", 2) == ["e\u0301", "e\u0301", "e\u0301"]


def test_an_emoji_is_one_piece() -> None:
    family = "👩\u200d👧"
    split = pieces(f"a{family}b", lambda _, at: 4 if at == 1 else None)

    assert split == ["a", family, "b"]


def test_what_does_not_fit_ends_in_an_ellipsis_within_the_width() -> None:
    assert fitted(["abcd", "efgh", "ij"], count_max=2, width_max=4, width=width) == ["abcd", "efg…"]
    assert fitted(["ab", "cd"], count_max=2, width_max=4, width=width) == ["ab", "cd"]
