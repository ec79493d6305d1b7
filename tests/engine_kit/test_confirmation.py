"""Nothing is uploaded before the orchestrator has taken a report of the attempt."""

import asyncio
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode

from tests.engine_kit.bench import CopyJob, bench, render_body
from tests.engine_kit.test_callbacks import Orchestrator, reporter_to
from tests.engine_kit.virtual_time import run_at_once


async def confirmation(orchestrator: Orchestrator) -> tuple[str, float]:
    """Return how the wait for a taken report ended, and after how many seconds."""
    reporter = reporter_to(orchestrator)
    loop = asyncio.get_running_loop()
    began = loop.time()
    running = asyncio.create_task(reporter.run())
    try:
        await asyncio.wait_for(reporter.confirmed(), 3600)
        outcome = "confirmed"
    except EngineFailure as failure:
        outcome = failure.code
    except TimeoutError:
        outcome = "waits"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return outcome, loop.time() - began


def test_the_first_taken_report_confirms_the_attempt() -> None:
    assert run_at_once(confirmation(Orchestrator()))[0] == "confirmed"


def test_an_orchestrator_that_is_away_is_waited_for() -> None:
    away = Orchestrator([httpx.ConnectError] * 20)

    outcome, seconds = run_at_once(confirmation(away))

    assert outcome == "confirmed"
    assert seconds > 60


def test_a_few_refused_reports_are_no_answer_yet() -> None:
    rotation = Orchestrator([401, 401, 400])

    assert run_at_once(confirmation(rotation))[0] == "confirmed"


@pytest.mark.parametrize("status", [400, 401])
def test_an_attempt_whose_reports_are_all_refused_uploads_nothing(status: int) -> None:
    outcome, seconds = run_at_once(confirmation(Orchestrator([status] * 100)))

    assert outcome == FailureCode.OUTPUT_FORBIDDEN
    assert seconds < 60


def test_an_attempt_that_was_fenced_meanwhile_ends_before_it_writes(tmp_path: Path) -> None:
    """A start call that comes late to a restarted container begins the work anew."""
    sent: list[str] = []
    over = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        (job.work_dir / "out").write_bytes(b"again")
        try:
            await job.upload("video", job.work_dir / "out")
        finally:
            over.set()
        return {}

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:

            async def fenced(request: httpx.Request) -> httpx.Response:
                sent.append(request.method)
                await asyncio.sleep(0.05)
                return httpx.Response(410)

            made.receive = fenced  # type: ignore[method-assign]
            await made.post("/render", render_body(outputPutUrl="http://store.test/out?sig=x"))
            await asyncio.wait_for(over.wait(), 5)

    asyncio.run(scenario())
    assert sent == ["POST"]
