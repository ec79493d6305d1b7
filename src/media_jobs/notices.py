"""Notices: what was guessed, repaired, left out or shown otherwise than it was handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from media_jobs.messages import Value, message
from media_jobs.strict import Strict

__all__ = ["Findings", "Notice", "NoticeDocument", "listed"]

_PLACES_KEPT = 100
_LISTED_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know of what was handed in. *code*: of `notice.…` in the catalogue.

    *at*: where, counted from 1: the comments of a document, or the lines in which a subtitle file
    has the times of its cues. *cues*: the cues, in their order, from 1. Of very many places the
    first hundred, and *more* is how many there are besides. *what*: the names or values that it is
    about; *facts*: what else its sentence is filled with. *track*: which of two subtitle tracks
    it is about: its language, or 1 or 2.
    """

    code: str
    at: tuple[int, ...] = ()
    cues: tuple[int, ...] = ()
    more: int = 0
    what: tuple[str, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    track: str | None = None

    @property
    def key(self) -> str:
        """The message in the catalogue."""
        return f"notice.{self.code}"

    @property
    def values(self) -> dict[str, Value]:
        """What the message is filled with."""
        places = {"at": self.at, "cues": self.cues}
        values: dict[str, Value] = {
            name: listed(numbers, self.more) for name, numbers in places.items() if numbers
        }
        if self.what:
            values["what"] = listed(self.what)
        return {**values, **self.facts}

    @property
    def message(self) -> str:
        """Return a sentence for a person."""
        said = message(self.key, **self.values)
        if self.track is None:
            return said
        return message("notice_about.track", track=self.track, said=said)

    @property
    def document(self) -> "NoticeDocument":
        """What the API and the metadata of a result show."""
        return NoticeDocument(
            code=self.code,
            message=self.message,
            message_key=self.key,
            message_values=self.values,
            cue=self.cues[0] if self.cues else None,
            at=self.at[0] if self.at else None,
            track=self.track,
        )


def _is_none(value: object) -> bool:
    return value is None


class NoticeDocument(Strict):
    """A notice as JSON: a stable code, a sentence, its key and its values for other languages.

    *cue*, *at*: the first cue, line or comment that it is about, from 1. *track*: which of several
    subtitle tracks it is about.
    """

    code: str
    message: str
    message_key: str
    message_values: dict[str, str | int | float] = Field(default_factory=dict)
    cue: Annotated[int | None, Field(ge=1, exclude_if=_is_none)] = None
    at: Annotated[int | None, Field(ge=1, exclude_if=_is_none)] = None
    track: Annotated[str | None, Field(exclude_if=_is_none)] = None


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
        self._found: dict[str, _Found] = {}
        self._before = before

    def add(self, code: str, at: int | None = None, what: str | None = None) -> None:
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


def listed(items: Sequence[object], more: int = 0, most: int = _LISTED_MAX) -> str:
    """Return the first *most* of *items*, and how many more there are; *more*: beside them."""
    named = ", ".join(str(item) for item in items[:most])
    more += max(len(items) - most, 0)
    return f"{named} … (+{more})" if more else named
