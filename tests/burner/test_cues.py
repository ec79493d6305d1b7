"""Subtitles of every form that people send (M5, M6, D8)."""

import pytest
from burner.cues import Cue, Span
from burner.subtitles import read_subtitles

from media_jobs.engines.burner.options import BurnOptions


def parse_cues(data: bytes) -> tuple[Cue, ...]:
    """Return the cues of a file as a job without options reads them."""
    return read_subtitles(data, BurnOptions()).cues


def one(body: str) -> Cue:
    """Return the only cue of a file whose first cue has *body* as its text."""
    (cue,) = parse_cues(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{body}\n".encode())
    return cue


def texts(data: bytes) -> list[str]:
    """Return the texts of all cues."""
    return [cue.text for cue in parse_cues(data)]


@pytest.mark.parametrize(
    ("timing", "start_ms", "end_ms"),
    [
        ("00:00:01.996 --> 00:00:03.004", 1996, 3004),
        ("00:01.996 --> 00:03.004", 1996, 3004),
        ("01:02:03.004 --> 101:02:03.005", 3723004, 363723005),
        ("00:00:01,500 --> 00:00:02,5", 1500, 2500),
        ("00:01.000-->00:02.000", 1000, 2000),
        ("\t00:01.000 \t-->  00:02.000 \talign:start position:10%,line-left size:50%", 1000, 2000),
    ],
)
def test_times_are_read_with_and_without_hours(timing: str, start_ms: int, end_ms: int) -> None:
    (cue,) = parse_cues(f"WEBVTT\n\n{timing}\nx".encode())

    assert (cue.start_ms, cue.end_ms) == (start_ms, end_ms)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_do_not_matter(newline: str, mark: str) -> None:
    lines = [f"{mark}WEBVTT - a title", "Kind: captions", "", "1", "00:01.000 --> 00:02.000"]
    lines += ["first", "second", "", "NOTE a note", "", "00:03.000 --> 00:04.000", "third"]

    assert texts(newline.join(lines).encode()) == ["first\nsecond", "third"]


def test_notes_styles_and_regions_are_not_drawn() -> None:
    data = b"""WEBVTT

STYLE
::cue { color: red }

REGION
id:fred

NOTE
00:01 is not a time

00:01.000 --> 00:02.000
drawn
"""
    assert texts(data) == ["drawn"]


def test_one_two_and_three_lines_stay_apart() -> None:
    assert [len(one(body).lines) for body in ("a", "a\nb", "a\nb\nc")] == [1, 2, 3]


def test_subrip_is_read_too() -> None:
    data = b"1\n00:00:01,000 --> 00:00:02,000\nfirst\n\n2\n00:00:03,000 --> 00:00:04,000\nsecond\n"

    assert texts(data) == ["first", "second"]


def test_a_cue_that_begins_without_an_empty_line_ends_the_one_before() -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb"

    assert texts(data) == ["a", "b"]


def test_damaged_cues_are_skipped_and_the_rest_is_kept() -> None:
    data = b"""WEBVTT

00:05.000 --> 00:01.000
backwards

00:xx --> 00:02.000
no time

00:01.000 --> 00:02.000


00:03.000 --> 00:04.000
kept
"""
    assert texts(data) == ["kept"]


def test_cues_come_in_order_of_their_start() -> None:
    data = b"WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n00:01.000 --> 00:05.000\na\n"

    assert texts(data) == ["a", "b"]


def test_bold_italic_and_underline_are_kept_as_styles_and_other_tags_are_dropped() -> None:
    cue = one(
        "<v Roger>a <b>b<i>c</i></b></v> <c.red>d</c><00:01.500> <u>e\nf</u> <lang en>g</lang>"
    )

    assert cue.lines[0] == (
        Span(text="a "),
        Span(text="b", bold=True),
        Span(text="c", bold=True, italic=True),
        Span(text=" "),
        Span(text="d"),
        Span(text=" "),
        Span(text="e", underline=True),
    )
    assert cue.lines[1][0] == Span(text="f", underline=True)
    assert cue.text.split("\n")[1] == "f g"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &lt;b&gt; &amp;amp; c&nbsp;d &#33; &eacute;", "a <b> &amp; c\u00a0d ! é"),
        ("&lt;i&gt;not italic", "<i>not italic"),
        ("a < b and c <3", "a < b and c <3"),
        ("x <- y -> z", "x <- y -> z"),
        ("<ruby>漢<rt>kan</rt></ruby>", "漢(kan)"),
        (r"{\pos(10,10)}C:\new", r"{\pos(10,10)}C:\new"),
        ("it's: a, [b]; %{c} 'd'", "it's: a, [b]; %{c} 'd'"),
        ('<font color="red">x</font>', "x"),
    ],
)
def test_text_is_read_literally_but_for_tags_and_references(written: str, read: str) -> None:
    assert one(written).text == read


def test_nul_becomes_the_replacement_character_and_bad_bytes_do_not_stop_the_rest() -> None:
    assert texts(b"WEBVTT\n\n00:01.000 --> 00:02.000\na\0b\xff\n") == ["a\ufffdb\ufffd"]
