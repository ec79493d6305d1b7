"""Files of the bucket that direct answers are made of, kept on disk for the next answer.

A file is fetched, and examined, as long as somebody asks for it, and given up when nobody has for a
while. What is kept is bounded, leaves room for the attempts, and goes when it is not used.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar

from engine_kit.engine import Desk
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.transfer import Transfers
from media_jobs.errors import RateLimited

__all__ = ["Examination", "Kept", "Sources", "Wanted"]

F = TypeVar("F")

FETCHES_MAX = 2
MOMENT_S = 1.0
"""A small file is there within a moment: worth waiting for."""
ABANDONED_S = 15.0
KEPT_S = 1800.0
_FIELD = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file in the bucket. *name* stands for its bytes: another name is another file."""

    name: str
    url: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examination(Generic[F]):
    """What is found out about files, once about each, by *find*, which reports how far it is (0–1).

    *share*: of the progress that is told; the rest is the fetching.
    """

    find: Callable[[Path, Desk, Callable[[float], None]], Awaitable[F]]
    share: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[F]):
    """A file that is there, and what was found out about it."""

    path: Path
    facts: F


@dataclass(slots=True, kw_only=True, eq=False)
class _Finding(Generic[F]):
    work: "asyncio.Task[F] | None" = None
    progress: float = 0.0


@dataclass(slots=True, kw_only=True, eq=False)
class _File:
    path: Path
    size_bytes: int
    asked_at: float
    users: int = 0
    fetched: float = 0.0
    fetch: "asyncio.Task[None] | None" = None
    # Any: each examination has facts of its own kind.
    findings: dict[Examination[Any], _Finding[Any]] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        works = [self.fetch, *(finding.work for finding in self.findings.values())]
        return self.users == 0 and all(work is None or work.done() for work in works)


class Sources:
    """The files of one process."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, _File] = OrderedDict()

    @asynccontextmanager
    async def kept(
        self, wanted: Wanted, desk: Desk, examination: Examination[F]
    ) -> AsyncIterator[Kept[F] | float]:
        """Give the file, which stays as long as the block lasts; or while it is being fetched and
        examined how far that is, 0 to 1.

        Raises RateLimited while too many others are fetched, EngineFailure as `EngineJob.download`
        and as the examination, and input_unsupported for a file that is larger than what is kept.
        """
        file = self._files.get(wanted.name) or self._begun(wanted, desk)
        file.asked_at = _now()
        self._files.move_to_end(wanted.name)
        finding: _Finding[F] = file.findings.get(examination) or self._examined(
            file, desk, examination
        )
        assert finding.work is not None
        await asyncio.wait({finding.work}, timeout=MOMENT_S)
        if not finding.work.done():
            fetched = 1.0 if file.fetch and file.fetch.done() else file.fetched
            yield (1 - examination.share) * fetched + examination.share * finding.progress
            return
        try:
            facts = finding.work.result()
        except BaseException:
            file.findings.pop(examination, None)
            raise
        file.users += 1
        try:
            yield Kept(path=file.path, facts=facts)
        finally:
            file.users -= 1

    def _begun(self, wanted: Wanted, desk: Desk) -> _File:
        folder = desk.cache_dir / "sources"
        folder.mkdir(exist_ok=True)
        self._make_room(wanted, desk)
        path = folder / sha256(wanted.name.encode()).hexdigest()
        file = _File(path=path, size_bytes=wanted.size_bytes, asked_at=_now())
        file.fetch = _told_later(self._fetched(file, wanted, desk))
        self._files[wanted.name] = file
        self._expire_later(wanted.name, file)
        return file

    def _make_room(self, wanted: Wanted, desk: Desk) -> None:
        settings = desk.settings
        if wanted.size_bytes > settings.preview_cache_bytes:
            raise EngineFailure(
                FailureCode.INPUT_UNSUPPORTED, "The video is too large for a preview."
            )
        going_on = sum(1 for file in self._files.values() if file.fetch and not file.fetch.done())
        if going_on >= FETCHES_MAX:
            raise RateLimited("preview_busy", retry_after_s=2)
        # An attempt that starts meanwhile must still find its room.
        spare = 2 * settings.disk_free_bytes_min
        while (
            sum(file.size_bytes for file in self._files.values()) + wanted.size_bytes
            > settings.preview_cache_bytes
            or desk.disk_free_bytes() < wanted.size_bytes + spare
        ):
            idle = next((name for name, file in self._files.items() if file.is_idle), None)
            if idle is None:
                raise EngineFailure(FailureCode.DISK_FULL, "The disk has no room for a preview.")
            self._forget(idle, self._files[idle])

    def _examined(self, file: _File, desk: Desk, examination: Examination[F]) -> _Finding[F]:
        finding = _Finding[F]()

        def advance(share: float) -> None:
            finding.progress = min(max(share, 0.0), 1.0)

        async def found() -> F:
            assert file.fetch is not None
            # Not awaited by itself, as whoever gives up an examination does not end the fetch.
            await asyncio.wait({file.fetch})
            file.fetch.result()
            return await _while_asked(
                file,
                examination.find(file.path, desk, advance),
                lambda: file.findings.pop(examination, None),
            )

        finding.work = _told_later(found())
        file.findings[examination] = finding
        return finding

    async def _fetched(self, file: _File, wanted: Wanted, desk: Desk) -> None:
        try:
            await _while_asked(
                file, self._whole(file, wanted, desk), lambda: self._forget(wanted.name, file)
            )
        except BaseException:
            self._forget(wanted.name, file)
            raise

    async def _whole(self, file: _File, wanted: Wanted, desk: Desk) -> None:
        def advance(share: float) -> None:
            file.fetched = share

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

    def _expire_later(self, name: str, file: _File) -> None:
        left_s = file.asked_at + KEPT_S - _now()
        if left_s <= 0 and file.is_idle:
            self._forget(name, file)
        elif self._files.get(name) is file:
            loop = asyncio.get_running_loop()
            loop.call_later(max(left_s, ABANDONED_S), self._expire_later, name, file)

    def _forget(self, name: str, file: _File) -> None:
        if self._files.get(name) is file:
            del self._files[name]
            file.path.unlink(missing_ok=True)


def _told_later(work: Coroutine[Any, Any, F]) -> "asyncio.Task[F]":
    """Begin *work*. Who asks next is told of its failure; if nobody does, nobody is interested."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def _while_asked(file: _File, awaited: Awaitable[F], give_up: Callable[[], object]) -> F:
    """Return the result of *awaited*, which ends when nobody asks for the file any more.

    *give_up* is called before.
    """
    work = asyncio.ensure_future(awaited)
    try:
        while not work.done():
            left_s = file.asked_at + ABANDONED_S - _now()
            if left_s <= 0:
                # Before it ends, which takes a moment: who asks meanwhile begins anew.
                give_up()
                raise asyncio.CancelledError
            await asyncio.wait({work}, timeout=left_s)
        return work.result()
    finally:
        work.cancel()
        await asyncio.wait({work})


def _now() -> float:
    return asyncio.get_running_loop().time()
