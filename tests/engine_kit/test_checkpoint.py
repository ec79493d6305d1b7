"""What an attempt keeps for the next one, and what the next one makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx
import pytest
from engine_kit.checkpoint import Checkpoint
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode
from pydantic import BaseModel, ConfigDict, Field

from tests.engine_kit.bench import Bench, CopyJob, ends, played, render_body

URLS = {
    "checkpointPutUrl": "http://store.test/kept?sig=put",
    "checkpointGetUrl": "http://store.test/kept?sig=get",
}


class Done(BaseModel):
    """The state of a work that counts."""

    model_config = ConfigDict(extra="forbid")

    steps: list[int] = Field(default_factory=list)


class Store:
    """One object; *video* is what is read beside it."""

    def __init__(self, kept: bytes | None = None, video: bytes = b"a video") -> None:
        self.kept = kept
        self.video = video
        self.puts: list[httpx.Request] = []
        self.stored = asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.kept = await request.aread()
            self.puts.append(request)
            self.stored.set()
            return httpx.Response(200)
        if request.url.path == "/video":
            return _found(self.video)
        return httpx.Response(404) if self.kept is None else _found(self.kept)


def _found(body: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(body), headers={"etag": '"e1"'})


def attempt(
    home: Path,
    store: Store,
    work: Callable[[CopyJob, Checkpoint[Done], Done | None], Awaitable[None]],
    urls: Mapping[str, str] = URLS,
    facts: tuple[object, ...] = ("model", 1),
    **options: object,
) -> tuple[dict[str, object], set[str], dict[str, object]]:
    """Play one attempt; return its last callback, its notices, and what it told to have read."""
    notices: set[str] = set()

    async def run(job: CopyJob) -> Outputs:
        await job.download("inputVideoUrl", job.work_dir / "video")
        checkpoint = Checkpoint(job, Done, *facts)
        before = await checkpoint.taken_over()
        notices.update(notice.code for notice in checkpoint.notices)
        async with checkpoint.storing():
            await work(job, checkpoint, before)
        return await ends(job)

    async def scenario(bench: Bench) -> dict[str, object]:
        async def receive(request: httpx.Request) -> httpx.Response:
            if request.method == "POST":
                return await bench.keep(request)
            return await store(request)

        bench.receive = receive
        await bench.post("/render", render_body(engineOptions=options, **urls))
        return await bench.last_callback()

    end = played(run, home, scenario)
    evidence = end.get("evidence")
    read = evidence.get("inputs", {}) if isinstance(evidence, dict) else {}
    return end, notices, read


async def breaks_off(job: CopyJob, checkpoint: Checkpoint[Done], before: Done | None) -> None:
    """Do three steps, then crash."""
    done = before or Done()
    for step in (1, 2, 3):
        done.steps.append(step)
        checkpoint.keep(done)
    raise EngineFailure(FailureCode.TOOL_FAILED, "It crashed.")


def taking(found: list[Done | None]) -> Callable[..., Awaitable[None]]:
    async def work(job: CopyJob, checkpoint: Checkpoint[Done], before: Done | None) -> None:
        found.append(before)

    return work


def taken(home: Path, store: Store, **changes: object) -> tuple[Done | None, set[str]]:
    """Return what another attempt takes over, and its notices."""
    found: list[Done | None] = []
    end, notices, read = attempt(home, store, taking(found), **changes)  # type: ignore[arg-type]
    assert end["status"] == "completed", end
    assert set(read) == {"video"}, "a checkpoint is no input of the receipt"
    return found[0], notices


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with what an attempt has kept that then crashed."""
    store = Store()
    end, _, _ = attempt(tmp_path, store, breaks_off)
    assert end["status"] == "failed"
    return store


def test_the_last_state_of_an_attempt_that_failed_is_what_the_next_goes_on_from(
    tmp_path: Path, store: Store
) -> None:
    assert taken(tmp_path, store) == (Done(steps=[1, 2, 3]), set())
    assert store.puts[-1].headers["content-type"] == "application/octet-stream"
    assert store.puts[-1].headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"


