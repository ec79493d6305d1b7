"""Measures where a script draws: its letters alone, without picture, box, outline and shadow.

Each moment to look at becomes one frame of a black video, so that a film of thousands of cues is
measured in seconds: the events of that moment are moved to the frame's time, far enough from those
of the others. ffmpeg's `bbox` filter then tells where there is light.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from burner.script_reader import Event, Script, write_script
from burner.styles import Frame

SCRIPT = "ink.ass"
BOXES = "ink.txt"
LIGHT = 64
"""From this luma on, of 0 to 255, a pixel is ink: half of the edge of a letter."""

_WHITE, _UNSEEN = "&H00FFFFFF", "&HFFFFFFFF"
_TAGS = re.compile(r"(?<!\\)\{[^}]*\}")
_PAINT = re.compile(r"\\(?:[1-4]?c|[1-4]a|alpha)(?:&H?[0-9A-Fa-f]*&?)?(?=[\\)}])")
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
        _letters(event).moved(n * step_s * 1000 - moment.time_ms)
        for n, moment in enumerate(moments, start=1)
        for event in moment.events
    )
    styles = tuple(
        {
            **style,
            "primarycolour": _WHITE,
            "secondarycolour": _WHITE,
            "outlinecolour": _UNSEEN,
            "backcolour": _UNSEEN,
        }
        for style in script.styles
    )
    return write_script(Script(head=script.head, styles=styles, events=events)), step_s


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


def _letters(event: Event) -> Event:
    text = _TAGS.sub(lambda tags: _PAINT.sub("", tags.group()), event.row["text"])
    return replace(event, row={**event.row, "text": text})
