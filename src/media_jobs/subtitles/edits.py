"""The cues of an edit, each with the cue of a file that it was made from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.cues import Cue

__all__ = ["Edit", "is_above", "moved_alike", "without_weights"]

_WEIGHT_OR_KARAOKE = re.compile(r"\\(?:[biu](?=[01\\}]|$)[01]?|k[fot]?\d+|K\d+)")
_ALIKE_MS = 20
"""Times of scripts are hundredths of a second, also after they were stretched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A cue of an edit. *source*: the line of the file's cue that it was made from.

    *says_the_same*: its text is that cue's.
    """

    cue: Cue
    source: int | None
    says_the_same: bool


def without_weights(tags: str) -> str:
    """Return a script's tags without those that the text of a cue itself has: weights, karaoke."""
    return _WEIGHT_OR_KARAOKE.sub("", tags).replace("{}", "")


def is_above(cue: Cue) -> bool:
    """Whether a new cue stands above: scripts and SubRip say so by a tag, WebVTT by its line."""
    return cue.settings.line == 0 and not cue.settings.line_is_percent


def moved_alike(
    times: Mapping[int, tuple[int, int]], edits: Sequence[Edit]
) -> tuple[float, float] | None:
    """Return how all cues were moved: a factor, and then milliseconds; None: not alike.

    *times*: those of the file's cues, by their line.
    """
    pairs = [
        pair
        for edit in edits
        if edit.source is not None
        for pair in zip(times[edit.source], (edit.cue.start_ms, edit.cue.end_ms), strict=True)
    ]
    if len(pairs) < len(times) * 2:
        return None
    first, last = min(pairs), max(pairs)
    span = last[0] - first[0]
    factor = (last[1] - first[1]) / span if span else 1.0
    shift = first[1] - first[0] * factor
    alike = all(abs(was * factor + shift - now) <= _ALIKE_MS for was, now in pairs)
    return (factor, shift) if alike and factor > 0 else None
