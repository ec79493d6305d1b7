"""A hint and a watermark stand in the script as literal text (D8)."""

import re

import pytest
from burner.ass import ass_script
from burner.styles import Frame
from engine_kit.fonts import Face
from hypothesis import example, given
from hypothesis import strategies as st

from media_jobs.engines.burner.options import BurnOptions

FACE = Face(family="Noto Sans", line_per_em=1.5)
HD = Frame(width=1920, height=1080)


def lines_of(options: dict[str, object], kind: str) -> list[list[str]]:
    """Return the fields of the script's lines of one kind, without those of subtitles."""
    script = ass_script((), BurnOptions.model_validate(options), HD, FACE)
    fields, style = (9, 3) if kind == "Dialogue" else (22, 0)
    lines = (
        line.removeprefix(f"{kind}: ").split(",", fields)
        for line in script.split("\n")
        if line.startswith(f"{kind}: ")
    )
    return [line for line in lines if "Primary" not in line[style]]


def test_a_hint_has_its_own_layer_style_and_times() -> None:
    hint = {"text": "two\nlines", "startS": 1.5, "endS": 61.25, "position": "bottom-right"}

    (event,) = lines_of({"hint": hint}, "Dialogue")
    (style,) = lines_of({"hint": hint}, "Style")

    assert event == [
        *("1", "0:00:01.50", "0:01:01.25", "Hint", "", "0", "0", "0", "", "two\\Nlines")
    ]
    # Size 36 at one and a half; keypad 3; margins of 96 and 60, and the box's padding of 10.
    assert (style[0], style[2], style[18]) == ("Hint", "54", "3")
    assert style[19:22] == ["106", "106", "70"]


@pytest.mark.parametrize(
    ("position", "path"),
    [
        ("top", "960,-178.08,960,70.08"),
        ("bottom-left", "106,1258.08,106,1010"),
    ],
)
def test_a_sliding_hint_comes_from_its_edge(position: str, path: str) -> None:
    hint = {"text": "x", "animation": "slide", "position": position}

    (event,) = lines_of({"hint": hint}, "Dialogue")

    moves = re.fullmatch(r"\{\\move\((.*),0,400\)\\fad\(0,400\)\}x", event[9])
    assert moves is not None
    got, wanted = ([round(float(v)) for v in text.split(",")] for text in (moves[1], path))
    assert got == wanted


def test_a_watermark_is_translucent_with_its_outline_and_never_ends() -> None:
    mark = {"text": "©", "opacity": 0.2, "textColor": "#112233", "position": "bottom"}

    (event,) = lines_of({"watermark": mark}, "Dialogue")
    (style,) = lines_of({"watermark": mark}, "Style")

    assert event[:4] == ["2", "0:00:00.00", "99:00:00.00", "Watermark"]
    assert (style[3], style[5], style[18]) == ("&HCC332211", "&HCC000000", "2")


@given(st.text(min_size=1, max_size=100))
@example("Primary")
def test_no_text_of_a_hint_or_watermark_is_markup(text: str) -> None:
    options: dict[str, object] = {"hint": {"text": text}, "watermark": {"text": text}}

    events = lines_of(options, "Dialogue")

    assert len(events) == 2
    for event in events:
        rest = event[9].replace("\\{", "").replace("\\}", "").replace("\\\u2060", "")
        assert not set(rest.replace("\\N", "")) & set("{}\\\r")
