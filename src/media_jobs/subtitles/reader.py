"""Reads a file of subtitles, whatever its kind.

Cues are found in one pass that costs little; their texts are read when they are asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from media_jobs.errors import InvalidInput
from media_jobs.subtitles import ass, subrip, webvtt
from media_jobs.subtitles.cues import Cue, TimedText
from media_jobs.subtitles.kinds import ASS, SUBRIP, SUBTITLE_KINDS, WEBVTT, SubtitleKind, kind_of
from media_jobs.subtitles.notices import Findings, Notice
from media_jobs.subtitles.text import Line, text_lines

__all__ = ["CUES_MAX", "SubtitleFile", "read_subtitles"]

CUES_MAX = 50_000

_TIMED: dict[SubtitleKind, Callable[[str, Findings], Iterator[TimedText]]] = {
    WEBVTT: webvtt.timed_texts,
    SUBRIP: subrip.timed_texts,
    ASS: ass.timed_texts,
}
_LINES: dict[SubtitleKind, Callable[[str], tuple[Line, ...]]] = {
    WEBVTT: text_lines,
    SUBRIP: text_lines,
    ASS: ass.event_lines,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleFile:
    r"""What a file holds, at least one cue with text. *text*: all of it, lines ended by `\n`."""

    kind: SubtitleKind
    text: str
    timed: tuple[TimedText, ...]
    notices: tuple[Notice, ...]

    def cues(self) -> tuple[Cue, ...]:
        """Return the cues that have a text, in order of their start."""
        return tuple(sorted(_cues(self.kind, self.timed), key=lambda cue: cue.start_ms))


def read_subtitles(text: str) -> SubtitleFile:
    """Return what *text* holds; raises InvalidInput when that is no cue with text, or too many."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    kind = kind_of(text)
    if kind is None:
        names = ", ".join(kind.name for kind in SUBTITLE_KINDS)
        raise InvalidInput("bad_request.subtitles", kinds=names)
    found = Findings()
    timed = tuple(islice(_TIMED[kind](text, found), CUES_MAX + 1))
    if len(timed) > CUES_MAX:
        raise InvalidInput("bad_request.subtitles_too_many", max=CUES_MAX)
    notices = found.notices()
    if next(_cues(kind, timed), None) is None:
        told = " ".join(notice.message for notice in notices)
        if told:
            raise InvalidInput("bad_request.subtitles_left_out", told=told)
        raise InvalidInput("bad_request.subtitles_empty")
    return SubtitleFile(kind=kind, text=text, timed=timed, notices=notices)


def _cues(kind: SubtitleKind, timed: tuple[TimedText, ...]) -> Iterator[Cue]:
    for one in timed:
        lines = _LINES[kind](one.text)
        if lines:
            yield Cue(
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                lines=lines,
                settings=one.settings,
                keypad=one.keypad,
            )