def test_where_nothing_was_kept_the_work_begins_and_nothing_is_said(tmp_path: Path) -> None:
    assert taken(tmp_path, Store()) == (None, set())
    assert taken(tmp_path, Store(), urls={}) == (None, set())


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept[:-1],
        lambda kept: kept[: len(kept) // 2],
        lambda kept: b"",
        lambda kept: kept.replace(b"[1,2,3]", b"[1,2,4]"),
        lambda kept: kept.replace(b"burner-ffmpeg", b"asr-pipeline"),
        lambda kept: kept + b" ",
        lambda kept: b"\x00" * len(kept),
        lambda kept: kept + b" " * 5000,
    ],
    ids=["cut", "half", "empty", "changed", "another engine", "longer", "zeros", "too large"],
)
def test_one_that_is_damaged_is_not_believed_and_it_is_told(
    tmp_path: Path, store: Store, damage: Callable[[bytes], bytes]
) -> None:
    assert store.kept is not None
    kept = store.kept
    store.kept = damage(kept)
    assert store.kept != kept

    assert taken(tmp_path, store) == (None, {"checkpoint_not_used"})


def test_one_of_other_options_another_source_or_another_model_is_not_believed(
    tmp_path: Path, store: Store
) -> None:
    kept = store.kept
    unused = (None, {"checkpoint_not_used"})

    assert taken(tmp_path, Store(kept), speed=2) == unused
    assert taken(tmp_path, Store(kept, video=b"A video")) == unused
    assert taken(tmp_path, Store(kept), facts=("model", 2)) == unused
    assert taken(tmp_path, Store(kept)) == (Done(steps=[1, 2, 3]), set())


def test_a_state_that_its_model_does_not_take_is_not_believed(tmp_path: Path) -> None:
    class Older(BaseModel):
        seconds: int

    async def kept_by_older(job: CopyJob) -> Outputs:
        await job.download("inputVideoUrl", job.work_dir / "video")
        checkpoint = Checkpoint(job, Older, "model", 1)
        async with checkpoint.storing():
            checkpoint.keep(Older(seconds=3))
            raise EngineFailure(FailureCode.TOOL_FAILED, "It crashed.")

    store = Store()

    async def scenario(bench: Bench) -> None:
        async def receive(request: httpx.Request) -> httpx.Response:
            return await (bench.keep if request.method == "POST" else store)(request)

        bench.receive = receive
        await bench.post("/render", render_body(**URLS))
        await bench.last_callback()

    played(kept_by_older, tmp_path, scenario)
    assert store.kept is not None

    assert taken(tmp_path, store) == (None, {"checkpoint_not_used"})


def test_a_state_over_its_limit_and_a_store_that_refuses_fail_no_job(tmp_path: Path) -> None:
    async def too_much(job: CopyJob, checkpoint: Checkpoint[Done], before: Done | None) -> None:
        checkpoint.keep(Done(steps=list(range(2000))))
        raise EngineFailure(FailureCode.TOOL_FAILED, "It crashed.")

    store = Store()
    end, _, _ = attempt(tmp_path, store, too_much)

    assert store.puts == []
    assert "'code': 'tool_failed'" in str(end["error"])
    assert attempt(tmp_path, _Refusing(), breaks_off)[0]["error"] == end["error"]


def test_a_disk_that_takes_no_state_is_not_why_a_job_fails(tmp_path: Path) -> None:
    async def no_room(job: CopyJob, checkpoint: Checkpoint[Done], before: Done | None) -> None:
        (job.work_dir / "checkpoint").mkdir()
        await breaks_off(job, checkpoint, before)

    store = Store()
    end, _, _ = attempt(tmp_path, store, no_room)

    assert "'code': 'tool_failed'" in str(end["error"])
    assert store.puts == []


class _Refusing(Store):
    async def __call__(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(403) if request.method == "PUT" else await super().__call__(request)


def test_a_steady_work_is_stored_at_once_and_then_now_and_then(tmp_path: Path) -> None:
    store = Store()

    async def steady(job: CopyJob, checkpoint: Checkpoint[Done], before: Done | None) -> None:
        done = Done()
        for step in range(50):
            done.steps.append(step)
            checkpoint.keep(done)
        await store.stored.wait()
        checkpoint.keep(done)
        await asyncio.sleep(0)

    attempt(tmp_path, store, steady)

    assert len(store.puts) == 1
