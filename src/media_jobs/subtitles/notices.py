"""Notices about a subtitle file: cues that were left out, and what isn't drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from media_jobs.messages import message

__all__ = ["Findings", "Notice", "NoticeCode"]

NoticeCode = Literal[
    "encoding_guessed",
    "webvtt_not_utf8",
    "lines_in_other_encoding",
    "characters_left_out",
    "nulls_left_out",
    "read_as_subrip",
    "cue_times_unreadable",
    "cue_ends_too_early",
    "cue_text_cut",
    "regions_not_drawn",
    "styles_not_drawn",
    "timed_words_shown_together",
]

_LINES_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know of a file. *lines*: where its cues have their times, counted from 1.

    *encoding*: the name of the one that it is about.
    """

    code: NoticeCode
    lines: tuple[int, ...] = ()
    encoding: str | None = None

    @property
    def key(self) -> str:
        """The message in the catalogue."""
        return f"notice.{self.code}"

    @property
    def values(self) -> dict[str, str]:
        """What the message is filled with."""
        values = {"lines": _listed(self.lines)} if self.lines else {}
        return {**values, "encoding": self.encoding} if self.encoding else values

    @property
    def message(self) -> str:
        """Return a sentence for a person."""
        return message(self.key, **self.values)


class Findings:
    """Collects what a reader comes upon, one notice for each code."""

    def __init__(self) -> None:
        self._lines: dict[NoticeCode, list[int]] = {}

    def add(self, code: NoticeCode, line: int | None = None) -> None:
        """Note *code*, of the cue whose times stand in *line*."""
        lines = self._lines.setdefault(code, [])
        if line is not None:
            lines.append(line)

    def notices(self) -> tuple[Notice, ...]:
        """Return what was found, in the order in which it was come upon first."""
        return tuple(Notice(code=code, lines=tuple(at)) for code, at in self._lines.items())


def _listed(lines: Sequence[int]) -> str:
    named = ", ".join(str(line) for line in lines[:_LINES_TOLD])
    more = len(lines) - _LINES_TOLD
    return f"{named} and {more} more" if more > 0 else named
