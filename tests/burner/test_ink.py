"""The judge sees where letters lie, whatever box, outline, colour or company they have (F10)."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from burner import ink
from burner.ink import Box, Moment, ink_argv, ink_boxes, ink_script
from burner.script_reader import Script, read_script
from burner.styles import Frame
from engine_kit.ffmpeg import find_ffmpeg

pytestmark = pytest.mark.programs

PICTURE = Frame(width=320, height=180)
HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: 320
PlayResY: 180
WrapStyle: 2

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Primary,Noto Sans,20,&H00FF0000,&H00FF0000,&H0000FF00,&H000000FF,0,0,0,0,100,100,0,0,4,\
9,5,2,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
SQUARE = "\\p1}m 0 0 l 40 0 40 20 0 20"
"""A drawing of 40 × 20 pixels, so that the right box is known."""


def script_of(*texts: str, start_s: int = 0) -> Script:
    """Return a script with an event of a second for each of *texts*, one after another."""
    lines = [
        f"Dialogue: 0,0:00:{start_s + n:02}.00,0:00:{start_s + n + 1:02}.00,Primary,{n + 1},0,0,0,,"
        f"{text}\n"
        for n, text in enumerate(texts)
    ]
    return read_script(HEAD + "".join(lines))


def boxes_of(script: Script, moments: Sequence[Moment], folder: Path) -> tuple[Box | None, ...]:
    """Return what the judge measures of *moments*."""
    written, step_s = ink_script(script, moments)
    (folder / ink.SCRIPT).write_text(written, encoding="utf-8")
    argv = [find_ffmpeg(), "-nostdin", "-y", *ink_argv(PICTURE, len(moments), step_s, None)]
    subprocess.run(argv, cwd=folder, check=True, capture_output=True, timeout=60)
    return ink_boxes((folder / ink.BOXES).read_text(), len(moments))


def each_alone(script: Script) -> list[Moment]:
    """Return the middle of each event, with nothing beside it."""
    return [Moment(time_ms=event.middle_ms, events=(event,)) for event in script.events]


def test_a_drawing_is_measured_to_the_pixel_without_its_box_outline_and_shadow(
    tmp_path: Path,
) -> None:
    script = script_of(f"{{\\an7\\pos(30,50){SQUARE}", f"{{\\an7\\pos(200,100){SQUARE}")

    first, second = boxes_of(script, each_alone(script), tmp_path)

    assert first == Box(x=30, y=50, width=40, height=20)
    assert second == Box(x=200, y=100, width=40, height=20)


@pytest.mark.parametrize(
    "tags",
    ["\\1c&H000000&", "\\c&H000000&", "\\1a&HFF&", "\\alpha&HFF&", "\\3c&HFFFFFF&\\3a&H00&"],
)
def test_letters_are_ink_in_whatever_colour_they_are(tags: str, tmp_path: Path) -> None:
    script = script_of(f"{{\\an7\\pos(30,50){tags}{SQUARE}")

    assert boxes_of(script, each_alone(script), tmp_path) == (Box(x=30, y=50, width=40, height=20),)


def test_what_lies_outside_or_is_blank_has_no_ink(tmp_path: Path) -> None:
    script = script_of(f"{{\\an7\\pos(400,50){SQUARE}", "\\h\\h", f"{{\\an7\\pos(0,0){SQUARE}")

    outside, blank, inside = boxes_of(script, each_alone(script), tmp_path)

    assert (outside, blank) == (None, None)
    assert inside == Box(x=0, y=0, width=40, height=20)


def test_events_of_one_moment_are_drawn_with_each_other(tmp_path: Path) -> None:
    one = script_of(f"{{\\an7\\pos(30,50){SQUARE}").events[0]
    other = script_of(f"{{\\an7\\pos(230,150){SQUARE}").events[0]
    script = script_of(f"{{\\an7\\pos(30,50){SQUARE}")

    together = Moment(time_ms=500, events=(one, other))

    assert boxes_of(script, [together], tmp_path) == (Box(x=30, y=50, width=240, height=120),)


def test_an_event_of_hours_beside_thousands_of_short_ones_stays_apart(tmp_path: Path) -> None:
    lines = "".join(
        f"Dialogue: 0,0:00:0{n}.00,{end},Primary,{n + 1},0,0,0,,{{\\an7\\pos({n * 50},50){SQUARE}\n"
        for n, end in enumerate(["9:00:00.00", "0:00:01.10", "0:00:02.10"])
    )
    script = read_script(HEAD + lines)

    assert boxes_of(script, each_alone(script), tmp_path) == tuple(
        Box(x=x, y=50, width=40, height=20) for x in (0, 50, 100)
    )
