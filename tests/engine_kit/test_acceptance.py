"""J18: a container whose clock is off, and one of which no report is taken."""

import asyncio
import json
import time
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from engine_kit.acceptance import OFF_MS_MIN, Acceptance
from engine_kit.callbacks import UNAUTHORIZED_S_MAX, Reporter
from engine_kit.engine import Outputs

from media_jobs.signing import TOLERANCE_MS
from media_jobs.status import Status
from tests.engine_kit.bench import Bench, CopyJob, played, render_body
from tests.engine_kit.test_callbacks import Orchestrator, end, play, reporter_to
from tests.engine_kit.virtual_time import run_at_once

MINUTE_MS = 60_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Elsewhere:
    """An orchestrator whose clock is *ahead_ms* of this machine's; it refuses what is too far off.

    *dated*: whether its answers say when they were made.
    """

    def __init__(self, ahead_ms: int, *, dated: bool = True) -> None:
        self.ahead_ms = ahead_ms
        self.dated = dated
        self.answered: list[int] = []
        self.said: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        there_ms = now_ms() + self.ahead_ms
        body = json.loads(request.content)
        status = 401 if abs(body["ts"] - there_ms) > TOLERANCE_MS else 200
        self.answered.append(status)
        self.said.append(body["status"])
        headers = {"date": formatdate(there_ms / 1000, usegmt=True)} if self.dated else {}
        return httpx.Response(status, json={}, headers=headers)


@pytest.mark.parametrize("ahead_ms", [-10 * MINUTE_MS, 10 * MINUTE_MS])
def test_j18_a_clock_that_is_off_costs_one_report_and_then_all_count(ahead_ms: int) -> None:
    there = Elsewhere(ahead_ms)

    async def acts(reporter: Reporter) -> None:
        await asyncio.sleep(30)

    play(there, acts)
    assert there.answered[0] == 401
    assert set(there.answered[1:]) == {200}
    assert there.said[-1] == "completed"


def test_j18_a_last_report_that_the_clock_has_had_refused_comes_again_and_counts() -> None:
    there = Elsewhere(10 * MINUTE_MS)

    end(there, Status.COMPLETED)
    assert there.answered == [401, 200]


def test_a_refusal_that_tells_no_other_time_moves_no_clock() -> None:
    acceptance = Acceptance()

    for date in (None, "", "yesterday", formatdate(usegmt=True)):
        assert not acceptance.correct(date), date
        assert abs(acceptance.now_ms() - now_ms()) < OFF_MS_MIN


def test_a_clock_is_put_right_again_when_it_was_set() -> None:
    acceptance = Acceptance()

    assert acceptance.correct(formatdate(now_ms() / 1000 + 600, usegmt=True))
    assert acceptance.correct(formatdate(now_ms() / 1000, usegmt=True))
    assert abs(acceptance.now_ms() - now_ms()) < 2_000


def test_an_attempt_of_which_no_report_is_taken_is_given_up_after_its_time() -> None:
    ended_at: list[float] = []

    async def scenario() -> tuple[float, int]:
        loop = asyncio.get_running_loop()
        refusing = Orchestrator([200, *[401] * 1000])
        reporter = reporter_to(refusing, on_unauthorized=lambda: ended_at.append(loop.time()))
        began = loop.time()
        await asyncio.wait_for(reporter.run(), 3600)
        return began, len(refusing.requests)

    began, reports = run_at_once(scenario())
    (at,) = ended_at
    assert UNAUTHORIZED_S_MAX <= at - began < UNAUTHORIZED_S_MAX + 30
    assert reports < 30


def test_a_refused_report_in_a_rotation_gives_nothing_up() -> None:
    ended: list[None] = []

    rotation = Orchestrator([200, *[401] * 10])

    async def acts(reporter: Reporter) -> None:
        await asyncio.sleep(10 * UNAUTHORIZED_S_MAX)

    play(rotation, acts, on_unauthorized=lambda: ended.append(None))
    assert ended == []


def test_a_container_whose_reports_are_refused_frees_its_slot_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine_kit.callbacks.UNAUTHORIZED_S_MAX", 0.0)
    begun, over = asyncio.Event(), asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            over.set()
        return {}

    async def refuse(request: httpx.Request) -> httpx.Response:
        await begun.wait()
        return httpx.Response(401, json={"error": "unauthorized"})

    async def scenario(made: Bench) -> list[dict[str, object]]:
        async def health() -> dict[str, object]:
            document: dict[str, object] = (await made.client.get("/health")).json()
            return document

        made.receive = refuse
        await made.post("/render", render_body(outputPutUrl="http://store.test/out?sig=x"))
        working = await health()
        await asyncio.wait_for(over.wait(), 15)
        refused = await health()
        monkeypatch.setattr("engine_kit.acceptance.REFUSED_LIFE_S", 0.0)
        return [working, refused, await health()]

    working, refused, later = played(run, tmp_path, scenario)
    assert (working["ok"], working["active"], "error" in working) == (True, 1, False)
    assert (refused["ok"], refused["active"], refused["error"]) == (False, 0, "reports_refused")
    assert (later["ok"], "error" in later) == (True, False)
