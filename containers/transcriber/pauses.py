"""Puts the ends of words where it becomes quiet.

A recogniser knows which word is said about when; where a pause begins and ends, it misses by up to
half a second. The sound itself shows that. Over loud music nothing is quiet, and nothing is moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from media_jobs.subtitles.words import Word
from transcriber.recogniser import RATE, Sound

_FRAME_MS = 10
_FRAME = RATE * _FRAME_MS // 1000
_PAUSE_MS_MIN = 200
"""Shorter ones are within words, too: the closure of a stop."""
_EDGE_MS_MIN = 50
"""Before the first and after the last word."""
_BELOW_SPEECH_DB = 30.0
_ABOVE_NOISE_DB = 6.0
_BETWEEN_DB_MIN = 10.0
"""Between speech and what is quiet: else nobody can say which is which."""
_MOVED_MS_MAX = 800
_LEFT_MS_MIN = 40
"""What stays of a word."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Quiet from *start_ms* until *end_ms*."""

    start_ms: int
    end_ms: int


def pauses_in(sound: Sound) -> list[Pause]:
    """Return where *sound* is quiet for 0.2 s or longer, measured by its own speech and noise."""
    count = len(sound) // _FRAME
    if count == 0:
        return []
    frames = sound[: count * _FRAME].reshape(count, _FRAME)
    level = 10 * np.log10(np.mean(frames * frames, axis=1, dtype=np.float64) + 1e-10)
    speech, noise = np.percentile(level, 95), np.percentile(level, 5)
    limit = max(speech - _BELOW_SPEECH_DB, noise + _ABOVE_NOISE_DB)
    if limit > speech - _BETWEEN_DB_MIN:
        return []
    quiet = np.concatenate(([False], level < limit, [False]))
    edges = np.flatnonzero(quiet[1:] != quiet[:-1])
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [
        Pause(start * _FRAME_MS, end * _FRAME_MS)
        for start, end in runs
        if (end - start) * _FRAME_MS
        >= (_PAUSE_MS_MIN if start > 0 and end < count else _EDGE_MS_MIN)
    ]


def settled(words: Sequence[Word], pauses: Sequence[Pause]) -> list[Word]:
    """Return *words*, in order of time, with those that are beside a pause ending and beginning
    with it.
    """
    moved = list(words)
    first = 0
    for at in range(-1, len(moved)):
        before = moved[at] if at >= 0 else None
        after = moved[at + 1] if at + 1 < len(moved) else None
        # Pauses that end before this word begins are of no use to later ones.
        while before and first < len(pauses) and pauses[first].end_ms <= before.start_ms:
            first += 1
        found = _between(before, after, pauses[first:])
        if found is None:
            continue
        if before is not None:
            moved[at] = replace(before, end_ms=found.start_ms)
        if after is not None:
            moved[at + 1] = replace(after, start_ms=found.end_ms)
    return moved


def _between(before: Word | None, after: Word | None, pauses: Sequence[Pause]) -> Pause | None:
    """Return the pause between two words, neither of which it may swallow; the longest one."""
    low = before.start_ms + _LEFT_MS_MIN if before else 0
    high = after.end_ms - _LEFT_MS_MIN if after else None
    best: Pause | None = None
    for pause in pauses:
        if high is not None and pause.end_ms > high:
            break
        if before is not None and pause.start_ms > before.end_ms + _MOVED_MS_MAX:
            break
        is_near = after is None or pause.end_ms >= after.start_ms - _MOVED_MS_MAX
        if pause.start_ms < low and before is not None:
            continue
        if is_near and (best is None or _length(pause) > _length(best)):
            best = pause
    return best


def _length(pause: Pause) -> int:
    return pause.end_ms - pause.start_ms
