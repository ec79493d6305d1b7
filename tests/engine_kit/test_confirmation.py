"""Nothing is uploaded before the orchestrator has taken a report of the attempt."""

import asyncio
from pathlib import Path

import httpx
import pytest
from engine_kit.failures import EngineFailure, FailureCode

from tests.engine_kit.bench import play_upload
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


@pytest.mark.parametrize(
    ("answers", "outcome", "least_s", "most_s"),
    [
        ([], "confirmed", 0, 1),
        # Who is away is waited for; a few refusals are no answer yet.
        ([httpx.ConnectError] * 20, "confirmed", 60, 3600),
        ([401, 401, 400], "confirmed", 0, 60),
        ([400] * 100, FailureCode.OUTPUT_FORBIDDEN, 0, 60),
        ([401] * 100, FailureCode.OUTPUT_FORBIDDEN, 0, 60),
    ],
    ids=["at once", "away", "rotation", "400", "401"],
)
def test_the_first_taken_report_confirms_an_attempt_and_refusals_alone_forbid_it(
    answers: list[int | type[Exception]], outcome: str, least_s: float, most_s: float
) -> None:
    ended, seconds = run_at_once(confirmation(Orchestrator(answers)))

    assert ended == outcome
    assert least_s <= seconds < most_s


def test_an_attempt_that_was_fenced_meanwhile_ends_before_it_writes(tmp_path: Path) -> None:
    """A start call that comes late to a restarted container begins the work anew."""
    sent: list[str] = []

    async def fenced(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        await asyncio.sleep(0.05)
        return httpx.Response(410)

    play_upload(tmp_path, fenced)
    assert sent == ["POST"]
