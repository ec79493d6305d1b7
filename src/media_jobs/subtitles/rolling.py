"""Captions that roll, as YouTube makes them: each cue repeats the line before, short ones hold it.

Shown as they are, they would flicker, and each line would be read twice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.markup import TIME_TAG

__all__ = ["SHORTEST_MS", "overlap", "rolls", "unrolled"]

SHORTEST_MS = 80
"""What is shown for less time can't be read; it only holds the picture between two lines."""

_TAG = re.compile(r"<[^<>]*>")
_CLASS_TAG = re.compile(r"</?c(?:\.[^<>]*)?>")
# Cues that follow each other this closely, or overlap, belong to one run.
_GAP_MS = 100
_ROWS_MAX = 4
# A cue of more lines is none that rolls.
_LINES_MAX = 20
_SCROLLS_WITHOUT_SIGNS = 3
_HELD_AT_LEAST_MS = 1000


@dataclass(frozen=True, slots=True)
class _Rows:
    """The filled lines of a cue: without tags to compare, and with the times of their words."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]


def rolls(cues: Sequence[TimedText]) -> bool:
    """Whether most cues repeat lines of the one before, as rolling captions do.

    Words with times, or cues too short to read, tell them from a chorus; without these, lines must
    have gone away at the top several times.
    """
    close = repeated = grown = scrolled = 0
    rows = _Rows((), ())
    has_signs = False
    end_ms = -_GAP_MS
    for cue in cues:
        before, rows = rows, _rows(cue.text)
        has_signs = has_signs or _is_short(cue) or _has_times(cue)
        if before.plain and cue.start_ms <= end_ms + _GAP_MS:
            same = _repeated(before.plain, rows.plain)
            close += 1
            repeated += same > 0
            grown += 0 < same < len(rows.plain)
            scrolled += 0 < same < len(rows.plain) and same < len(before.plain)
        end_ms = cue.end_ms
    enough = 1 if has_signs else _SCROLLS_WITHOUT_SIGNS
    return repeated * 2 > close and (grown if has_signs else scrolled) >= enough


def overlap(cues: Sequence[TimedText]) -> bool:
    """Whether most cues that follow closely begin before the one before has ended."""
    gaps = [after.start_ms - before.end_ms for before, after in pairwise(cues)]
    close = [gap for gap in gaps if gap <= _GAP_MS]
    return sum(gap < 0 for gap in close) * 2 > len(close)


def unrolled(cues: Iterable[TimedText]) -> list[TimedText]:
    """Return one cue for each line that is new, until the next is; times of words are kept."""
    shown: tuple[str, ...] = ()
    shown_until_ms = 0
    found: list[TimedText] = []
    for cue in cues:
        rows = _rows(cue.text)
        same = _repeated(shown, rows.plain) if cue.start_ms <= shown_until_ms + _GAP_MS else 0
        fresh = rows.marked[same:]
        shown, shown_until_ms = rows.plain, cue.end_ms
        if fresh:
            if found and cue.start_ms < found[-1].end_ms:
                found[-1] = replace(found[-1], end_ms=cue.start_ms)
            found.append(
                TimedText(
                    start_ms=cue.start_ms,
                    end_ms=cue.end_ms,
                    text="\n".join(fresh),
                    line=cue.line,
                )
            )
        elif found and same and not _is_short(cue):
            found[-1] = replace(found[-1], end_ms=max(found[-1].end_ms, cue.end_ms))
    return _readable(found)


def _rows(text: str) -> _Rows:
    if text.count("\n") > _LINES_MAX:
        return _Rows((), (text,))
    if "<" not in text:
        plain = tuple(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
        return _Rows(plain, plain)
    marked = [" ".join(_CLASS_TAG.sub("", line).split()) for line in text.split("\n")]
    both = [(" ".join(_TAG.sub("", line).split()), line) for line in marked]
    filled = [pair for pair in both if pair[0]]
    return _Rows(tuple(plain for plain, _ in filled), tuple(line for _, line in filled))


def _repeated(before: Sequence[str], rows: Sequence[str]) -> int:
    """Return how many of the last lines *before* are the first of *rows*."""
    most = min(len(before), len(rows), _ROWS_MAX)
    return next((n for n in range(most, 0, -1) if before[-n:] == rows[:n]), 0)


def _has_times(cue: TimedText) -> bool:
    return "<" in cue.text and TIME_TAG.search(cue.text) is not None


def _is_short(cue: TimedText) -> bool:
    return cue.end_ms - cue.start_ms < SHORTEST_MS


def _readable(cues: list[TimedText]) -> list[TimedText]:
    """Return the cues with none too short: longer where there is room, else one with the next."""
    found: list[TimedText] = []
    for number, cue in enumerate(cues):
        if found and _is_short(found[-1]):
            before = found.pop()
            text = f"{before.text}\n{cue.text}"
            cue = replace(cue, start_ms=before.start_ms, text=text, line=before.line)
        if _is_short(cue):
            room_ms = cues[number + 1].start_ms if number + 1 < len(cues) else None
            longer_ms = cue.start_ms + _HELD_AT_LEAST_MS
            end_ms = longer_ms if room_ms is None else min(longer_ms, room_ms)
            cue = replace(cue, end_ms=max(cue.end_ms, end_ms))
        found.append(cue)
    return found
