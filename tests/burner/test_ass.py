"""Cues become an ASS script in which nothing of the user's is markup (M3, M4, M5, D8)."""

import re

import pytest
from burner.ass import ass_script
from burner.ass_escape import ass_text, ass_time
from burner.styles import Frame
from engine_kit.fonts import Face
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions, SubtitleStyle
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

FACE = Face(family="Noto Sans", line_per_em=1.5)
HD = Frame(width=1920, height=1080)
SMALL = Frame(width=1280, height=720)


def cue(*lines: str, start_ms: int = 1000, end_ms: int = 2000) -> Cue:
    """Return a cue of plain lines."""
    return Cue(start_ms=start_ms, end_ms=end_ms, lines=tuple((Span(text=line),) for line in lines))


def events(script: str) -> list[dict[str, str]]:
    """Return the script's events by field name."""
    names = ["Layer", "Start", "End", "Style", "Name", "L", "R", "V", "Effect", "Text"]
    return [
        dict(zip(names, line.removeprefix("Dialogue: ").split(",", 9), strict=True))
        for line in script.split("\n")
        if line.startswith("Dialogue: ")
    ]


def style(script: str, name: str = "Primary") -> dict[str, str]:
    """Return one style of the script by field name."""
    lines = script.split("\n")
    names = next(line for line in lines if line.startswith("Format: Name"))
    values = next(line for line in lines if line.startswith(f"Style: {name},"))
    return dict(
        zip(
            names.removeprefix("Format: ").split(", "),
            values.removeprefix("Style: ").split(","),
            strict=True,
        )
    )


def script_of(options: BurnOptions, *cues: Cue, picture: Frame = HD) -> str:
    """Return the script for *cues*, by default one."""
    return ass_script(cues or (cue("text"),), options, picture, FACE)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_written_time_is_never_later_and_at_most_nine_milliseconds_earlier(time_ms: int) -> None:
    match = re.fullmatch(r"(\d+):(\d\d):(\d\d)\.(\d\d)", ass_time(time_ms))

    assert match is not None
    hours, minutes, seconds, centis = (int(part) for part in match.groups())
    assert minutes < 60
    assert seconds < 60
    assert 0 <= time_ms - (((hours * 60 + minutes) * 60 + seconds) * 100 + centis) * 10 <= 9


def test_a_cue_shorter_than_a_centisecond_still_has_a_duration() -> None:
    (event,) = events(script_of(BurnOptions(), cue("x", start_ms=1991, end_ms=1995)))

    assert (event["Start"], event["End"]) == ("0:00:01.99", "0:00:02.00")


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


@given(st.text(max_size=200))
def test_no_text_opens_an_override_or_starts_a_line_of_the_script(text: str) -> None:
    script = script_of(BurnOptions(), cue(text))

    (event,) = events(script)
    # Every brace is escaped, and a backslash stands before a brace of ours or an invisible sign.
    rest = event["Text"].replace("\\{", "").replace("\\}", "").replace("\\\u2060", "")
    assert not set(rest) & set("{}\\\n\r")
    assert len(script.split("\n")) == len(script_of(BurnOptions()).split("\n"))


def test_an_upright_video_is_measured_by_its_width() -> None:
    upright = script_of(BurnOptions(), picture=Frame(width=1080, height=1920))

    assert style(upright)["Fontsize"] == style(script_of(BurnOptions()))["Fontsize"]


BOX = {
    "textColor": "#112233",
    "backgroundColor": "#AABBCC",
    "backgroundOpacity": 0.4,
    "outlineColor": "#445566",
    "outlineWidth": 2,
}
BARE = {"marginV": 100, "backgroundOpacity": 0}


