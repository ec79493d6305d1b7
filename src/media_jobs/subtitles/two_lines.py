"""Two tracks in one: cues with a line of each language, as burners for one file read them. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.text import Line, Span

__all__ = ["in_two_lines"]

PIECES_MAX = 100_000
"""What the cues may come to when each is cut wherever one of the other track begins or ends."""
_SPACE = Span(text=" ")


def in_two_lines(first: Sequence[Cue], second: Sequence[Cue]) -> Iterator[Cue]:
    """Yield cues with what *first* says above what *second* says, while either says something.

    A cue's own lines become one; where it stands is lost. Raises ValueError where too many cues
    overlap.
    """
    times = sorted({ms for cue in (*first, *second) for ms in (cue.start_ms, cue.end_ms)})
    above, below = _said(first, times), _said(second, times)
    for at, (start_ms, end_ms) in enumerate(pairwise(times)):
        lines = tuple(line for line in (above[at], below[at]) if line)
        if lines:
            yield Cue(start_ms=start_ms, end_ms=end_ms, lines=lines)


def _said(track: Sequence[Cue], times: Sequence[int]) -> list[Line]:
    """Return what *track* says from each of *times* until the next, in one line."""
    said: list[Line] = [()] * len(times)
    pieces = 0
    for cue in track:
        first, end = bisect_left(times, cue.start_ms), bisect_left(times, cue.end_ms)
        pieces += end - first
        if pieces > PIECES_MAX:
            raise ValueError("too many cues overlap")
        for at in range(first, end):
            for line in cue.lines:
                said[at] = (*said[at], _SPACE, *line) if said[at] else line
    return said
