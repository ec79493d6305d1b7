"""Loops of a recogniser are left out; people may repeat themselves."""

import pytest
from transcriber.repeats import without_repeats

from media_jobs.subtitles.words import Word


def said(text: str) -> list[Word]:
    """Return the words of *text*, one in each half second."""
    return [
        Word(text=f" {one}", start_ms=500 * at, end_ms=500 * at + 400)
        for at, one in enumerate(text.split())
    ]


def text(words: list[Word]) -> str:
    return "".join(word.text for word in words).strip()


@pytest.mark.parametrize(
    "loop",
    ["Thank you.", "you", "I'm going to go to the store and buy some milk,", "la la la da"],
)
def test_what_is_said_twenty_times_in_a_row_is_kept_once_and_told(loop: str) -> None:
    words = said(f"It began well. {' '.join([loop] * 20)} And so it ended.")

    kept, left_out = without_repeats(words)

    assert text(kept) == f"It began well. {loop} And so it ended."
    unit = len(loop.split())
    assert [word.start_ms for word in left_out] == [500 * (3 + unit)]


def test_capitals_and_points_do_not_hide_a_loop() -> None:
    kept, left_out = without_repeats(said("So. so, SO so! " * 4))

    assert text(kept) == "So."
    assert len(left_out) == 1


@pytest.mark.parametrize(
    "talk",
    [
        "No, no, no, no!",
        "Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily.",
        "I have a dream today. I have a dream today. I have a dream today.",
        "one two three four five six seven eight nine ten",
        "",
    ],
)
def test_what_people_repeat_stays(talk: str) -> None:
    kept, left_out = without_repeats(said(talk))

    assert (text(kept), left_out) == (talk, [])


def test_han_without_spaces_is_looked_at_word_by_word() -> None:
    words = [Word(text=c, start_ms=i, end_ms=i + 1) for i, c in enumerate("谢谢观看" * 12)]

    kept, left_out = without_repeats(words)

    assert (text(kept), len(left_out)) == ("谢谢观看", 1)


def test_signs_alone_are_no_loop() -> None:
    kept, _ = without_repeats(said("- - - - - - - - - - - - - -"))

    assert len(kept) == 14
