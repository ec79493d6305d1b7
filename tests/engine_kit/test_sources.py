"""Files that are kept for direct answers: fetched once, while somebody asks, and within bounds."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from engine_kit import sources
from engine_kit.engine import Desk
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.metrics import Metrics
from engine_kit.settings import ContainerSettings
from engine_kit.sources import Examination, Kept, Sources, Wanted

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


async def _content(path: Path, _: Desk, __: Callable[[float], None]) -> str:
    return await asyncio.to_thread(path.read_text)


CONTENT = Examination(find=_content)


def played(
    home: Path,
    scenario: Callable[[Sources, Desk, Bucket], Awaitable[T]],
    *,
    cache_bytes: int = 100,
) -> T:
    """Play *scenario* with a bucket, and files of which the name is what is found out."""

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
            return await scenario(Sources(), desk, bucket)

    return asyncio.run(whole())


async def got(files: Sources, desk: Desk, name: str) -> str | float:
    """Return what was found out about a file, or how much of it is there."""
    async with files.kept(wanted(name), desk, CONTENT) as found:
        if isinstance(found, Kept):
            return found.facts.strip()
        return found


def test_a_file_is_fetched_once(tmp_path: Path) -> None:
    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
        assert [await got(files, desk, "a") for _ in range(3)] == ["a", "a", "a"]
        return bucket.asked

    assert played(tmp_path, scenario) == ["a"]


def test_the_file_not_used_for_longest_makes_room(tmp_path: Path) -> None:
    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
        for name in ("a", "b", "a", "c", "a", "b"):
            await got(files, desk, name)
        assert len(list((tmp_path / "sources").iterdir())) == 2
        return bucket.asked

    assert played(tmp_path, scenario, cache_bytes=20) == ["a", "b", "c", "b"]


def test_a_file_in_use_stays(tmp_path: Path) -> None:
    async def scenario(files: Sources, desk: Desk, _: Bucket) -> None:
        async with files.kept(wanted("a"), desk, CONTENT) as found:
            assert isinstance(found, Kept)
            with pytest.raises(EngineFailure, match="no room"):
                await got(files, desk, "b")
            assert found.path.is_file()

    played(tmp_path, scenario, cache_bytes=15)


def test_what_is_too_large_is_not_fetched(tmp_path: Path) -> None:
    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
        with pytest.raises(EngineFailure, match="too large"):
            async with files.kept(wanted("a", size_bytes=101), desk, CONTENT):
                pass
        return bucket.asked

    assert played(tmp_path, scenario) == []


def test_a_third_file_at_once_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOMENT_S", 0.01)

    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> None:
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

    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
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
    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> None:
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


def test_several_things_are_found_out_about_one_copy_of_a_file_each_once(tmp_path: Path) -> None:
    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
        measured: list[Path] = []

        async def measure(path: Path, _: Desk, __: Callable[[float], None]) -> int:
            measured.append(path)
            return len(await asyncio.to_thread(path.read_bytes))

        size = Examination(find=measure)
        assert await got(files, desk, "a") == "a"
        for _ in range(2):
            async with files.kept(wanted("a"), desk, size) as found:
                assert isinstance(found, Kept)
                assert found.facts == 10
        assert len(measured) == 1
        return bucket.asked

    assert played(tmp_path, scenario) == ["a"]


def test_an_examination_tells_how_far_it_is_and_one_that_fails_keeps_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOMENT_S", 0.01)

    async def scenario(files: Sources, desk: Desk, bucket: Bucket) -> list[str]:
        may_fail = asyncio.Event()

        async def refuse(_: Path, __: Desk, advance: Callable[[float], None]) -> int:
            advance(0.5)
            await may_fail.wait()
            raise EngineFailure(FailureCode.INPUT_UNREADABLE, "It is no film.")

        film = Examination(find=refuse, share=0.2)
        # However long it takes, in moments that are short.
        while await got(files, desk, "a") != "a":
            pass
        found: object = None
        while found != pytest.approx(0.9):
            async with files.kept(wanted("a"), desk, film) as found:
                assert found in (pytest.approx(0.8), pytest.approx(0.9))
        may_fail.set()
        with pytest.raises(EngineFailure, match="no film"):
            async with files.kept(wanted("a"), desk, film):
                pass
        assert await got(files, desk, "a") == "a"
        return bucket.asked

    assert played(tmp_path, scenario) == ["a"]
