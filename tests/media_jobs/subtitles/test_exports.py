"""Cues written as another kind of file: by vectors, and read again by our own readers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.exports import FORMATS, exported
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.text import Span

FILE = Path(__file__).parents[2] / "vectors/subtitle_exports/exports.json"
VECTORS = [pytest.param(one, id=one["name"]) for one in json.loads(FILE.read_text("utf-8"))]


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("extension", sorted(FORMATS))
def test_a_track_is_written_as_the_vectors_say(vector: dict[str, Any], extension: str) -> None:
    made = exported(read_subtitles(vector["source"]).cues(), FORMATS[extension])

    text: object = made.text
    if extension == "ass":
        text = made.text.partition("Effect, Text\n")[2].splitlines()
    assert text == vector[extension]
    assert list(made.left_out) == vector["leftOut"][extension]


def looks(cue: Cue) -> list[tuple[str, bool, bool, bool, str | None]]:
    """Return each character of a cue with its style."""
    return [
        (character, span.bold, span.italic, span.underline, span.colour)
        for line in cue.lines
        for span in (*line, Span(text="\n"))
        for character in span.text.replace("\u2060", "")
    ]


spans = st.builds(
    Span,
    text=st.text(st.sampled_from("ab <>{}\\&N-i/1:漢"), min_size=1, max_size=8),
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    colour=st.sampled_from([None, "#ff0000", "#00ffff"]),
)
# Each begins and ends with a letter: spaces at the ends of lines are nobody's.
lines = st.lists(spans, max_size=4).map(lambda some: (Span(text="x"), *some, Span(text="y")))
cues = st.builds(
    Cue,
    start_ms=st.just(1_000),
    end_ms=st.just(2_000),
    lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    keypad=st.sampled_from([None, 8]),
)


@pytest.mark.heavy
@settings(max_examples=150, deadline=None)
@given(cues, st.sampled_from(["vtt", "srt", "ass"]))
def test_what_is_written_is_read_again_with_its_text_and_styles(cue: Cue, extension: str) -> None:
    (again,) = read_subtitles(exported([cue], FORMATS[extension]).text).cues()

    # A script's colours are those of its styles to our reader, and weights alone are kept.
    assert looks(again) == looks(cue) or extension == "ass"
    assert again.text.replace("\u2060", "") == cue.text
    assert (again.start_ms, again.end_ms) == (1_000, 2_000)


@pytest.mark.parametrize("extension", ["vtt", "srt", "ass"])
def test_what_two_parts_of_a_line_say_together_is_no_tag(extension: str) -> None:
    parts = (("x{", None), ("\\N<", "#123456"), ("b>", None))
    line = tuple(Span(text=text, colour=colour) for text, colour in parts)
    cue = Cue(start_ms=1_000, end_ms=2_000, lines=(line,))

    (again,) = read_subtitles(exported([cue], FORMATS[extension]).text).cues()

    assert again.text.replace("\u2060", "") == "x{\\N<b>"


@pytest.mark.parametrize("extension", ["vtt", "srt", "ass"])
def test_a_line_that_could_be_the_head_of_a_file_is_none(extension: str) -> None:
    lines = tuple((Span(text=text),) for text in ("a", "WEBVTT", "b"))
    cue = Cue(start_ms=1_000, end_ms=2_000, lines=lines)

    (again,) = read_subtitles(exported([cue], FORMATS[extension]).text).cues()

    assert again.text.replace("\u2060", "") == "a\nWEBVTT\nb"


def test_the_times_of_words_in_webvtt_rise_and_lie_within_the_cue() -> None:
    line = tuple(
        Span(text=f"{at_ms} ", at_ms=at_ms)
        for at_ms in (900, 1_000, 1_200, 1_200, 1_100, 1_900, 2_000)
    )
    text = exported([Cue(start_ms=1_000, end_ms=2_000, lines=(line,))], FORMATS["vtt"]).text

    assert re.findall(r"<([\d:.]+)>", text) == ["00:00:01.200", "00:00:01.900"]
