"""Judges what a script draws before it is burned: each cue has ink, and it lies in the picture.

It goes by the cue list and by rendered pixels alone: where the layout meant to put something, and
with what, is nothing that it knows.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from engine_kit.failures import EngineFailure, FailureCode

from burner.ink import Box, Moment
from burner.script_reader import Event, Script
from burner.styles import Frame
from media_jobs.characters import is_invisible
from media_jobs.notices import Notice
from media_jobs.subtitles.cues import Cue

CUES_MAX = 2000
"""Of more cues so many are looked at, evenly spread."""
CROWD_MAX = 40
"""Where more events stand at one time, each is looked at alone."""
TIME_TOLERANCE_MS = 20
"""Scripts count in centiseconds, and a cue may be made to last for one of them."""
WORST_MAX = 4

# Without "in font" libass goes on looking: in other faces, or in a font's other character maps.
_NO_GLYPH = re.compile(r"Glyph 0x([0-9A-Fa-f]+) not found in font")
_EMOJI = re.compile("[0-9#*]\ufe0f?\u20e3|.\ufe0f")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCue:
    """What is seen of the cue *number*, counted from 1; *box*: of all its letters, None without.

    *pages*: the events that show it, those of one time together.
    *at_edge*: letters touch the edge of the picture, so that more of them may lie outside.
    """

    number: int
    cue: Cue
    pages: tuple[tuple[Event, ...], ...]
    box: Box | None
    at_edge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A moment to look at for the sake of a cue; *alone*: nothing else is drawn."""

    number: int
    alone: bool
    moment: Moment


def looks_at(script: Script, cues: Sequence[Cue]) -> tuple[Look, ...]:
    """Return what to look at: each part of each cue, and with what stands there at that time.

    Raises EngineFailure(output_invalid) when the script does not show a cue from its start to its
    end.
    """
    parts: dict[int, list[Event]] = defaultdict(list)
    for event in script.events:
        if event.number is not None:
            parts[event.number].append(event)
    step = -(-len(cues) // CUES_MAX)
    numbers = (*range(1, len(cues), step), len(cues))
    chosen = {number: cues[number - 1] for number in numbers}
    for number, cue in chosen.items():
        _require_times(number, cue, parts[number])
    alone = sorted(
        ((number, tuple(page)) for number in chosen for page in _pages(parts[number])),
        key=lambda one: one[1][0].middle_ms,
    )
    numbered = sorted((e for found in parts.values() for e in found), key=lambda e: e.start_ms)
    return tuple(_looks(alone, numbered))


def _pages(parts: Sequence[Event]) -> Iterable[list[Event]]:
    """Return the parts of a cue that come and go together: its lines, as a rule."""
    pages: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for part in parts:
        pages[part.start_ms, part.end_ms].append(part)
    return pages.values()


def _looks(
    alone: Iterable[tuple[int, tuple[Event, ...]]], events: Sequence[Event]
) -> Iterator[Look]:
    """Yield the looks at *alone*, which is in order of time; *events* are in order of start."""
    # A heap by their ends, with their places among all.
    standing: list[tuple[int, int]] = []
    begun = 0
    for number, parts in alone:
        time_ms = parts[0].middle_ms
        while begun < len(events) and events[begun].start_ms <= time_ms:
            heappush(standing, (events[begun].end_ms, begun))
            begun += 1
        while standing and standing[0][0] <= time_ms:
            heappop(standing)
        yield Look(number=number, alone=True, moment=Moment(time_ms=time_ms, events=parts))
        if len(parts) < len(standing) <= CROWD_MAX:
            seen = tuple(events[at] for at in sorted(at for _, at in standing))
            together = Moment(time_ms=time_ms, events=seen)
            yield Look(number=number, alone=False, moment=together)


def _require_times(number: int, cue: Cue, parts: Sequence[Event]) -> None:
    starts_ms = min((part.start_ms for part in parts), default=-TIME_TOLERANCE_MS)
    ends_ms = max((part.end_ms for part in parts), default=-TIME_TOLERANCE_MS)
    if max(abs(starts_ms - cue.start_ms), abs(ends_ms - cue.end_ms)) > TIME_TOLERANCE_MS:
        raise EngineFailure(
            FailureCode.OUTPUT_INVALID, f"Cue {number} would not be shown at its time."
        )


def drawn_cues(
    looks: Sequence[Look], boxes: Sequence[Box | None], cues: Sequence[Cue], picture: Frame
) -> tuple[DrawnCue, ...]:
    """Return what is seen of each cue that was looked at, in order.

    Raises EngineFailure(output_invalid) when nothing is seen of a cue that has letters.
    """
    seen: dict[int, list[tuple[Look, Box | None]]] = defaultdict(list)
    for look, box in zip(looks, boxes, strict=True):
        seen[look.number].append((look, box))
    drawn = []
    for number, found in sorted(seen.items()):
        own = [box for look, box in found if look.alone and box is not None]
        if not own and has_letters(cues[number - 1].text):
            raise EngineFailure(
                FailureCode.OUTPUT_INVALID, f"Nothing would be seen of cue {number}."
            )
        drawn.append(
            DrawnCue(
                number=number,
                cue=cues[number - 1],
                pages=tuple(look.moment.events for look, _ in found if look.alone),
                box=_around(own),
                at_edge=any(box is not None and touches_edge(box, picture) for _, box in found),
            )
        )
    return tuple(drawn)


def notices_of(drawn: Iterable[DrawnCue]) -> tuple[Notice, ...]:
    """Name the cues whose text may be cut off by the picture's edge."""
    cut = tuple(one.number for one in drawn if one.at_edge)
    return (Notice(code="cues_at_edge", cues=cut),) if cut else ()


def worst_of(drawn: Iterable[DrawnCue], picture: Frame) -> tuple[DrawnCue, ...]:
    """Return the cues that most need a person's eye: at the edge, then those that fill most."""

    def badness(one: DrawnCue) -> tuple[bool, int]:
        return one.at_edge, one.box.width * one.box.height if one.box else 0

    return tuple(sorted(drawn, key=badness, reverse=True)[:WORST_MAX])


def unmapped(warnings: str) -> frozenset[int]:
    """Return the code points that libass had no face for, by what it wrote."""
    return frozenset(int(code, 16) for code in _NO_GLYPH.findall(warnings))


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(x=x, y=y, width=right - x, height=bottom - y)


def touches_edge(box: Box, picture: Frame, margin: int = 0) -> bool:
    """Whether *box* reaches to an edge of the picture, or to *margin* pixels from it."""
    return (
        min(box.x, box.y) <= margin
        or box.x + box.width >= picture.width - margin
        or box.y + box.height >= picture.height - margin
    )


def has_letters(text: str) -> bool:
    """Whether a script draws any character of a cue's *text*."""
    # Signs are left out: emoji are not drawn by the script. Some begin with a digit or a mark.
    text = _EMOJI.sub("", text)
    return any(unicodedata.category(c)[0] in "LNP" and not is_invisible(c) for c in text)
