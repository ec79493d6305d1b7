"""What an attempt reports, when, and what it does with the answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import httpx
import pytest
from engine_kit.acceptance import Acceptance
from engine_kit.callbacks import Reporter
from engine_kit.failures import EngineFailure, FailureCode

from media_jobs.signing import verify
from media_jobs.status import Status
from media_jobs.wire import OutputClaim
from tests.engine_kit.virtual_time import run_at_once

URL = "http://orchestrator.test/callbacks/container?job=job_1&attempt=2&token=a%2Fb+c"
SECRETS = ("first", "second")
Receiver = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


class Orchestrator:
    """Keeps what it is sent, with the loop's time, and answers as told."""

    def __init__(self, answers: Sequence[int | type[Exception]] = (), takes_s: float = 0.0) -> None:
        self.requests: list[httpx.Request] = []
        self.bodies: list[dict[str, object]] = []
        self.at_s: list[float] = []
        self.in_flight_most = 0
        self._in_flight = 0
        self._answers = list(answers)
        self._takes_s = takes_s

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.bodies.append(json.loads(request.content))
        self.at_s.append(asyncio.get_running_loop().time())
        self._in_flight += 1
        self.in_flight_most = max(self.in_flight_most, self._in_flight)
        await asyncio.sleep(self._takes_s)
        self._in_flight -= 1
        answer = self._answers.pop(0) if self._answers else 200
        if isinstance(answer, int):
            return httpx.Response(answer, json={"ok": answer == 200})
        raise answer("cut")

    def said(self, field: str) -> list[object]:
        return [body.get(field) for body in self.bodies]


def reporter_to(
    orchestrator: Receiver,
    on_fenced: Callable[[], None] = lambda: None,
    on_unauthorized: Callable[[], None] = lambda: None,
    acceptance: Acceptance | None = None,
) -> Reporter:
    client = httpx.AsyncClient(transport=httpx.MockTransport(orchestrator))
    return Reporter(
        client=client,
        secrets=SECRETS,
        job_id="job_1",
        attempt=2,
        callback_url=URL,
        on_fenced=on_fenced,
        on_unauthorized=on_unauthorized,
        acceptance=acceptance or Acceptance(),
    )


def play(
    orchestrator: Receiver,
    acts: Callable[[Reporter], Awaitable[None]],
    status: Status = Status.COMPLETED,
    failure: EngineFailure | None = None,
    on_unauthorized: Callable[[], None] = lambda: None,
) -> None:
    """Have an attempt do what it *acts*, then end it; return when the reporter has done."""

    async def scenario() -> None:
        reporter = reporter_to(orchestrator, on_unauthorized=on_unauthorized)
        sending = asyncio.create_task(reporter.run())
        await acts(reporter)
        reporter.end(status, failure=failure)
        await sending

    run_at_once(scenario())


def end(orchestrator: Receiver, status: Status, **with_: Any) -> None:
    """Report the end of an attempt, and nothing before, until the reporter has done."""

    async def scenario() -> None:
        reporter = reporter_to(orchestrator)
        reporter.end(status, **with_)
        await reporter.run()

    run_at_once(scenario())


def test_a_report_goes_to_its_exact_url_signed_over_its_bytes_with_job_attempt_and_type() -> None:
    orchestrator = Orchestrator()

    end(orchestrator, Status.COMPLETED, outputs={"video": OutputClaim(key="k", size_bytes=7)})
    (request,) = orchestrator.requests
    target = b"/callbacks/container?job=job_1&attempt=2&token=a%2Fb+c"
    assert request.extensions["target"] == target
    verify(request.content, request.headers["x-signature"], ("first",))
    assert orchestrator.bodies[0] | {"ts": 0, "nonce": ""} == {
        "type": "container.callback",
        "jobId": "job_1",
        "attempt": 2,
        "status": "completed",
        "progress": 1.0,
        "outputs": {"video": {"key": "k", "sizeBytes": 7}},
        "ts": 0,
        "nonce": "",
    }


def test_a_thousand_states_in_a_second_become_a_few_reports_one_at_a_time() -> None:
    orchestrator = Orchestrator(takes_s=0.3)

    async def acts(reporter: Reporter) -> None:
        for step in range(1000):
            reporter.report(Status.RUNNING, "burn", step / 1000)
            await asyncio.sleep(0.001)

    play(orchestrator, acts)
    assert orchestrator.in_flight_most == 1
    assert len(orchestrator.requests) <= 4
    assert orchestrator.said("status")[-1] == "completed"


def test_never_more_than_two_reports_lie_within_one_second() -> None:
    orchestrator = Orchestrator(answers=[500, 200, 503, 200, 200, 500])

    async def acts(reporter: Reporter) -> None:
        for step in range(100):
            reporter.report(Status.RUNNING, "burn", step / 100)
            await asyncio.sleep(0.07)

    play(orchestrator, acts, Status.FAILED, failure=EngineFailure(FailureCode.TIMEOUT, "late"))
    thirds = zip(orchestrator.at_s, orchestrator.at_s[2:], strict=False)
    assert min(later - earlier for earlier, later in thirds) >= 0.999


