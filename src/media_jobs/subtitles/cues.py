"""What is shown when: as a file has it, and with the text read."""

from dataclasses import dataclass

from media_jobs.subtitles.settings import NO_SETTINGS, CueSettings
from media_jobs.subtitles.text import Line

__all__ = ["Cue", "TimedText"]


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
