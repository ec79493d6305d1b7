"""How attempts begin and end, whatever their engine does."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.serve import drain
from engine_kit.settings import VERSION

from media_jobs.status import Status
from tests.engine_kit.bench import (
    Bench,
    CopyJob,
    cancel_body,
    ends,
    never_ends,
    played,
    render_body,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("secret detail"), "internal_error"),
        (OSError(errno.EIO, "secret detail"), "internal_error"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (asyncio.CancelledError(), "internal_error"),
    ],
)
def test_an_unexpected_end_of_an_engine_is_a_retryable_failure_without_its_details(
    tmp_path: Path, error: BaseException, code: str
) -> None:
    async def fails(job: CopyJob) -> Outputs:
        raise error

    async def scenario(made: Bench) -> dict[str, object]:
        await made.post("/render", render_body())
        return await made.last_callback()

    report = played(fails, tmp_path, scenario)
    assert report["status"] == "failed"
    assert isinstance(report["error"], dict)
    assert (report["error"]["code"], report["error"]["retryable"]) == (code, True)
    assert "secret" not in str(report)


def test_the_earlier_system_gets_an_error_as_a_text(tmp_path: Path) -> None:
    async def fails(job: CopyJob) -> Outputs:
        raise EngineFailure(FailureCode.INPUT_UNREADABLE, "The video is damaged.")

    async def scenario(made: Bench) -> dict[str, object]:
        await made.post("/render", render_body(type=None))
        return await made.last_callback()

    assert played(fails, tmp_path, scenario)["error"] == "The video is damaged."


def test_one_jobs_crash_leaves_the_other_at_work(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        if job.request.job_id == "job_1":
            raise RuntimeError
        await go_on.wait()
        return await ends(job)

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body(jobId="job_2"))
        await made.post("/render", render_body())
        assert (await made.last_callback("job_1"))["status"] == "failed"
        go_on.set()
        assert (await made.last_callback("job_2"))["status"] == "completed"

    played(run, tmp_path, scenario, capacity=2)


def test_an_attempts_folder_is_its_own_and_is_gone_at_its_end(tmp_path: Path) -> None:
    folders: list[Path] = []

    async def run(job: CopyJob) -> Outputs:
        folders.append(job.work_dir)
        assert list(job.work_dir.iterdir()) == []
        (job.work_dir / "big").write_bytes(b"0" * 1000)
        if job.request.job_id == "job_2":
            raise RuntimeError
        return await ends(job)

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        await made.post("/render", render_body(jobId="job_2"))
        await made.last_callback("job_1")
        await made.last_callback("job_2")

    played(run, tmp_path, scenario, capacity=2)
    assert len(set(folders)) == 2
    assert [folder for folder in folders if folder.exists()] == []


def test_the_slot_is_free_when_the_end_is_reported(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> None:
        for number in range(5):
            response = await made.post("/render", render_body(jobId=f"job_{number}"))
            assert response.status_code == 202
            await made.last_callback(f"job_{number}")

    played(ends, tmp_path, scenario)


def test_a_cancel_before_the_first_step_still_frees_the_slot(tmp_path: Path) -> None:
    begun: list[str] = []

    async def run(job: CopyJob) -> Outputs:
        begun.append(job.request.job_id)
        await asyncio.Event().wait()
        return await ends(job)

    async def scenario(made: Bench) -> None:
        # Both are in the loop's queue before the attempt's own task has had a turn.
        await asyncio.gather(
            made.post("/render", render_body()),
            made.post("/jobs/job_1/cancel", cancel_body()),
        )
        assert (await made.last_callback())["status"] == "canceled"
        assert made.attempts.active == 0

    played(run, tmp_path, scenario)
    assert begun == []


def test_what_is_done_stays_done_when_the_stop_comes_at_the_same_moment(tmp_path: Path) -> None:
    stop_now = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        try:
            stop_now.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # The result was already handed over when the order came.
            return await ends(job)
        return {}

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        await stop_now.wait()
        await made.attempts.stop(3)
        assert [body["status"] for body in made.callbacks][-1] == "completed"

    played(run, tmp_path, scenario)


def test_a_stop_after_success_reports_nothing_more(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        await made.last_callback()
        reports = len(made.callbacks)
        await made.attempts.stop(3)
        assert len(made.callbacks) == reports
        assert made.callbacks[-1]["status"] == "completed"

    played(ends, tmp_path, scenario)


def test_a_stop_reports_running_work_as_interrupted_and_takes_no_more(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        job.report(Status.RUNNING, "burn", 0.4)
        await asyncio.Event().wait()
        return await ends(job)

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        await asyncio.sleep(0)
        await made.attempts.stop(3)
        report = await made.last_callback()
        assert report["status"] == "failed"
        assert report["progress"] == 0.4
        assert isinstance(report["error"], dict)
        assert (report["error"]["code"], report["error"]["retryable"]) == ("interrupted", True)
        response = await made.post("/render", render_body(jobId="job_2"))
        assert response.status_code == 503
        assert "retry-after" in response.headers

    played(run, tmp_path, scenario)


def test_a_newer_attempt_ends_the_older_one_which_says_nothing_more(tmp_path: Path) -> None:
    ended: list[int] = []

    async def run(job: CopyJob) -> Outputs:
        if job.request.attempt == 2:
            return await ends(job)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(job.request.attempt)
        return {}

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        await asyncio.sleep(0)
        response = await made.post("/render", render_body(attempt=2))
        assert response.status_code == 202
        await made.last_callback(attempt=2)
        assert [b["status"] for b in made.callbacks if b["attempt"] == 1] in (
            [],
            ["preparing"],
        )
        response = await made.post("/render", render_body(attempt=1))
        assert response.status_code in (202, 409)

    played(run, tmp_path, scenario, capacity=2)
    assert ended == [1]


def test_a_late_start_of_an_older_attempt_does_not_end_the_newer_one(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body(attempt=2))
        await asyncio.sleep(0)
        response = await made.post("/render", render_body(attempt=1))
        assert (response.status_code, response.json()) == (409, {"error": "superseded"})
        assert made.attempts.active == 1
        state = made.attempts.state("job_1")
        assert state is not None
        assert state["attempt"] == 2

    played(never_ends, tmp_path, scenario, capacity=3)


def test_an_ended_attempt_is_not_started_again_but_one_with_another_callback_url(
    tmp_path: Path,
) -> None:
    runs: list[str] = []

    async def run(job: CopyJob) -> Outputs:
        runs.append(job.request.callback_url)
        return await ends(job)

    async def scenario(made: Bench) -> None:
        for _ in range(2):
            assert (await made.post("/render", render_body())).status_code == 202
            await made.last_callback()
        again = render_body(callbackUrl="http://orchestrator.test/callbacks/container?token=u")
        await made.post("/render", again)
        await asyncio.sleep(0)

    played(run, tmp_path, scenario)
    assert len(runs) == 2


def test_the_end_says_what_was_read_and_with_which_tools(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        await job.download("inputVideoUrl", job.work_dir / "in")
        return await ends(job)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"hello"

    async def scenario(made: Bench) -> dict[str, object]:
        async def receive(request: httpx.Request) -> httpx.Response:
            if request.url.host == "store.test":
                return httpx.Response(200, content=pieces())
            return await made.keep(request)

        made.receive = receive
        await made.post("/render", render_body())
        return await made.last_callback()

    report = played(run, tmp_path, scenario)

    # The SHA-256 of "hello".
    sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert report["evidence"] == {
        "inputs": {"video": {"sizeBytes": 5, "sha256": sha256}},
        "tools": {"copier": VERSION, "ffmpeg": "7"},
        "fonts": {},
    }


def test_a_failure_says_nothing_of_what_was_read(tmp_path: Path) -> None:
    async def fails(job: CopyJob) -> Outputs:
        raise RuntimeError

    async def scenario(made: Bench) -> dict[str, object]:
        await made.post("/render", render_body())
        return await made.last_callback()

    assert "evidence" not in played(fails, tmp_path, scenario)


def test_a_drain_lets_running_work_end_and_takes_no_more(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        await go_on.wait()
        return await ends(job)

    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        draining = asyncio.create_task(made.attempts.drain(10))
        await asyncio.sleep(0)
        assert (await made.post("/render", render_body(jobId="job_2"))).status_code == 503
        health = (await made.client.get("/health")).json()
        assert (health["draining"], health["active"]) == (True, 1)
        go_on.set()
        await draining
        assert (await made.last_callback())["status"] == "completed"

    played(run, tmp_path, scenario, capacity=2)


def test_what_outlasts_the_drain_is_interrupted(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> dict[str, object]:
        await made.post("/render", render_body())
        await made.attempts.drain(0.01)
        assert made.attempts.active == 1
        await made.attempts.stop(5)
        return await made.last_callback()

    report = played(never_ends, tmp_path, scenario)
    assert isinstance(report["error"], dict)
    assert report["error"]["code"] == "interrupted"


def test_the_next_signal_ends_the_drain(tmp_path: Path) -> None:
    async def scenario(made: Bench) -> None:
        await made.post("/render", render_body())
        stop = asyncio.Event()
        serving = asyncio.create_task(asyncio.sleep(60))
        draining = asyncio.create_task(drain(made.attempts, 60, serving, stop))
        await asyncio.sleep(0)
        stop.set()
        await asyncio.wait_for(draining, 5)
        assert (made.attempts.stopping, made.attempts.active) == (True, 1)
        assert not serving.done()
        serving.cancel()

    played(never_ends, tmp_path, scenario)
