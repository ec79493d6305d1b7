"""A long job in pieces that several hosts make: who makes which. Pure.

The attempt that has the job *leads*: it plans the pieces, makes them from the first on, takes those
that others have made, and joins them. *Helpers* are jobs of their own that no app knows, each with
a slot of an idle host: they make pieces from the last on. What a helper does not bring, because it
failed, was canceled or is too slow, the leader makes, so that it never needs one.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from media_jobs.changed import changed
from media_jobs.effects import Stored
from media_jobs.limits import PIECES_MAX
from media_jobs.wire import Foreign, PiecePlan

__all__ = [
    "CALL_AGAIN_MS",
    "HELPERS_MAX",
    "LEADER",
    "Helps",
    "Piece",
    "PiecesWanted",
    "Sharing",
    "helper_id",
    "idle_slots",
]

LEADER = "leader"
HELPERS_MAX = 15
"""At one attempt's pieces, at once."""

CALL_AGAIN_MS = 10_000
"""How often it is looked whether further hosts are idle."""


_Pieces = Annotated[list[Annotated[int, Field(ge=0, lt=PIECES_MAX)]], Field(max_length=PIECES_MAX)]


class PiecesWanted(Foreign):
    """Container to orchestrator, `POST /jobs/:id/pieces`: an attempt asks for its next piece.

    Of who leads, *plan*: with its first question; *has*: the pieces that it has, or is at; *back*:
    those that it makes itself, whoever was to. Of who helps, *made*: the one that it has uploaded.
    """

    plan: PiecePlan | None = None
    has: _Pieces = Field(default_factory=list)
    back: _Pieces = Field(default_factory=list)
    made: Annotated[int, Field(ge=0, lt=PIECES_MAX)] | None = None


class Helps(Stored):
    """Whose pieces a helper makes: those of this *attempt* of the job *job_id*, by its *plan*."""

    job_id: str
    attempt: int
    plan: PiecePlan


class Piece(Stored):
    """One piece. *by*: who makes it, LEADER or a helper's id; nobody yet. *made*: by a helper.

    *given*: the helpers that it was ever given to, each of which may have uploaded it.
    """

    by: str = ""
    made: bool = False
    given: tuple[str, ...] = ()


class Sharing(Stored):
    """The pieces of one attempt. *helpers*: every one that was called, by id; False: it has ended.

    *called_ms*: when it was last looked for idle hosts.
    """

    plan: PiecePlan
    pieces: tuple[Piece, ...]
    helpers: dict[str, bool] = Field(default_factory=dict)
    called_ms: int = 0

    @staticmethod
    def of(plan: PiecePlan) -> "Sharing":
        """Return the pieces of *plan*, nobody's yet."""
        return Sharing(plan=plan, pieces=(Piece(),) * plan.count)

    @property
    def free(self) -> list[int]:
        """The pieces that nobody makes."""
        return [number for number, piece in enumerate(self.pieces) if not piece.by]

    @property
    def active(self) -> int:
        """How many helpers have not ended."""
        return sum(self.helpers.values())

    def to_lead(self, has: Collection[int]) -> tuple["Sharing", int | None]:
        """Return the next piece for the leader, who *has* these or is at them.

        One that it was given before and knows nothing of comes first: that answer was lost.
        """
        lost = [n for n, p in enumerate(self.pieces) if p.by == LEADER and n not in has]
        number = next(iter((*lost, *self.free)), None)
        return self._given(number, LEADER)

    def to_help(self, helper: str) -> tuple["Sharing", int | None]:
        """Return the next piece for *helper*: the one that it has not made yet, or another."""
        lost = [n for n, p in enumerate(self.pieces) if p.by == helper and not p.made]
        number = next(iter((*lost, *reversed(self.free))), None)
        return self._given(number, helper)

    def _given(self, number: int | None, who: str) -> tuple["Sharing", int | None]:
        if number is None or self.pieces[number].by == who:
            return self, number
        piece = self.pieces[number]
        given = piece.given if who == LEADER else (*piece.given, who)
        return self._with({number: changed(piece, by=who, given=given)}), number

    def with_made(self, helper: str, number: int) -> "Sharing":
        """Return the pieces with one that *helper* has made, unless it was taken back."""
        piece = self.pieces[number] if number < len(self.pieces) else Piece()
        return self._with({number: changed(piece, made=True)}) if piece.by == helper else self

    def taken_back(self, numbers: Collection[int]) -> "Sharing":
        """Return the pieces with these *numbers* the leader's, whoever was at them."""
        back = [n for n in numbers if n < len(self.pieces)]
        return self._with({n: changed(self.pieces[n], by=LEADER, made=False) for n in back})

    def without(self, helper: str) -> "Sharing":
        """Return the pieces after the end of *helper*: what it has not made is free."""
        if not self.helpers.get(helper):
            return self
        return changed(self.left_by(helper), helpers={**self.helpers, helper: False})

    def left_by(self, helper: str) -> "Sharing":
        """Return the pieces with what *helper* has not made free."""
        left = {n: p for n, p in enumerate(self.pieces) if p.by == helper and not p.made}
        return self._with({n: changed(piece, by="") for n, piece in left.items()})

    def to_call(self, idle: int) -> int:
        """Return how many helpers are called where so many slots are *idle*.

        Each has to read the whole input before it can begin: for one piece it is not worth it.
        """
        return max(0, min(idle, len(self.free) // 2, HELPERS_MAX - self.active))

    def with_helpers(self, ids: Collection[str]) -> "Sharing":
        """Return the pieces with further helpers."""
        return changed(self, helpers={**self.helpers, **dict.fromkeys(ids, True)})

    def _with(self, pieces: Mapping[int, Piece]) -> "Sharing":
        changes = (pieces.get(number, piece) for number, piece in enumerate(self.pieces))
        return changed(self, pieces=tuple(changes))


def helper_id(job_id: str, attempt: int, number: int) -> str:
    """Return the id of an attempt's helper with this *number*, the same each time."""
    return f"help_{sha256(f'{job_id}/{attempt}/{number}'.encode()).hexdigest()[:26]}"


def idle_slots(hosts: Mapping[str, Mapping[str, object]]) -> int:
    """Return how many slots of these *hosts*, as a dispatcher knows them, nobody has.

    A host that was not asked yet counts for one: a job that waits has it asked.
    """
    idle = 0
    for host in hosts.values():
        slots, used = host.get("slots"), host.get("inUse")
        assert isinstance(slots, int)
        assert isinstance(used, int)
        idle += 1 if host.get("state") == "unknown" and not used else max(0, slots - used)
    return idle