@pytest.mark.parametrize(
    ("chosen", "picture", "written"),
    [
        (BOX, HD, {"BorderStyle": "4", "PrimaryColour": "&H00332211"}),
        (BOX, HD, {"BackColour": "&H99CCBBAA", "OutlineColour": "&H00665544", "Outline": "2"}),
        # Without a box there is only the outline.
        (
            {"backgroundOpacity": 0, "outlineWidth": 3},
            HD,
            {"BorderStyle": "1", "Outline": "3", "Shadow": "0"},
        ),
        # A box without an outline draws none.
        ({"outlineColor": "#FF0000"}, HD, {"OutlineColour": "&HFF0000FF"}),
        ({**BARE, "position": "bottom"}, SMALL, {"Alignment": "2", "MarginV": "67"}),
        ({**BARE, "position": "center"}, SMALL, {"Alignment": "5", "MarginV": "67"}),
        ({**BARE, "position": "top"}, SMALL, {"Alignment": "8", "MarginV": "67"}),
        # The margin ends at the box, which is 0.28 em wider than its text on each side.
        ({"fontSize": 50, "marginV": 100}, HD, {"MarginV": "114"}),
        # Side margins are a twentieth, or as asked.
        ({}, HD, {"MarginL": "96", "MarginR": "96"}),
        ({"marginH": 300}, SMALL, {"MarginL": "200", "MarginR": "200"}),
    ],
)
def test_a_style_is_written_into_the_fields_that_libass_reads(
    chosen: dict[str, object], picture: Frame, written: dict[str, str]
) -> None:
    options = BurnOptions.model_validate({"style": chosen})

    fields = style(script_of(options, picture=picture))

    assert {name: fields[name] for name in written} == written


def test_both_languages_share_a_box_with_a_size_and_a_colour_each() -> None:
    options = BurnOptions(
        bilingual=True, secondary_style=SubtitleStyle(font_size=36, text_color="#00FF80")
    )

    (event,) = events(script_of(options, cue("one", "two", "three")))

    first, rest = event["Text"].split("\\N", 1)
    assert first == "one"
    assert rest.endswith("}two\\Nthree")
    assert "\\fs54\\" in rest
    assert "\\1c&H80FF00&" in rest


@pytest.mark.parametrize(
    ("position", "order"),
    [("bottom", ["Secondary", "Primary"]), ("top", ["Primary", "Secondary"])],
)
def test_languages_with_boxes_of_their_own_are_stacked_first_line_above(
    position: str, order: list[str]
) -> None:
    options = BurnOptions.model_validate(
        {
            "bilingual": True,
            "style": {"position": position},
            "secondaryStyle": {"position": position, "backgroundColor": "#FF0000"},
        }
    )

    assert [e["Style"] for e in events(script_of(options, cue("one", "two")))] == order


@pytest.mark.parametrize(
    ("bilingual", "lines", "text"), [(True, ["one"], "one"), (False, ["one", "two"], "one\\Ntwo")]
)
def test_what_is_of_one_language_is_in_the_primary_style(
    bilingual: bool, lines: list[str], text: str
) -> None:
    (event,) = events(script_of(BurnOptions(bilingual=bilingual), cue(*lines)))

    assert (event["Style"], event["Text"]) == ("Primary", text)


def test_styled_words_are_switched_on_and_off() -> None:
    styled = Cue(
        start_ms=0,
        end_ms=1000,
        lines=((Span(text="a "), Span(text="b{", bold=True, italic=True), Span(text=" c")),),
    )

    (event,) = events(script_of(BurnOptions(), styled))

    assert event["Text"] == "a {\\b1\\i1}b\\{{\\b0\\i0} c"


def test_a_bold_style_is_bold_and_its_plain_and_bold_words_stay_so() -> None:
    words = Cue(
        start_ms=0, end_ms=1000, lines=((Span(text="a"), Span(text="b", bold=True, italic=True)),)
    )

    script = script_of(BurnOptions(style=SubtitleStyle(bold=True)), words)

    assert (style(script)["Bold"], style(script)["Italic"]) == ("-1", "0")
    assert events(script)[0]["Text"] == "a{\\i1}b{\\i0}"


def test_the_second_language_in_the_same_box_has_its_own_weight() -> None:
    options = BurnOptions(
        bilingual=True,
        style=SubtitleStyle(bold=True),
        secondary_style=SubtitleStyle(italic=True),
    )

    (event,) = events(script_of(options, cue("one", "two")))

    assert event["Text"].startswith("one\\N{\\fs")
    assert event["Text"].endswith("\\b0\\i1}two")
