"""Captions in YouTube's own formats: JSON events, and the same as XML."""

import json

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.notices import Findings
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.youtube import timed_events, timed_paragraphs


def events(*given: object) -> tuple[list[TimedText], Findings]:
    found = Findings()
    return list(timed_events(json.dumps({"events": given}), found)), found


def test_events_of_json_are_cues_with_their_text_escaped() -> None:
    cues, _ = events(
        {"tStartMs": 0, "dDurationMs": 900, "wWinId": 1},
        {"tStartMs": 1000, "dDurationMs": 500, "segs": [{"utf8": "a <b>"}, {"utf8": " & c"}]},
    )

    assert cues == [TimedText(start_ms=1000, end_ms=1500, text="a &lt;b&gt; &amp; c")]


def test_a_piece_of_null_is_no_text() -> None:
    (cue,), _ = events({"tStartMs": 0, "dDurationMs": 9, "segs": [{"utf8": None}, {"utf8": "a"}]})

    assert cue.text == "a"


def test_times_of_words_are_kept() -> None:
    segments = [{"utf8": "now"}, {"utf8": " let", "tOffsetMs": 240}]

    (cue,), _ = events({"tStartMs": 61_000, "dDurationMs": 900, "segs": segments})

    assert cue.text == "now<00:01:01.240> let"


@pytest.mark.parametrize("time", [-1, 1.5, "1", None, True, 10**30])
def test_an_event_whose_time_is_none_is_left_out_and_told(time: object) -> None:
    cues, found = events({"tStartMs": time, "dDurationMs": 500, "segs": [{"utf8": "x"}]})

    assert cues == []
    assert [notice.code for notice in found.notices()] == ["cue_times_unreadable"]


@pytest.mark.parametrize("odd", [None, 1, "x", [], {"segs": 1}, {"segs": [1, None]}])
def test_an_odd_event_without_a_text_is_none(odd: object) -> None:
    assert events(odd)[0] == []


@pytest.mark.parametrize("text", ['{"tStartMs"', "[" * 100_000, '{"events": 1'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="YouTube json3 subtitles are damaged"):
        list(timed_events(text, Findings()))


def test_paragraphs_of_xml_are_the_same_cues() -> None:
    text = (
        '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><head><ws id="0"/></head>\n'
        '<body><w t="0" id="1"/><p t="1000" d="500" w="1"><s ac="0">now</s><s t="240"> let</s></p>'
        '\n<p t="2000" d="500" w="1" a="1">\n</p><p t="3000" d="100">a &lt;b&gt;</p></body>'
        "</timedtext>"
    )

    assert list(timed_paragraphs(text, Findings())) == [
        TimedText(start_ms=1000, end_ms=1500, text="now<00:00:01.240> let", line=2),
        TimedText(start_ms=3000, end_ms=3100, text="a &lt;b&gt;", line=4),
    ]


def test_the_older_form_counts_in_seconds_and_escapes_twice() -> None:
    text = '<transcript><text start="1.5" dur="2">it&amp;#39;s</text></transcript>'

    assert list(timed_paragraphs(text, Findings())) == [
        TimedText(start_ms=1500, end_ms=3500, text="it&#39;s", line=1)
    ]


def looks(text: str) -> list[tuple[str, bool, bool, str | None]]:
    """Return text, weight, slant and colour of each span."""
    return [
        (span.text, span.bold, span.italic, span.colour)
        for cue in read_subtitles(text).cues()
        for line in cue.lines
        for span in line
    ]


def test_pens_of_json_are_followed() -> None:
    pens = [{}, {"bAttr": 1, "fcForeColor": 0x00FF00}, {"iAttr": 1, "fcForeColor": 0xFEFEFE}]
    segments = [{"utf8": "a", "pPenId": 1}, {"utf8": "b"}, {"utf8": "c", "pPenId": 9}]
    event = {"tStartMs": 0, "dDurationMs": 900, "pPenId": 2, "segs": segments}

    assert looks(json.dumps({"pens": pens, "events": [event]})) == [
        ("a", True, False, "#00ff00"),
        ("b", False, True, None),
        ("c", False, True, None),
    ]


def test_pens_of_xml_are_followed() -> None:
    text = (
        '<timedtext format="3"><head><pen id="1" b="1" fc="#FF0000"/><pen id="2" i="1"/></head>'
        '<body><p t="0" d="900" p="2"><s p="1">a</s>b</p></body></timedtext>'
    )

    assert looks(text) == [("a", True, False, "#ff0000"), ("b", False, True, None)]


def test_a_text_for_a_background_that_is_not_drawn_is_not_black() -> None:
    pens = [{"fcForeColor": 0x080808, "bcBackColor": 0xFFFFFF}]
    event = {"tStartMs": 0, "dDurationMs": 900, "segs": [{"utf8": "a", "pPenId": 0}]}

    assert looks(json.dumps({"pens": pens, "events": [event]})) == [("a", False, False, None)]
