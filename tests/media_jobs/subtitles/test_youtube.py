"""Captions of YouTube: JSON events, and automatic ones that roll."""

from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.youtube import timed_events, unrolled


def test_events_of_json_are_cues_with_their_text_escaped() -> None:
    events = [
        {"tStartMs": 0, "dDurationMs": 900, "wWinId": 1},
        {"tStartMs": 1000, "dDurationMs": 500, "segs": [{"utf8": "a <b>"}, {"utf8": " & c"}]},
    ]

    assert list(timed_events({"events": events})) == [
        TimedText(start_ms=1000, end_ms=1500, text="a &lt;b&gt; &amp; c")
    ]


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


def test_rolling_captions_come_out_as_one_cue_per_line() -> None:
    assert unrolled(read_subtitles(ROLLING).timed) == [
        TimedText(start_ms=0, end_ms=2000, text="hello there"),
        TimedText(start_ms=2010, end_ms=4000, text="how are you"),
    ]


def test_brackets_that_nothing_closes_are_read_through_once() -> None:
    text = "<" * 200_000 + "hello<c> there</c>"

    (cue,) = unrolled([TimedText(start_ms=0, end_ms=1000, text=text)])

    assert cue.text.endswith("<hello there")
