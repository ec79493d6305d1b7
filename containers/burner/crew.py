"""Who makes which piece of a film: this host alone, or this one and others that are idle.

The host that has the job takes the next piece whenever it has made one, and fetches those that
others have made. It needs nobody: what does not come, or comes otherwise than it should, it makes
itself.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from engine_kit.piecework import Piecework
from engine_kit.timeline import Timeline, Tracks

from burner.pieces import Piece, check_piece
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.pieces import PiecesWanted
from media_jobs.wire import PiecePlan

POLL_S = 2.0
PATIENCE, PATIENCE_S_MIN = 2.0, 10.0
"""How long a helper may take for a piece once there is no other: so many times what it takes here.

It has the film by then. One that is slower than that would keep the whole job waiting.
"""


class Crew(Protocol):
    """Gives the pieces, to as many at once as ask."""

    async def next(self) -> Piece | None:
        """Return the next piece to make here; None when all are made, or being made here."""
        ...

    def have(self, piece: Piece, line: Timeline) -> None:
        """Take note of a piece that was made here."""
        ...

    async def give_up(self) -> None:
        """Let nobody begin a further piece."""
        ...


class Alone:
    """All pieces are made here."""

    def __init__(self, parts: Sequence[Piece]) -> None:
        self._left = list(parts)

    async def next(self) -> Piece | None:
        """Return the next piece."""
        return self._left.pop(0) if self._left else None

    def have(self, piece: Piece, line: Timeline) -> None:
        """Take note of nothing: each piece is given once."""

    async def give_up(self) -> None:
        """Tell nobody."""


@dataclass(kw_only=True)
class Led:
    """Pieces that other hosts make, too. *fetched* is told of each that has come from another."""

    job: EngineJob[BurnOptions]
    piecework: Piecework
    plan: PiecePlan
    parts: Sequence[Piece]
    fetched: Callable[[Piece, Timeline], None]
    _here: dict[int, float] = field(default_factory=dict)
    _lines: dict[int, Timeline] = field(default_factory=dict)
    _pace_s: float = 0.0
    _since: dict[int, float] = field(default_factory=dict)
    _back: list[int] = field(default_factory=list)
    _is_alone: bool = False
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> Piece | None:
        """Return the next piece; waits where only others are at work, but not for long."""
        async with self._asking:
            while left := self._left():
                number = left[0] if self._is_alone else await self._asked()
                if number is not None:
                    self._here[number] = _now()
                    return self.parts[number]
            return None

    def have(self, piece: Piece, line: Timeline) -> None:
        """Take note of a piece that was made here, and of how long it took."""
        took_s = _now() - self._here[piece.number]
        self._pace_s = max(self._pace_s, took_s / (piece.end - piece.first))
        self._lines[piece.number] = line

    async def give_up(self) -> None:
        """Let nobody begin a further piece."""
        everything = list(range(len(self.parts)))
        if not self._is_alone:
            await self.piecework.ask(PiecesWanted(has=everything, back=everything))

    def _left(self) -> list[int]:
        has = self._here.keys() | self._lines.keys()
        return [piece.number for piece in self.parts if piece.number not in has]

    async def _asked(self) -> int | None:
        """Return the number of a piece that is given; None: ask again."""
        back, self._back = self._back, []
        has = sorted(self._here.keys() | self._lines.keys())
        given = await self.piecework.ask(PiecesWanted(plan=self.plan, has=has, back=back))
        if given is None or (given.piece is None and not given.made and not given.others):
            log("pieces_alone", count=len(self._left()))
            self._is_alone = True
            return None
        for number, url in given.made.items():
            if number < len(self.parts) and not await self._fetch(self.parts[number], url):
                self._back.append(number)
        if given.piece is not None:
            return given.piece
        if late := self._late(given.others):
            log("piece_late", number=late[0])
            self._back.append(late[0])
        if not self._back and self._left():
            await asyncio.sleep(POLL_S)
        return None

    async def _fetch(self, piece: Piece, url: str) -> bool:
        """Fetch what a helper has made; return whether it is what was wanted."""
        path = self.job.work_dir / piece.file
        try:
            await self.piecework.fetch(piece.number, url, path)
            line = await self.job.timeline(path, Tracks(video=0, audio=None))
            head = next(iter(self._lines.values())).head if self._lines else ""
            check_piece(piece, line, head)
        except EngineFailure as failure:
            if failure.code is FailureCode.DISK_FULL:
                raise
            log("piece_unusable", number=piece.number, code=failure.code, why=failure.message)
            return False
        self._lines[piece.number] = line
        self.fetched(piece, line)
        return True

    def _late(self, others: Sequence[int]) -> list[int]:
        """Return which pieces their helpers are at for too long."""
        now = _now()
        self._since = {n: self._since.get(n, now) for n in others if n < len(self.parts)}
        return [n for n, since in self._since.items() if now - since > self._patience_s(n)]

    def _patience_s(self, number: int) -> float:
        piece = self.parts[number]
        return max(PATIENCE_S_MIN, PATIENCE * self._pace_s * (piece.end - piece.first))


def _now() -> float:
    return asyncio.get_running_loop().time()
