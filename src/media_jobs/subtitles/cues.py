"""What is shown when: as a file has it, and with the text read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from media_jobs.notices import Findings
from media_jobs.subtitles.settings import NO_SETTINGS, CueSettings
from media_jobs.subtitles.text import Line

__all__ = ["OPEN_MS", "Cue", "TimedText", "until_next"]

OPEN_MS = -1
"""The end of a cue that stands until the next one begins: see `until_next`."""
_LAST_MS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedText:
    """A cue whose *text* is a WebVTT cue's (see `text`), whatever kind of file it came from.

    *keypad*: where SubRip and ASS place it by a key of the numeric keypad, 1 (bottom left) to 9.
    *sign*: it belongs to the picture, where *settings* say, and not to what is spoken. *line*:
    where its times stand in the file, counted from 1.
    """

    start_ms: int
    end_ms: int
    text: str
    settings: CueSettings = NO_SETTINGS
    keypad: int | None = None
    sign: bool = False
    line: int | None = None


def until_next(timed: Iterable[TimedText], found: Findings) -> Iterator[TimedText]:
    """Yield *timed* with an end for each that is open; one that none follows stands 5 s."""
    before: TimedText | None = None
    for one in timed:
        if before is not None:
            yield _until(before, one.start_ms)
        before = one
    if before is not None:
        if before.end_ms == OPEN_MS:
            found.add("last_end_assumed", before.line)
        yield _until(before, 0)


def _until(cue: TimedText, end_ms: int) -> TimedText:
    if cue.end_ms != OPEN_MS:
        return cue
    return replace(cue, end_ms=end_ms if end_ms > cue.start_ms else cue.start_ms + _LAST_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from *start_ms* until before *end_ms*; the rest is as in `TimedText`."""

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]
    settings: CueSettings = NO_SETTINGS
    keypad: int | None = None
    sign: bool = False
    line: int | None = None

    @property
    def text(self) -> str:
        """All characters of the cue."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)

    @property
    def has_place(self) -> bool:
        """Whether the file says where the cue stands."""
        return self.keypad is not None or self.settings != NO_SETTINGS
