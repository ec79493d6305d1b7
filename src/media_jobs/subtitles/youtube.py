"""What YouTube has of its own: captions as JSON events, and automatic ones that roll."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from media_jobs.subtitles.cues import TimedText

__all__ = ["timed_events", "unrolled"]

_TAG = re.compile(r"<[^<>]*>")
# A cue that only holds the picture between two lines of rolling captions.
_FLASH_MS = 50


def timed_events(document: object) -> Iterator[TimedText]:
    """Yield the events of a `json3` document, their texts as WebVTT writes them.

    An event has a start, a length and pieces of text.
    """
    events = document.get("events") if isinstance(document, dict) else None
    for event in events if isinstance(events, list) else []:
        start_ms, length_ms = event.get("tStartMs"), event.get("dDurationMs")
        said = "".join(str(piece.get("utf8", "")) for piece in event.get("segs") or ())
        lines = [_escaped(line) for line in said.split("\n") if line.strip()]
        if lines and isinstance(start_ms, int) and isinstance(length_ms, int) and length_ms > 0:
            yield TimedText(start_ms=start_ms, end_ms=start_ms + length_ms, text="\n".join(lines))


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unrolled(cues: Iterable[TimedText]) -> list[TimedText]:
    """Return one cue per line of captions that roll: each repeats the line before and marks words.

    Tags are left out.
    """
    shown: Sequence[str] = ()
    found: list[TimedText] = []
    for cue in cues:
        lines = [
            plain
            for line in cue.text.split("\n")
            if (plain := " ".join(_TAG.sub("", line).split()))
        ]
        fresh = [line for line in lines if line not in shown]
        shown = lines
        if found and cue.start_ms < found[-1].end_ms:
            found[-1] = replace(found[-1], end_ms=cue.start_ms)
        if fresh:
            text = "\n".join(fresh)
            found.append(TimedText(start_ms=cue.start_ms, end_ms=cue.end_ms, text=text))
        elif found and cue.end_ms - cue.start_ms > _FLASH_MS:
            found[-1] = replace(found[-1], end_ms=cue.end_ms)
    return [cue for cue in found if cue.end_ms > cue.start_ms]
