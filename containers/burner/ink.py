"""Measures where a script draws: its letters alone, without picture, box, outline and shadow.

Each moment to look at becomes one frame of a black video, so that a film of thousands of cues is
measured in seconds: the events of that moment are moved to the frame's time, far enough from those
of the others. ffmpeg's `bbox` filter then tells where there is light.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from burner.script_reader import TAGS, Event, Script, write_script
from burner.styles import Frame
from media_jobs.subtitles.ass_tags import ASS_TAG

SCRIPT = "ink.ass"
BOXES = "ink.txt"
LIGHT = 64
"""From this luma on, of 0 to 255, a pixel is ink: half of the edge of a letter."""

_WHITE_LETTERS = (
    r"\1c&HFFFFFF&\2c&HFFFFFF&\1a&H00&\2a&H00&"  # What is sung of karaoke, and what is not yet.
    r"\3a&HFF&\4a&HFF&"  # No outline, no box, no shadow.
)
_PAINT = frozenset(
    {
        *("c", "1c", "2c", "3c", "4c", "alpha", "1a", "2a", "3a", "4a"),
        *("fad", "fade", "clip", "iclip", "be", "blur"),
    }
)
"""Tags that change how a letter is seen, and not where it is."""
_BOX = re.compile(r"lavfi\.bbox\.([xy][12])=(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the picture in pixels, from its upper left corner; at least 1 × 1."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time at which to look at *events* alone."""

    time_ms: int
    events: tuple[Event, ...]


def ink_script(script: Script, moments: Sequence[Moment]) -> tuple[str, int]:
    """Return a script of the letters of *moments*, and the seconds from one to the next.

    The first moment stands one such step after the start.
    """
    longest_ms = max(event.end_ms - event.start_ms for m in moments for event in m.events)
    step_s = 2 * longest_ms // 1000 + 2
    events = tuple(
        letters_alone(event).moved(n * step_s * 1000 - moment.time_ms)
        for n, moment in enumerate(moments, start=1)
        for event in moment.events
    )
    return write_script(replace(script, events=events)), step_s


def letters_alone(event: Event) -> Event:
    """Return *event* with white letters, and nothing else of it."""
    text = TAGS.sub(lambda tags: f"{{{_unpainted(tags[1])}}}", event.text)
    return replace(event, row={**event.row, "text": f"{{{_WHITE_LETTERS}}}{text}"})


def _unpainted(tags: str) -> str:
    written = ""
    for name, value in ASS_TAG.findall(tags):
        if name in _PAINT:
            continue
        if name == "t":
            value = ASS_TAG.sub(lambda tag: "" if tag[1] in _PAINT else tag[0], value)
        written += f"\\{name}{value}" + (_WHITE_LETTERS if name == "r" else "")
    return written


def ink_argv(picture: Frame, count: int, step_s: int, fonts_dir: str | None) -> list[str]:
    """Return ffmpeg's arguments that draw SCRIPT's *count* moments and write BOXES."""
    fonts = f":fontsdir={fonts_dir}" if fonts_dir else ""
    # A frame at 0, where nothing is drawn, and one for each moment.
    ground = f"color=black:s={picture.width}x{picture.height}:r=1/{step_s}"
    return [
        *("-v", "warning", "-f", "lavfi", "-i", f"{ground},trim=end_frame={count + 1},format=gray"),
        "-vf",
        f"setsar={picture.sample_aspect:.6f},ass={SCRIPT}{fonts},"
        f"bbox=min_val={LIGHT},metadata=print:file={BOXES}",
        *("-f", "null", "-"),
    ]


def ink_boxes(written: str, count: int) -> tuple[Box | None, ...]:
    """Return the box of each of *count* moments from BOXES; None where there is no ink."""
    boxes: list[Box | None] = [None] * count
    for frame in written.split("frame:")[1:]:
        number = int(frame.split(maxsplit=1)[0])
        found = {name: int(value) for name, value in _BOX.findall(frame)}
        if found and 1 <= number <= count:
            boxes[number - 1] = Box(
                x=found["x1"],
                y=found["y1"],
                width=found["x2"] - found["x1"] + 1,
                height=found["y2"] - found["y1"] + 1,
            )
    return tuple(boxes)
