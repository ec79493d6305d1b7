"""Captions become an ASS script in which nothing of the user's is markup (M3, M4, M5, D8)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions
from media_jobs.subtitles.ass_escape import ass_text, ass_time
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span
from tests.burner.laying import UPRIGHT, cue, laid_out, style, texts


@pytest.mark.heavy
@given(st.integers(min_value=0, max_value=10**9))
def test_a_written_time_is_never_later_and_at_most_nine_milliseconds_earlier(time_ms: int) -> None:
    match = re.fullmatch(r"(\d+):(\d\d):(\d\d)\.(\d\d)", ass_time(time_ms))

    assert match is not None
    hours, minutes, seconds, centis = (int(part) for part in match.groups())
    assert minutes < 60
    assert seconds < 60
    assert 0 <= time_ms - (((hours * 60 + minutes) * 60 + seconds) * 100 + centis) * 10 <= 9


def test_a_cue_shorter_than_a_centisecond_still_has_a_duration() -> None:
    (event,) = texts(laid_out({}, cue("x", start_ms=1991, end_ms=1995)))

    assert (event.start, event.end) == ("0:00:01.99", "0:00:02.00")


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        (r"{\pos(1,1)}", "\\{\\\u2060pos(1,1)\\}"),
        (r"a\Nb\nc\hd", "a\\\u2060Nb\\\u2060nc\\\u2060hd"),
        ("\\", "\\\u2060"),
        (r"\{", "\\\u2060\\{"),
        ("a\nDialogue: 0,0:00:00.00\r\tb\x00\x1b\x85\u2028c", "a Dialogue: 0,0:00:00.00  b    c"),
        ("it's, 100%: [a]=b;", "it's, 100%: [a]=b;"),
    ],
)
def test_text_is_escaped_so_that_libass_interprets_nothing(written: str, escaped: str) -> None:
    assert ass_text(written) == escaped


OURS = re.compile(
    r"(?<!\\)\{(?:\\(?:pos\([-\d.,]+\)|fn[A-Za-z0-9 ]+|fs[\d.]+|fscx[\d.]+|[biu][01]))+\}"
)


@settings(max_examples=80)
@given(st.text(max_size=200))
def test_no_text_opens_an_override_or_starts_a_line_of_the_script(text: str) -> None:
    drawing = laid_out({}, cue(text))

    for event in texts(drawing):
        # Every brace is escaped, and a backslash stands before a brace or an invisible sign.
        rest = OURS.sub("", event.text)
        for escaped in ("\\{", "\\}", "\\\u2060"):
            rest = rest.replace(escaped, "")
        assert not set(rest) & set("{}\\\n\r")
    kinds = {line.split(":")[0] for line in drawing.script.split("[Events]")[1].split("\n")}
    assert kinds <= {"", "Format", "Dialogue"}


def test_a_colour_of_the_file_is_drawn_and_ends_with_its_words() -> None:
    line = (Span(text="red ", colour="#ff0080", bold=True), Span(text="usual"))

    (event,) = texts(laid_out({}, Cue(start_ms=0, end_ms=1000, lines=(line,))))

    assert "\\c&H8000FF&}red" in event.text
    assert re.search(r"\\c\}\u00a0?usual", event.text)


def test_an_upright_video_is_measured_by_its_width() -> None:
    upright, wide = laid_out({}, picture=UPRIGHT), laid_out({})

    assert style(upright)["Fontsize"] == style(wide)["Fontsize"]


BOX = {
    "textColor": "#112233",
    "backgroundColor": "#AABBCC",
    "backgroundOpacity": 0.4,
    "outlineColor": "#445566",
    "outlineWidth": 2,
}


@pytest.mark.parametrize(
    ("chosen", "name", "written"),
    [
        (BOX, "Primary", {"PrimaryColour": "&H00332211", "OutlineColour": "&H00665544"}),
        (BOX, "Primary", {"Outline": "2", "Shadow": "0", "BorderStyle": "1"}),
        (BOX, "PrimaryBox", {"PrimaryColour": "&H99CCBBAA", "Outline": "0"}),
        # The text's own size is an em, that of ASS a line: 1.519 em of Noto Sans.
        ({"fontSize": 50}, "Primary", {"Fontsize": "75.95", "Bold": "0", "Italic": "0"}),
        ({"bold": True, "italic": True}, "Primary", {"Bold": "-1", "Italic": "-1"}),
    ],
)
def test_a_style_is_written_into_the_fields_that_libass_reads(
    chosen: dict[str, object], name: str, written: dict[str, str]
) -> None:
    fields = style(laid_out({"style": chosen}), name)

    assert {field: fields[field] for field in written} == written


def test_a_text_without_a_box_has_no_drawing_behind_it() -> None:
    drawing = laid_out({"style": {"backgroundOpacity": 0}})

    assert "PrimaryBox" not in drawing.script


def test_styled_words_are_switched_on_and_off() -> None:
    styled = Cue(
        start_ms=0,
        end_ms=1000,
        lines=((Span(text="a "), Span(text="b{", bold=True, underline=True), Span(text=" c")),),
    )

    (event,) = texts(laid_out({}, styled))

    assert event.text.split("}", 1)[1] == "a {\\b1\\u1}b\\{{\\b0\\u0} c"


def test_a_bold_style_is_bold_and_its_plain_and_bold_words_stay_so() -> None:
    words = Cue(
        start_ms=0, end_ms=1000, lines=((Span(text="a"), Span(text="b", bold=True, italic=True)),)
    )

    (event,) = texts(laid_out({"style": {"bold": True}}, words))

    assert event.text.split("}", 1)[1] == "a{\\i1}b"


def test_each_run_names_its_family_and_has_the_same_em() -> None:
    (event,) = texts(laid_out({"style": {"fontSize": 50}}, cue("H 漢字 עבר")))

    # winAscent + winDescent of the faces: 1.519, 1.448 and 1.36 em.
    tags = re.findall(r"\{\\(?:fn([^\\}]+))?\\?(?:fs([\d.]+))?\}", event.text)
    assert tags == [("Noto Sans CJK SC", "72.4"), ("Noto Sans Hebrew", "68")]


def test_runs_from_right_to_left_are_turned_by_themselves_in_the_order_they_are_drawn() -> None:
    (event,) = texts(laid_out({}, cue("אבג dog דה")))

    runs = re.findall(r"\u202e([^\u202c]*)\u202c|(dog)", event.text)
    assert [(a or b).strip() for a, b in runs if (a or b).strip()] == ["דה", "dog", "אבג"]


def test_both_languages_share_a_box() -> None:
    drawing = laid_out({"bilingual": True}, cue("one", "二三"))

    boxes = drawing.shown[0].caption.boxes
    assert len(boxes) == 1
    assert {event.style for event in texts(drawing)} == {"Primary", "Secondary"}


@pytest.mark.parametrize("position", ["bottom", "center", "top"])
def test_languages_with_boxes_of_their_own_are_stacked_first_line_above(position: str) -> None:
    options = BurnOptions.model_validate(
        {
            "bilingual": True,
            "style": {"position": position},
            "secondaryStyle": {"position": position, "backgroundColor": "#FF0000"},
        }
    )

    (shown,) = laid_out(options, cue("one", "二")).shown

    first, second = shown.caption.boxes
    assert first.style == "PrimaryBox"
    assert second.style == "SecondaryBox"
    assert first.y + first.height < second.y
