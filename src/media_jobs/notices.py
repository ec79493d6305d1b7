"""Notices: what was guessed, repaired or left out of something that was handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from media_jobs.messages import message

__all__ = ["Findings", "Notice", "NoticeCode", "listed"]

NoticeCode = Literal[
    # --- of subtitles ---
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
    # --- of comments ---
    "comments_left_out",
    "comment_values_unread",
    "comment_texts_cut",
    "comment_keys_unknown",
    "comments_chosen",
    "comments_title_missing",
]

_PLACES_KEPT = 100
_LISTED_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know of what was handed in.

    *at*: where, counted from 1: the comments of a document, or the lines in which a subtitle file
    has the times of its cues. Of very many the first hundred, and *more* is how many there are
    besides. *what*: the names or values that it is about.
    """

    code: NoticeCode
    at: tuple[int, ...] = ()
    more: int = 0
    what: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The message in the catalogue."""
        return f"notice.{self.code}"

    @property
    def values(self) -> dict[str, str]:
        """What the message is filled with."""
        values = {"at": listed(self.at, self.more)} if self.at else {}
        return {**values, "what": listed(self.what)} if self.what else values

    @property
    def message(self) -> str:
        """Return a sentence for a person."""
        return message(self.key, **self.values)


class _Found:
    """What was found of one code. Places come in order, so that one met again is the last."""

    __slots__ = ("at", "last", "more", "what")

    def __init__(self) -> None:
        self.at: list[int] = []
        self.more = 0
        self.last: int | None = None
        self.what: dict[str, None] = {}

    def place(self, at: int) -> None:
        if at == self.last:
            return
        self.last = at
        if len(self.at) < _PLACES_KEPT:
            self.at.append(at)
        else:
            self.more += 1


class Findings:
    """Collects what a reader comes upon, one notice for each code.

    *before*: how many places stand before the first of those that are read.
    """

    def __init__(self, before: int = 0) -> None:
        self._found: dict[NoticeCode, _Found] = {}
        self._before = before

    def add(self, code: NoticeCode, at: int | None = None, what: str | None = None) -> None:
        """Note *code*, at the place *at* and about *what*; the same once more changes nothing."""
        found = self._found.setdefault(code, _Found())
        if at is not None:
            found.place(at + self._before)
        if what is not None:
            found.what[what] = None

    def notices(self) -> tuple[Notice, ...]:
        """Return what was found, in the order in which it was come upon first."""
        return tuple(
            Notice(code=code, at=tuple(found.at), more=found.more, what=tuple(found.what))
            for code, found in self._found.items()
        )


def listed(items: Sequence[object], more: int = 0) -> str:
    """Return the first of *items*, and how many more there are; *more*: beside them."""
    named = ", ".join(str(item) for item in items[:_LISTED_MAX])
    more += max(len(items) - _LISTED_MAX, 0)
    return f"{named} and {more} more" if more else named
