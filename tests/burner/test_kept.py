"""A script in its own styling is measured, and told of; what it means is no fault (F10)."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from burner import ink
from burner.ink import Box, ink_argv, ink_boxes, ink_script
from burner.kept import kept_drawn, kept_looks, kept_notices, numbered
from burner.script_reader import Script, read_script
from burner.styles import Frame
from burner.verdict import CUES_MAX, DrawnCue
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import find_ffmpeg

PICTURE = Frame(width=640, height=360)
INSIDE, AT_EDGE = Box(x=100, y=300, width=400, height=30), Box(x=0, y=300, width=90, height=30)
HEAD = """[Script Info]
PlayResX: 640
PlayResY: 360
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV
Style: Default,Noto Sans,30,&HFF00FFFF,&HFF000000,&H00000000,&H00000000,1,2,1,2,10,10,10
Style: Boxed,Noto Sans,30,&H00FFFFFF,&H00FF0000,&H000000C0,&H00000000,3,12,0,8,10,10,10
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def script_of(*texts: str, effect: str = "", style: str = "Default") -> Script:
    """Return a script with an event of a second for each of *texts*, one after another."""
    lines = [
        f"Dialogue: 0,0:{n // 60:02}:{n % 60:02}.00,0:{n // 60:02}:{n % 60:02}.90,{style},7,0,0,0,"
        f"{effect},{text}"
        for n, text in enumerate(texts)
    ]
    return numbered(read_script(HEAD + "\n".join(lines)))


def judged(script: Script, boxes: Sequence[Box | None]) -> tuple[DrawnCue, ...]:
    """Return the verdict on what *boxes* say is seen."""
    return kept_drawn(kept_looks(script), boxes, script, PICTURE)


def measured(script: Script, folder: Path) -> tuple[Box | None, ...]:
    """Return what the judge sees of the script's events."""
    looks = kept_looks(script)
    written, step_s = ink_script(script, [look.moment for look in looks])
    (folder / ink.SCRIPT).write_text(written, encoding="utf-8")
    argv = [find_ffmpeg(), "-nostdin", "-y", *ink_argv(PICTURE, len(looks), step_s, None)]
    subprocess.run(argv, cwd=folder, check=True, capture_output=True, timeout=60)
    return ink_boxes((folder / ink.BOXES).read_text(), len(looks))


def test_events_with_letters_are_looked_at_and_drawings_are_not() -> None:
    script = script_of("Hello", "{\\p1}m 0 0 l 40 0 40 20", " ", "{\\p1}m 0 0{\\p0}Sign")

    looks = kept_looks(script)

    assert [(look.number, look.moment.time_ms) for look in looks] == [(1, 450), (2, 3450)]


def test_of_thousands_of_events_as_many_are_looked_at_as_of_cues() -> None:
    looks = kept_looks(script_of(*["Sign"] * (2 * CUES_MAX + 1)))

    assert CUES_MAX / 2 < len(looks) <= CUES_MAX
    assert looks[-1].number > 2 * CUES_MAX - 4


def test_what_is_not_seen_or_touches_the_edge_is_told_by_its_time() -> None:
    drawn = judged(script_of("Here", "Gone", "{\\pos(0,9)}Half"), [INSIDE, None, AT_EDGE])

    assert [notice.message for notice in kept_notices(drawn)] == [
        "Nothing is seen of some text of the script: at 0:00:01.00.",
        "Text of the script touches the edge of the picture and may be cut off: at 0:00:02.00.",
    ]


@pytest.mark.parametrize("text", ["{\\move(0,0,900,0)}Through", "{\\t(\\fscx0)}Shrinks"])
@pytest.mark.parametrize("box", [None, AT_EDGE])
def test_what_moves_or_changes_may_be_anywhere_in_its_middle(text: str, box: Box | None) -> None:
    assert not list(kept_notices(judged(script_of("Here", text), [INSIDE, box])))


def test_a_banner_may_be_anywhere() -> None:
    drawn = judged(script_of("Here", "Runs", effect="Banner;10"), [INSIDE, AT_EDGE])

    assert not list(kept_notices(drawn))


def test_a_script_of_which_nothing_is_seen_fails_the_burn() -> None:
    with pytest.raises(EngineFailure, match="Nothing would be seen") as failed:
        judged(script_of("Here", "There"), [None, None])
    assert failed.value.code is FailureCode.OUTPUT_INVALID


@pytest.mark.programs
@pytest.mark.parametrize(
    "tags",
    [
        "\\fad(450,450)",
        "\\fade(255,255,255,0,0,0,900)",
        "\\k30\\kf30\\ko30",
        "\\alpha&HFF&",
        "\\t(0,900,\\alpha&HFF&\\1c&H000000&)",
        "\\clip(0,0,1,1)",
        "\\blur20",
        "\\rDefault\\1a&HFF&",
    ],
)
def test_letters_are_measured_however_they_are_painted(tags: str, tmp_path: Path) -> None:
    plain, painted = measured(script_of("Hamburg", f"{{{tags}}}Hamburg"), tmp_path)

    assert plain is not None
    assert painted == plain


@pytest.mark.programs
def test_boxes_of_a_style_are_no_letters(tmp_path: Path) -> None:
    (box,) = measured(script_of("Hamburg", style="Boxed"), tmp_path)

    assert box is not None
    assert box.height < 34


@pytest.mark.programs
def test_a_sign_outside_is_not_seen_and_one_half_outside_touches_the_edge(tmp_path: Path) -> None:
    script = script_of("Hamburg", "{\\pos(-900,90)}Hamburg", "{\\pos(0,90)}Hamburg")

    inside, outside, half = judged(script, measured(script, tmp_path))

    assert inside.box is not None
    assert outside.box is None
    assert [one.at_edge for one in (inside, outside, half)] == [False, False, True]
