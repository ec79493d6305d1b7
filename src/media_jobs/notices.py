"""Notices: what was guessed, repaired or left out of something that was handed in."""

from collections.abc import Sequence
from dataclasses import dataclass

from media_jobs.messages import message

__all__ = ["Findings", "Notice", "listed"]

_LISTED_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know. *code*: of `notice.…` in the catalogue; *at*: where, counted from 1.

    *what*: the names or values that it is about.
    """

    code: str
    at: tuple[int, ...] = ()
    what: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """Return a sentence for a person."""
        values = {"at": listed(self.at)} if self.at else {}
        if self.what:
            values["what"] = listed(self.what)
        return message(f"notice.{self.code}", **values)


class Findings:
    """Collects what a reader comes upon, one notice for each code."""

    def __init__(self) -> None:
        self._at: dict[str, dict[int, None]] = {}
        self._what: dict[str, dict[str, None]] = {}

    def add(self, code: str, at: int | None = None, what: str | None = None) -> None:
        """Note *code*, at the place *at* and about *what*; the same once more changes nothing."""
        places = self._at.setdefault(code, {})
        names = self._what.setdefault(code, {})
        if at is not None:
            places[at] = None
        if what is not None:
            names[what] = None

    def notices(self) -> tuple[Notice, ...]:
        """Return what was found, in the order in which it was come upon first."""
        return tuple(
            Notice(code=code, at=tuple(at), what=tuple(self._what[code]))
            for code, at in self._at.items()
        )


def listed(items: Sequence[object]) -> str:
    """Return the first of *items*, and how many more there are."""
    named = ", ".join(str(item) for item in items[:_LISTED_MAX])
    more = len(items) - _LISTED_MAX
    return f"{named} and {more} more" if more > 0 else named
