"""Judges a script that keeps its own styling, by what it draws: its letters, event by event.

Its author may mean text to stand half outside, or to come into the picture by and by. So what looks
wrong is told, and fails nothing unless nothing at all would be seen. What moves or changes is only
measured: in its middle it may be anywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine_kit.failures import EngineFailure, FailureCode

from burner.ink import Box, Moment
from burner.script_reader import TAGS, Event, Script, letters_of
from burner.styles import Frame
from burner.verdict import CUES_MAX, DrawnCue, Look, touches_edge
from media_jobs.notices import Notice, listed
from media_jobs.subtitles.ass_escape import ass_time
from media_jobs.subtitles.ass_tags import ASS_TAG
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Span

EDGE_SHARE = 0.01
"""Of the width: letters that are cut off may end with the space between two of them."""

_CHANGES = frozenset({"move", "t"})


def numbered(script: Script) -> Script:
    """Return *script* with its events that have letters numbered in order of their start."""
    lettered = sorted(
        (at for at, event in enumerate(script.events) if any(letters_of(event, script.styles))),
        key=lambda at: script.events[at].start_ms,
    )
    numbers = {at: number for number, at in enumerate(lettered, start=1)}
    return replace(
        script,
        events=tuple(
            replace(event, number=numbers.get(at)) for at, event in enumerate(script.events)
        ),
    )


def kept_looks(script: Script) -> tuple[Look, ...]:
    """Return a look at each numbered event; of more than CUES_MAX at as many, evenly spread."""
    events = {event.number: event for event in script.events if event.number is not None}
    step = max(1, -(-len(events) // CUES_MAX))
    return tuple(
        Look(
            number=number,
            alone=True,
            moment=Moment(time_ms=events[number].middle_ms, events=(events[number],)),
        )
        for number in sorted(events)[::step]
    )


def kept_drawn(
    looks: Sequence[Look], boxes: Sequence[Box | None], script: Script, picture: Frame
) -> tuple[DrawnCue, ...]:
    """Return what is seen of each event that was looked at.

    Raises EngineFailure(output_invalid) when nothing is seen of any.
    """
    if looks and not any(boxes):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "Nothing would be seen of this script.")
    drawn = []
    for look, box in zip(looks, boxes, strict=True):
        (event,) = look.moment.events
        text = "".join(part.text for part in letters_of(event, script.styles))
        drawn.append(
            DrawnCue(
                number=look.number,
                cue=Cue(start_ms=event.start_ms, end_ms=event.end_ms, lines=((Span(text=text),),)),
                pages=(look.moment.events,),
                box=box,
                at_edge=box is not None and _is_at_edge(box, picture) and not changes(event),
            )
        )
    return tuple(drawn)


def _is_at_edge(box: Box, picture: Frame) -> bool:
    return touches_edge(box, picture, round(EDGE_SHARE * picture.width))


def kept_notices(drawn: Sequence[DrawnCue]) -> Iterator[Notice]:
    """Yield what may not be seen as it is meant, by the times of the events."""
    unseen = [one for one in drawn if one.box is None and not changes(one.pages[0][0])]
    cut = [one for one in drawn if one.at_edge]
    for code, found in (("events_not_seen", unseen), ("events_at_edge", cut)):
        if found:
            times = listed([ass_time(one.cue.start_ms) for one in found])
            numbers = tuple(one.number for one in found)
            yield Notice(code=code, cues=numbers, facts={"times": times})


def changes(event: Event) -> bool:
    """Whether an event moves, or takes another form while it stands."""
    if event.row.get("effect", "").strip():
        return True
    return any(
        name in _CHANGES for block in TAGS.findall(event.text) for name, _ in ASS_TAG.findall(block)
    )
