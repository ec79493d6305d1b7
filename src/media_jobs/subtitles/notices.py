"""Notices about a subtitle file: what was repaired, guessed or left out, and what isn't drawn."""

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
    "answer_unwrapped",
    "line_ends_doubled",
    "cue_times_unreadable",
    "cue_times_repaired",
    "cue_ends_too_early",
    "cue_text_cut",
    "empty_lines_missing",
    "empty_lines_inside",
    "text_outside_cues",
    "regions_not_drawn",
    "styles_not_drawn",
    "backgrounds_not_drawn",
    "positions_not_followed",
    "timed_words_shown_together",
    "timestamp_map_not_applied",
    "captions_unrolled",
    "frame_rate_assumed",
    "last_end_assumed",
    "script_tags_not_drawn",
    "script_signs_restyled",
    "script_signs_left_out",
    "script_drawings_left_out",
    "script_layers_merged",
]

_LINES_KEPT = 100
_LINES_TOLD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know of a file.

    *lines*: where its cues have their times, counted from 1; of very many the first hundred, and
    *more* is how many there are besides. *encoding*: the name of the one that it is about.
    """

    code: NoticeCode
    lines: tuple[int, ...] = ()
    more: int = 0
    encoding: str | None = None

    @property
    def key(self) -> str:
        """The message in the catalogue."""
        return f"notice.{self.code}"

    @property
    def values(self) -> dict[str, str]:
        """What the message is filled with."""
        values = {"lines": _listed(self.lines, self.more)} if self.lines else {}
        return {**values, "encoding": self.encoding} if self.encoding else values

    @property
    def message(self) -> str:
        """Return a sentence for a person."""
        return message(self.key, **self.values)


class Findings:
    """Collects what a reader comes upon, one notice for each code.

    *lines_before*: how many lines of the file stand above the text that is read.
    """

    def __init__(self, lines_before: int = 0) -> None:
        self._lines: dict[NoticeCode, list[int]] = {}
        self._more: dict[NoticeCode, int] = {}
        self._lines_before = lines_before

    def add(self, code: NoticeCode, line: int | None = None) -> None:
        """Note *code*, of the cue whose times stand in *line*."""
        lines = self._lines.setdefault(code, [])
        if line is None:
            return
        if len(lines) < _LINES_KEPT:
            lines.append(line + self._lines_before)
        else:
            self._more[code] = self._more.get(code, 0) + 1

    def notices(self) -> tuple[Notice, ...]:
        """Return what was found, in the order in which it was come upon first."""
        return tuple(
            Notice(code=code, lines=tuple(at), more=self._more.get(code, 0))
            for code, at in self._lines.items()
        )


def _listed(lines: Sequence[int], more: int = 0) -> str:
    named = ", ".join(str(line) for line in lines[:_LINES_TOLD])
    more += max(len(lines) - _LINES_TOLD, 0)
    return f"{named} and {more} more" if more > 0 else named
