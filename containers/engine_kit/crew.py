"""Who makes which piece of a job's work: this host alone, or this one and others that are idle.

The host that has the job takes the next piece whenever it has made one, and fetches those that
others have made. It needs nobody: what does not come, or comes otherwise than it should, it makes
itself. What a piece is, its engine alone knows; here it is a number.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from engine_kit.piecework import Piecework
from media_jobs.pieces import PiecesWanted
from media_jobs.wire import PiecePlan

__all__ = ["Alone", "Crew", "Led", "help_out"]

POLL_S = 2.0
PATIENCE, PATIENCE_S_MIN = 2.0, 10.0
"""How long a helper may take for a piece once there is no other: so many times what it takes here.

It has the input by then. One that is slower than that would keep the whole job waiting.
"""


class Crew(Protocol):
    """Gives the numbers of pieces, to as many at once as ask."""

    async def next(self) -> int | None:
        """Return the next piece to make here; None when all are made, or being made here."""
        ...

    def have(self, number: int) -> None:
        """Take note of a piece that was made here."""
        ...

    async def give_up(self) -> None:
        """Let nobody begin a further piece."""
        ...


class Alone:
    """All pieces are made here."""

    def __init__(self, count: int) -> None:
        self._left = list(range(count))

    async def next(self) -> int | None:
        """Return the next piece."""
        return self._left.pop(0) if self._left else None

    def have(self, number: int) -> None:
        """Take note of nothing: each piece is given once."""

    async def give_up(self) -> None:
        """Tell nobody."""


@dataclass(kw_only=True)
class Led:
    """Pieces that other hosts make, too, once there is a *plan*.

    *sizes*: of the pieces, in whatever their work grows with. *fetch* brings one that a helper has
    made from a URL, looks at it, and raises EngineFailure if it is not what was wanted.
    """

    piecework: Piecework
    plan: PiecePlan | None
    sizes: Sequence[float]
    fetch: Callable[[int, str], Awaitable[None]]
    _here: dict[int, float] = field(default_factory=dict)
    _made: set[int] = field(default_factory=set)
    _pace_s: float = 0.0
    _since: dict[int, float] = field(default_factory=dict)
    _back: list[int] = field(default_factory=list)
    _is_alone: bool = False
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> int | None:
        """Return the next piece; waits where only others are at work, but not for long."""
        async with self._asking:
            while left := self._left():
                is_asked = self.plan is not None and not self._is_alone
                number = await self._asked() if is_asked else left[0]
                if number is not None:
                    self._here[number] = _now()
                    return number
            return None

    def have(self, number: int) -> None:
        """Take note of a piece that was made here, and of how long it took."""
        took_s = _now() - self._here[number]
        self._pace_s = max(self._pace_s, took_s / self.sizes[number])
        self._made.add(number)

    def had(self, numbers: Iterable[int]) -> None:
        """Take note of pieces that an attempt before has made: nobody makes them again."""
        self._made.update(numbers)
        self._back += sorted(self._made)

    async def follow(self, plan: PiecePlan) -> None:
        """Have a plan from now on, and ask once, so that others begin while a piece is made here.

        The piece that is given is asked for again: it comes as one whose answer was lost.
        """
        async with self._asking:
            self.plan = plan
            self._is_alone = await self.piecework.ask(self._wanted()) is None

    async def give_up(self) -> None:
        """Let nobody begin a further piece."""
        everything = list(range(len(self.sizes)))
        if self.plan is not None and not self._is_alone:
            await self.piecework.ask(PiecesWanted(has=everything, back=everything))

    def _left(self) -> list[int]:
        has = self._here.keys() | self._made
        return [number for number in range(len(self.sizes)) if number not in has]

    async def _asked(self) -> int | None:
        """Return the number of a piece that is given; None: ask again."""
        given = await self.piecework.ask(self._wanted())
        if given is None or (given.piece is None and not given.made and not given.others):
            log("pieces_alone", count=len(self._left()))
            self._is_alone = True
            return None
        for number, url in given.made.items():
            if number < len(self.sizes) and not await self._fetched(number, url):
                self._back.append(number)
        if given.piece is not None:
            return given.piece
        if late := self._late(given.others):
            log("piece_late", number=late[0])
            self._back.append(late[0])
        if not self._back and self._left():
            await asyncio.sleep(POLL_S)
        return None

    def _wanted(self) -> PiecesWanted:
        back, self._back = self._back, []
        has = sorted(self._here.keys() | self._made)
        return PiecesWanted(plan=self.plan, has=has, back=back)

    async def _fetched(self, number: int, url: str) -> bool:
        """Fetch what a helper has made; return whether it is what was wanted."""
        try:
            await self.fetch(number, url)
        except EngineFailure as failure:
            if failure.code is FailureCode.DISK_FULL:
                raise
            log("piece_unusable", number=number, code=failure.code, why=failure.message)
            return False
        self._made.add(number)
        return True

    def _late(self, others: Sequence[int]) -> list[int]:
        """Return which pieces their helpers are at for too long."""
        now = _now()
        self._since = {n: self._since.get(n, now) for n in others if n < len(self.sizes)}
        return [n for n, since in self._since.items() if now - since > self._patience_s(n)]

    def _patience_s(self, number: int) -> float:
        return max(PATIENCE_S_MIN, PATIENCE * self._pace_s * self.sizes[number])


# Any: of whatever engine.
async def help_out(job: EngineJob[Any], make: Callable[[int], Awaitable[Path]]) -> None:
    """Have *make* make the pieces that this helper is given, until there are no more.

    It returns the file of one, which is sent to where its leader looks for it, and removed.
    """
    assert job.piecework is not None
    count, made = 0, None
    while (given := await job.piecework.ask(PiecesWanted(made=made))) is not None:
        if given.piece is None or given.put_url is None:
            break
        path = await make(given.piece)
        await job.reporter.confirmed()
        await job.piecework.send(given.piece, given.put_url, path)
        path.unlink()
        log("piece_sent", number=given.piece)
        made, count = given.piece, count + 1
    log("helped", count=count)


def _now() -> float:
    return asyncio.get_running_loop().time()
