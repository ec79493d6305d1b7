"""Words stand out while they are said, at the times that the subtitles have for them (F4)."""

import re

import pytest
from burner.words import cue_by_words

from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.reader import read_subtitles
from tests.burner.laying import Event, events, laid_out

GOLD = "&H0AD6FF&"
TIMED = "WEBVTT\n\n00:01.000 --> 00:04.000\nWe <00:02.000>walked <00:03.000>home\n"


def cues_of(text: str) -> tuple[Cue, ...]:
    """Return the cues of a WebVTT file."""
    return read_subtitles(text).cues()


def burned(text: str, manner: str) -> list[Event]:
    """Return the events of a file whose words are highlighted in *manner*."""
    options: dict[str, object] = {"style": {"highlight": manner, "backgroundOpacity": 0}}
    return events(laid_out(options, *cues_of(text)))


def stressed(text: str) -> list[tuple[str, list[int]]]:
    """Return the words of an event, each with the times at which its colour changes to gold."""
    found = re.findall(r"\{([^}]*)\}([^{]*)", text)
    return [
        (
            word.strip(),
            [int(at) for at in re.findall(rf"\\t\((\d+),\d+,\\c{re.escape(GOLD)}\)", tags)]
            or ([0] if f"\\c{GOLD}\\t" in tags or tags.endswith(f"\\c{GOLD}") else []),
        )
        for tags, word in found
        if word.strip()
    ]


def test_each_word_is_coloured_when_it_is_said_and_white_again_when_the_next_one_is() -> None:
    (event,) = burned(TIMED, "word")

    assert stressed(event.text) == [("We", [0]), ("walked", [1000]), ("home", [2000])]
    assert re.findall(r"\\t\((\d+),\d+,\\c&HFFFFFF&\)", event.text) == ["1000", "2000", "3000"]


def test_words_that_were_said_stay_coloured_in_karaoke() -> None:
    (event,) = burned(TIMED, "fill")

    assert stressed(event.text) == [("We", [0]), ("walked", [1000]), ("home", [2000])]
    assert "FFFFFF&)" not in event.text


def test_each_word_has_a_box_while_it_is_said() -> None:
    boxes = [event for event in burned(TIMED, "box") if event.style == "PrimaryWord"]

    assert [(box.start, box.end) for box in boxes] == [
        ("0:00:01.00", "0:00:02.00"),
        ("0:00:02.00", "0:00:03.00"),
        ("0:00:03.00", "0:00:04.00"),
    ]
    lefts = [float(re.findall(r"pos\((\d+)", box.text)[0]) for box in boxes]
    assert lefts == sorted(set(lefts))


def test_one_word_at_a_time_stands_alone() -> None:
    shown = [
        (event.start, re.sub(r"\{[^}]*\}", "", event.text)) for event in burned(TIMED, "single")
    ]

    assert shown == [("0:00:01.00", "We"), ("0:00:02.00", "walked"), ("0:00:03.00", "home")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # Before the first time nothing is said: the first word is there from the start.
        ("<00:02.000>one <00:03.000>two", [(1000, 3000, "one "), (3000, 4000, "two")]),
        # A time that goes back, or is there twice, begins no word.
        ("a <00:03.000>b <00:02.000>c <00:03.000>d", [(1000, 3000, "a "), (3000, 4000, "b c d")]),
        # Nor does one outside of the cue take time from others.
        ("a <00:09.000>b", [(1000, 4000, "a ")]),
        ("a\n<00:02.000>b", [(1000, 2000, "a"), (2000, 4000, "b")]),
    ],
)
def test_words_come_one_after_the_other_from_start_to_end(
    text: str, parts: list[tuple[int, int, str]]
) -> None:
    (cue,) = cues_of(f"WEBVTT\n\n00:01.000 --> 00:04.000\n{text}\n")

    made = list(cue_by_words(cue))

    assert [(one.start_ms, one.end_ms, one.text) for one in made] == parts


def test_the_order_of_times_holds_from_right_to_left() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:04.000\nيولد <00:02.000>جميع <00:03.000>الناس\n"
    (event,) = burned(text, "word")

    marks = dict.fromkeys(map(ord, "\u200e\u202e\u202c"))
    said = sorted((times, word.translate(marks).strip()) for word, times in stressed(event.text))
    assert said == [([0], "يولد"), ([1000], "جميع"), ([2000], "الناس")]


def test_without_times_of_words_nothing_stands_out_and_that_is_told() -> None:
    plain = cues_of("WEBVTT\n\n00:01.000 --> 00:04.000\nWe walked home\n")

    drawing = laid_out({"style": {"highlight": "word"}}, *plain)

    assert "\\t(" not in drawing.script
    assert drawing.notices == (Notice(code="words_without_times"),)
    assert laid_out({}, *plain).notices == ()
