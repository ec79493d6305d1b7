"""Files of the bucket that direct answers are made of, kept on disk for the next answer.

A file is fetched as long as somebody asks for it, and given up when nobody has for a while. What is
kept is bounded, leaves room for the attempts, and goes when it is not used.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from engine_kit.engine import Desk
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.transfer import Transfers
from media_jobs.errors import RateLimited

__all__ = ["Kept", "Sources", "Wanted"]

F = TypeVar("F")

FETCHES_MAX = 2
MOMENT_S = 1.0
"""A small file is there within a moment: worth waiting for."""
ABANDONED_S = 15.0
KEPT_S = 1800.0
FETCHED_SHARE = 0.95
_FIELD = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file in the bucket. *name* stands for its bytes: another name is another file."""

    name: str
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[F]):
    """A file that is there, and what was found out about it."""

    path: Path
    facts: F


@dataclass(slots=True, kw_only=True, eq=False)
class _File(Generic[F]):
    path: Path
    size_bytes: int
    asked_at: float
    users: int = 0
    progress: float = 0.0
    work: "asyncio.Task[F] | None" = None


class Sources(Generic[F]):
    """The files of one process. *examine* finds out about each, once, when it is there."""

    def __init__(self, examine: Callable[[Path, Desk], Awaitable[F]]) -> None:
        self._examine = examine
        self._files: OrderedDict[str, _File[F]] = OrderedDict()

    @asynccontextmanager
    async def kept(self, wanted: Wanted, desk: Desk) -> AsyncIterator[Kept[F] | float]:
        """Give the file, which stays as long as the block lasts; or while it is being fetched how
        much of it is there, 0 to 1.

        Raises RateLimited while too many others are fetched, EngineFailure as `EngineJob.download`,
        and input_unsupported for a file that is larger than what is kept.
        """
        file = self._files.get(wanted.name) or self._begun(wanted, desk)
        file.asked_at = _now()
        self._files.move_to_end(wanted.name)
        assert file.work is not None
        await asyncio.wait({file.work}, timeout=MOMENT_S)
        if not file.work.done():
            yield file.progress
            return
        try:
            facts = file.work.result()
        except BaseException:
            self._forget(wanted.name, file)
            raise
        file.users += 1
        try:
            yield Kept(path=file.path, facts=facts)
        finally:
            file.users -= 1

    def _begun(self, wanted: Wanted, desk: Desk) -> _File[F]:
        folder = desk.cache_dir / "sources"
        folder.mkdir(exist_ok=True)
        self._make_room(wanted, desk)
        path = folder / sha256(wanted.name.encode()).hexdigest()
        file = _File[F](path=path, size_bytes=wanted.size_bytes, asked_at=_now())
        file.work = asyncio.create_task(self._fetched(file, wanted, desk))
        # Whoever asks next is told; if nobody does, nobody is interested.
        file.work.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._files[wanted.name] = file
        self._expire_later(wanted.name, file)
        return file

    def _make_room(self, wanted: Wanted, desk: Desk) -> None:
        settings = desk.settings
        if wanted.size_bytes > settings.preview_cache_bytes:
            raise EngineFailure(
                FailureCode.INPUT_UNSUPPORTED, "The video is too large for a preview."
            )
        going_on = sum(1 for file in self._files.values() if file.work and not file.work.done())
        if going_on >= FETCHES_MAX:
            raise RateLimited("preview_busy", retry_after_s=2)
        # An attempt that starts meanwhile must still find its room.
        spare = 2 * settings.disk_free_bytes_min
        while (
            sum(file.size_bytes for file in self._files.values()) + wanted.size_bytes
            > settings.preview_cache_bytes
            or desk.disk_free_bytes() < wanted.size_bytes + spare
        ):
            idle = next((name for name, file in self._files.items() if _is_idle(file)), None)
            if idle is None:
                raise EngineFailure(FailureCode.DISK_FULL, "The disk has no room for a preview.")
            self._forget(idle, self._files[idle])

    async def _fetched(self, file: _File[F], wanted: Wanted, desk: Desk) -> F:
        work = asyncio.create_task(self._whole(file, wanted, desk))
        try:
            while not work.done():
                left_s = file.asked_at + ABANDONED_S - _now()
                if left_s <= 0:
                    self._forget(wanted.name, file)
                    raise asyncio.CancelledError
                await asyncio.wait({work}, timeout=left_s)
            return work.result()
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _whole(self, file: _File[F], wanted: Wanted, desk: Desk) -> F:
        def advance(share: float) -> None:
            file.progress = FETCHED_SHARE * share

        links = Links(
            desk.client,
            {_FIELD: wanted.url},
            urls_url=None,
            on_fenced=lambda: None,
            job_id=file.path.name,
        )
        transfers = Transfers(links, desk.metrics, idle_s=desk.settings.no_progress_s)
        await transfers.download(
            _FIELD,
            file.path,
            size_bytes_max=desk.settings.preview_cache_bytes,
            on_progress=advance,
        )
        return await self._examine(file.path, desk)

    def _expire_later(self, name: str, file: _File[F]) -> None:
        left_s = file.asked_at + KEPT_S - _now()
        if left_s <= 0 and _is_idle(file):
            self._forget(name, file)
        elif self._files.get(name) is file:
            loop = asyncio.get_running_loop()
            loop.call_later(max(left_s, ABANDONED_S), self._expire_later, name, file)

    def _forget(self, name: str, file: _File[F]) -> None:
        if self._files.get(name) is file:
            del self._files[name]
            file.path.unlink(missing_ok=True)


def _is_idle(file: _File[F]) -> bool:
    return file.users == 0 and (file.work is None or file.work.done())


def _now() -> float:
    return asyncio.get_running_loop().time()
