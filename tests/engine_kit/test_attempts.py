"""How attempts begin and end, whatever their engine does."""

import asyncio
import errno
from pathlib import Path

import pytest
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode

from media_jobs.status import Status
from media_jobs.wire import OutputClaim
from tests.engine_kit.bench import CopyJob, bench, cancel_body, render_body

DONE: Outputs = {"video": OutputClaim(key="k", size_bytes=1)}


def last_report_of(home: Path, error: BaseException) -> dict[str, object]:
    """Return the last callback of an attempt whose engine raises *error*."""

    async def fails(job: CopyJob) -> Outputs:
        raise error

    async def scenario() -> dict[str, object]:
        async with bench(fails, home) as made:
            await made.post("/render", render_body())
            return await made.last_callback()

    return asyncio.run(scenario())


def test_an_engines_typed_failure_is_reported_as_it_is(tmp_path: Path) -> None:
    report = last_report_of(
        tmp_path, EngineFailure(FailureCode.INPUT_MISSING, "An input does not exist.")
    )

    assert report["status"] == "failed"
    assert report["error"] == {
        "code": "input_missing",
        "message": "An input does not exist.",
        "retryable": False,
    }


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
    report = last_report_of(tmp_path, error)

    assert report["status"] == "failed"
    assert isinstance(report["error"], dict)
    assert (report["error"]["code"], report["error"]["retryable"]) == (code, True)
    assert "secret" not in str(report)


def test_one_jobs_crash_leaves_the_other_at_work(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        if job.job_id == "job_1":
            raise RuntimeError
        await go_on.wait()
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path, capacity=2) as made:
            await made.post("/render", render_body(jobId="job_2"))
            await made.post("/render", render_body())
            assert (await made.last_callback("job_1"))["status"] == "failed"
            go_on.set()
            assert (await made.last_callback("job_2"))["status"] == "completed"

    asyncio.run(scenario())


def test_an_attempts_folder_is_its_own_and_is_gone_at_its_end(tmp_path: Path) -> None:
    folders: list[Path] = []

    async def run(job: CopyJob) -> Outputs:
        folders.append(job.work_dir)
        assert list(job.work_dir.iterdir()) == []
        (job.work_dir / "big").write_bytes(b"0" * 1000)
        if job.job_id == "job_2":
            raise RuntimeError
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path, capacity=2) as made:
            await made.post("/render", render_body())
            await made.post("/render", render_body(jobId="job_2"))
            await made.last_callback("job_1")
            await made.last_callback("job_2")

    asyncio.run(scenario())
    assert len(set(folders)) == 2
    assert [folder for folder in folders if folder.exists()] == []


def test_the_slot_is_free_when_the_end_is_reported(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            for number in range(5):
                response = await made.post("/render", render_body(jobId=f"job_{number}"))
                assert response.status_code == 202
                await made.last_callback(f"job_{number}")

    asyncio.run(scenario())


def test_a_cancel_before_the_first_step_still_frees_the_slot(tmp_path: Path) -> None:
    begun: list[str] = []

    async def run(job: CopyJob) -> Outputs:
        begun.append(job.job_id)
        await asyncio.Event().wait()
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            # Both are in the loop's queue before the attempt's own task has had a turn.
            await asyncio.gather(
                made.post("/render", render_body()),
                made.post("/jobs/job_1/cancel", cancel_body()),
            )
            assert (await made.last_callback())["status"] == "canceled"
            assert made.attempts.active == 0

    asyncio.run(scenario())
    assert begun == []


def test_what_is_done_stays_done_when_the_stop_comes_at_the_same_moment(tmp_path: Path) -> None:
    stop_now = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        try:
            stop_now.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # The result was already handed over when the order came.
            return DONE
        return {}

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            await made.post("/render", render_body())
            await stop_now.wait()
            await made.attempts.stop(3)
            assert [body["status"] for body in made.callbacks][-1] == "completed"

    asyncio.run(scenario())


def test_a_stop_after_success_reports_nothing_more(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            await made.post("/render", render_body())
            await made.last_callback()
            reports = len(made.callbacks)
            await made.attempts.stop(3)
            assert len(made.callbacks) == reports
            assert made.callbacks[-1]["status"] == "completed"

    asyncio.run(scenario())


def test_a_stop_reports_running_work_as_interrupted_and_takes_no_more(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        job.report(Status.RUNNING, "burn", 0.4)
        await asyncio.Event().wait()
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
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

    asyncio.run(scenario())


def test_a_newer_attempt_ends_the_older_one_which_says_nothing_more(tmp_path: Path) -> None:
    ended: list[int] = []

    async def run(job: CopyJob) -> Outputs:
        if job.attempt == 2:
            return DONE
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(job.attempt)
        return {}

    async def scenario() -> None:
        async with bench(run, tmp_path, capacity=2) as made:
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

    asyncio.run(scenario())
    assert ended == [1]


def test_a_late_start_of_an_older_attempt_does_not_end_the_newer_one(tmp_path: Path) -> None:
    async def run(job: CopyJob) -> Outputs:
        await asyncio.Event().wait()
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path, capacity=3) as made:
            await made.post("/render", render_body(attempt=2))
            await asyncio.sleep(0)
            response = await made.post("/render", render_body(attempt=1))
            assert (response.status_code, response.json()) == (409, {"error": "superseded"})
            assert made.attempts.active == 1
            state = made.attempts.state("job_1")
            assert state is not None
            assert state["attempt"] == 2

    asyncio.run(scenario())


def test_the_same_number_with_another_callback_url_is_another_attempt(tmp_path: Path) -> None:
    runs: list[str] = []

    async def run(job: CopyJob) -> Outputs:
        runs.append(job.request.callback_url)
        return DONE

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            await made.post("/render", render_body())
            await made.last_callback()
            again = render_body(callbackUrl="http://orchestrator.test/callbacks/container?token=u")
            await made.post("/render", again)
            await asyncio.sleep(0)

    asyncio.run(scenario())
    assert len(runs) == 2
