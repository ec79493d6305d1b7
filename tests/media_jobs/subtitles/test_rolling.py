"""Captions that roll come out line by line; a chorus, and lines that are said twice, do not."""

import pytest

from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.rolling import rolls, unrolled


def cue(start_ms: int, end_ms: int, *lines: str) -> TimedText:
    return TimedText(start_ms=start_ms, end_ms=end_ms, text="\n".join(lines))


ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
 
hello<00:00:00.500><c> there</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
hello there
 

00:00:02.010 --> 00:00:04.000 align:start position:0%
hello there
how<00:00:02.500><c> are</c><00:00:03.000><c> you</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
how are you
 
"""  # noqa: W293  Such blanks are what the site sends.


def test_rolling_captions_come_out_as_one_cue_per_line_with_the_times_of_words() -> None:
    file = read_subtitles(ROLLING)

    assert [(one.start_ms, one.end_ms, one.text) for one in file.timed] == [
        (0, 2000, "hello<00:00:00.500> there"),
        (2010, 4000, "how<00:00:02.500> are<00:00:03.000> you"),
    ]
    assert [notice.code for notice in file.notices] == [
        "captions_unrolled",
        "timed_words_shown_together",
    ]


CHORUS = [
    cue(0, 1000, "row, row"),
    cue(1000, 2000, "row, row"),
    cue(2000, 3000, "row, row", "your boat"),
    cue(3000, 4000, "gently"),
]


def test_a_chorus_does_not_roll() -> None:
    assert not rolls(CHORUS)


def test_words_with_times_alone_do_not_roll() -> None:
    assert not rolls([cue(0, 1000, "one <00:00.500>two"), cue(1000, 2000, "three")])


def test_three_rows_that_scroll_are_known_without_other_signs() -> None:
    rows = ["one", "two", "three", "four", "five", "six", "seven"]
    cues = [cue(n * 1000, n * 1000 + 1000, *rows[max(n - 2, 0) : n + 1]) for n in range(7)]

    assert rolls(cues)
    assert [(one.start_ms, one.end_ms, one.text) for one in unrolled(cues)] == [
        (n * 1000, n * 1000 + 1000, row) for n, row in enumerate(rows)
    ]


def test_a_line_that_is_said_again_later_is_shown_again() -> None:
    cues = [
        cue(0, 2000, "no"),
        cue(2000, 2010, "no"),
        cue(2010, 4000, "no", "yes"),
        cue(4000, 4010, "yes"),
        cue(4010, 6000, "yes", "no"),
    ]

    assert rolls(cues)
    assert [one.text for one in unrolled(cues)] == ["no", "yes", "no"]


def test_a_cue_that_only_holds_the_line_lets_it_stand_longer() -> None:
    cues = [cue(0, 1000, "a"), cue(1000, 1010, "a"), cue(1010, 3000, "a"), cue(3000, 4000, "b")]

    assert [(one.start_ms, one.end_ms) for one in unrolled(cues)] == [(0, 3000), (3000, 4000)]


@pytest.mark.parametrize(
    ("next_ms", "expected"),
    [
        (1040, [(0, 1000, "a"), (1000, 3000, "b\nc")]),
        (1500, [(0, 1000, "a"), (1000, 1500, "b"), (1500, 3000, "c")]),
    ],
)
def test_no_line_stands_too_short_to_be_read(
    next_ms: int, expected: list[tuple[int, int, str]]
) -> None:
    cues = [cue(0, 1000, "a"), cue(1000, 1010, "b"), cue(next_ms, 3000, "c")]

    assert [(one.start_ms, one.end_ms, one.text) for one in unrolled(cues)] == expected


def test_brackets_that_nothing_closes_are_read_through_once() -> None:
    text = "<" * 200_000 + "hello<c> there</c>"

    (one,) = unrolled([TimedText(start_ms=0, end_ms=1000, text=text)])

    assert one.text.endswith("<hello there")
