"""Files that are kept for direct answers: fetched once, while somebody asks, and within bounds."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from engine_kit import sources
from engine_kit.engine import Desk
from engine_kit.failures import EngineFailure
from engine_kit.metrics import Metrics
from engine_kit.settings import ContainerSettings
from engine_kit.sources import Kept, Sources, Wanted

from media_jobs.errors import RateLimited

T = TypeVar("T")


class Bucket:
    """Serves files of ten bytes, the slow ones once it is allowed to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.slow: set[str] = set()
        self.may_end = asyncio.Event()
        self.hung_up = asyncio.Event()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer a GET."""
        name = request.url.path.strip("/")
        self.asked.append(name)
        if name in self.slow:
            try:
                await self.may_end.wait()
            except asyncio.CancelledError:
                self.hung_up.set()
                raise
        return httpx.Response(200, stream=httpx.ByteStream(name.ljust(10).encode()))


def wanted(name: str, size_bytes: int = 10) -> Wanted:
    return Wanted(name=name, url=f"http://store.test/{name}", size_bytes=size_bytes)


def played(
    home: Path,
    scenario: Callable[[Sources[str], Desk, Bucket], Awaitable[T]],
    *,
    cache_bytes: int = 100,
) -> T:
    """Play *scenario* with a bucket, and files of which the name is what is found out."""

    async def examine(path: Path, _: Desk) -> str:
        return await asyncio.to_thread(path.read_text)

    async def whole() -> T:
        bucket = Bucket()
        settings = ContainerSettings(
            secrets=("s",),
            port=0,
            work_dir=home,
            ffmpeg="/nonexistent",
            preview_cache_bytes=cache_bytes,
        )
        async with httpx.AsyncClient(transport=httpx.MockTransport(bucket.answer)) as client:
            desk = Desk(cache_dir=home, settings=settings, client=client, metrics=Metrics("x"))
            return await scenario(Sources(examine), desk, bucket)

    return asyncio.run(whole())


async def got(files: Sources[str], desk: Desk, name: str) -> str | float:
    """Return what was found out about a file, or how much of it is there."""
    async with files.kept(wanted(name), desk) as found:
        if isinstance(found, Kept):
            return found.facts.strip()
        return found


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> list[str]:
        assert [await got(files, desk, "a") for _ in range(3)] == ["a", "a", "a"]
        return bucket.asked

    assert played(tmp_path, scenario) == ["a"]


def test_the_file_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> list[str]:
        for name in ("a", "b", "a", "c", "a", "b"):
            await got(files, desk, name)
        assert len(list((tmp_path / "sources").iterdir())) == 2
        return bucket.asked

    assert played(tmp_path, scenario, cache_bytes=20) == ["a", "b", "c", "b"]


def test_a_file_in_use_stays(tmp_path: Path) -> None:
    async def scenario(files: Sources[str], desk: Desk, _: Bucket) -> None:
        async with files.kept(wanted("a"), desk) as found:
            assert isinstance(found, Kept)
            with pytest.raises(EngineFailure, match="no room"):
                await got(files, desk, "b")
            assert found.path.is_file()

    played(tmp_path, scenario, cache_bytes=15)


def test_what_is_too_large_is_not_fetched(tmp_path: Path) -> None:
    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> list[str]:
        with pytest.raises(EngineFailure, match="too large"):
            async with files.kept(wanted("a", size_bytes=101), desk):
                pass
        return bucket.asked

    assert played(tmp_path, scenario) == []


def test_a_third_file_at_once_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOMENT_S", 0.01)

    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> None:
        bucket.slow = {"a", "b"}
        assert [await got(files, desk, name) for name in ("a", "b", "a")] == [0.0, 0.0, 0.0]
        with pytest.raises(RateLimited):
            await got(files, desk, "c")
        bucket.may_end.set()
        while await got(files, desk, "a") != "a":
            pass
        assert bucket.asked == ["a", "b"]

    played(tmp_path, scenario)


@pytest.mark.timeout(20)
def test_a_file_that_nobody_asks_for_any_more_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOMENT_S", 0.01)
    monkeypatch.setattr(sources, "ABANDONED_S", 0.05)

    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> list[str]:
        bucket.slow = {"a"}
        assert await got(files, desk, "a") == 0.0
        await bucket.hung_up.wait()
        bucket.slow = set()
        # Who asks later gets it from its beginning.
        while await got(files, desk, "a") != "a":
            pass
        return bucket.asked

    assert played(tmp_path, scenario) == ["a", "a"]


def test_a_failure_is_told_and_forgotten(tmp_path: Path) -> None:
    async def scenario(files: Sources[str], desk: Desk, bucket: Bucket) -> None:
        missing = [httpx.Response(404)]

        async def answer(request: httpx.Request) -> httpx.Response:
            return missing.pop() if missing else await bucket.answer(request)

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            other = Desk(
                cache_dir=tmp_path, settings=desk.settings, client=client, metrics=desk.metrics
            )
            with pytest.raises(EngineFailure, match="does not exist"):
                await got(files, other, "a")
            assert await got(files, other, "a") == "a"

    played(tmp_path, scenario)