@pytest.mark.parametrize("ends_at_s", [2.05, 2.3, 2.55, 2.95])
def test_the_end_is_reported_at_once_however_lately_a_state_was(ends_at_s: float) -> None:
    orchestrator = Orchestrator()

    async def acts(reporter: Reporter) -> None:
        for step in range(round(ends_at_s / 0.05)):
            reporter.report(Status.RUNNING, "burn", step / 100)
            await asyncio.sleep(0.05)

    play(orchestrator, acts)
    assert orchestrator.said("status")[-1] == "completed"
    assert orchestrator.at_s[-1] - orchestrator.at_s[0] == pytest.approx(ends_at_s, abs=0.01)


def test_a_silent_attempt_still_reports_every_ten_seconds() -> None:
    orchestrator = Orchestrator()

    async def acts(reporter: Reporter) -> None:
        await asyncio.sleep(60)

    play(orchestrator, acts, Status.CANCELED)
    gaps = zip(orchestrator.at_s, orchestrator.at_s[1:], strict=False)
    assert max(later - earlier for earlier, later in gaps) <= 10
    assert len(orchestrator.at_s) < 12


def test_progress_and_status_never_go_back() -> None:
    orchestrator = Orchestrator()

    async def scenario() -> None:
        reporter = reporter_to(orchestrator)
        sending = asyncio.create_task(reporter.run())
        for status, progress in [
            (Status.PREPARING, 0.05),
            (Status.RUNNING, 0.6),
            (Status.PREPARING, 0.9),
            (Status.RUNNING, 0.2),
            (Status.UPLOADING, None),
            (Status.UPLOADING, 7.0),
        ]:
            reporter.report(status, None, progress)
            await asyncio.sleep(2)
        reporter.end(Status.COMPLETED)
        reporter.report(Status.RUNNING, None, 0.5)
        reporter.end(Status.FAILED)
        await sending

    run_at_once(scenario())
    assert orchestrator.said("status") == [
        "preparing",
        "running",
        "uploading",
        "uploading",
        "completed",
    ]
    assert orchestrator.said("progress") == [0.05, 0.6, 0.6, 1.0, 1.0]


def test_an_unanswered_last_report_is_repeated_unchanged_until_it_is_answered() -> None:
    orchestrator = Orchestrator([httpx.ConnectError, httpx.ReadTimeout, 500, 502, 429, 408])

    end(orchestrator, Status.COMPLETED)
    assert len(orchestrator.requests) == 7
    assert len({request.content for request in orchestrator.requests}) == 1
    assert orchestrator.at_s[-1] - orchestrator.at_s[0] > 10


def test_an_unanswered_state_gives_way_to_a_newer_one() -> None:
    orchestrator = Orchestrator(answers=[500, 500, 500, 200])

    async def acts(reporter: Reporter) -> None:
        await asyncio.sleep(0.1)
        reporter.report(Status.RUNNING, "burn", 0.5)
        await asyncio.sleep(20)

    play(orchestrator, acts)
    assert orchestrator.said("status")[:3] == ["preparing", "running", "running"]
    assert len(set(orchestrator.said("nonce")[1:4])) == 1


def test_the_end_does_not_wait_for_an_older_states_backoff() -> None:
    orchestrator = Orchestrator(answers=[500] * 7)

    async def scenario() -> float:
        reporter = reporter_to(orchestrator)
        sending = asyncio.create_task(reporter.run())
        # After seven refusals the next try is some thirty seconds away.
        await asyncio.sleep(40)
        ended_at_s = asyncio.get_running_loop().time()
        reporter.end(Status.COMPLETED)
        await sending
        return ended_at_s

    ended_at_s = run_at_once(scenario())
    first = orchestrator.said("status").index("completed")
    assert orchestrator.at_s[first] - ended_at_s <= 1.0


@pytest.mark.parametrize(("status", "sent"), [(401, 5), (400, 1)])
def test_a_last_report_is_made_anew_a_few_times_if_unauthorized_and_never_if_malformed(
    status: int, sent: int
) -> None:
    orchestrator = Orchestrator(answers=[status] * 50)

    end(orchestrator, Status.COMPLETED)

    assert len(orchestrator.requests) == sent
    assert len(set(orchestrator.said("nonce"))) == sent


def test_a_state_refused_with_401_does_not_stop_the_next_ones() -> None:
    orchestrator = Orchestrator(answers=[401])

    async def acts(reporter: Reporter) -> None:
        await asyncio.sleep(1)

    play(orchestrator, acts)
    assert orchestrator.said("status") == ["preparing", "completed"]


def test_410_ends_the_reports_and_calls_for_the_end_of_the_work() -> None:
    orchestrator = Orchestrator(answers=[200, 410])
    fenced: list[str] = []

    async def scenario() -> None:
        reporter = reporter_to(orchestrator, on_fenced=lambda: fenced.append("now"))
        await reporter.run()

    run_at_once(scenario())
    assert fenced == ["now"]
    assert len(orchestrator.requests) == 2


def test_a_failure_is_reported_with_code_sentence_hints_and_the_tools_last_lines() -> None:
    orchestrator = Orchestrator()

    code, hints = FailureCode.DOWNLOAD_LOGIN_REQUIRED, ("needs_cookies",)

    end(
        orchestrator,
        Status.FAILED,
        failure=EngineFailure(code, "Sign in.", tool_tail="moov", hints=hints),
    )

    assert orchestrator.bodies[0]["error"] == {
        "code": "download_login_required",
        "message": "Sign in.",
        "retryable": False,
        "hints": ["needs_cookies"],
        "toolTail": "moov",
    }
