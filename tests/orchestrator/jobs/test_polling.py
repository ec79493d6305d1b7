"""Containers that send no heartbeat of their own: asked before their lease runs out."""

import json

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from media_jobs.signing import sign_request_line
from tests.orchestrator.world import SECRET, World, begun
from tests.platform.loop import run
from tests.platform.network import peer_answer

LEASE_MS = 45_000
STATE = {"jobId": "job_1", "attempt": 1, "status": "running", "progress": 0.4}


def answer(**changes: object) -> PeerAnswer:
    state = {name: value for name, value in {**STATE, **changes}.items() if value is not None}
    return peer_answer(text=json.dumps(state))


async def silent_for(world: World, wait_ms: int, *answers: PeerAnswer | UpstreamError) -> None:
    """Begin a job, hear once of its container, then nothing but its answers."""
    world.peers.then("/jobs/job_1", *answers)
    await world.begin()
    await world.report("running", progress=0.1)
    await world.wait(wait_ms)


def test_a_container_without_a_heartbeat_keeps_its_lease_by_its_answers() -> None:
    world = World()

    answers = [answer(progress=0.1 + n / 100) for n in range(1, 30)]
    run(silent_for(world, 10 * LEASE_MS, *answers))

    job = world.job()
    assert (job.status, job.attempt and job.attempt.number) == ("running", 1)
    assert job.progress > 0.2
    (first, *_) = world.peers.to("/jobs/job_1")
    assert (first.method, first.body) == ("GET", None)
    target = first.url.removeprefix("http://burner.example")
    assert first.headers["x-signature"] == sign_request_line("GET", target, (SECRET,), "container")


def test_an_end_whose_report_never_came_is_learned_by_asking() -> None:
    world = begun()
    world.upload()

    world.peers.then("/jobs/job_1", answer(status="completed", outputs={"video": {}}))
    run(world.wait(LEASE_MS))

    assert (world.job().status, len(world.job().attempts)) == ("completed", 1)


@pytest.mark.parametrize(
    "said",
    [
        peer_answer(404, '{"error":"not_found"}'),
        peer_answer(500),
        UpstreamError("upstream_failed", part="container", why="TimeoutError"),
        peer_answer(200, "[" * 6000),
        peer_answer(200, "<html>"),
        answer(jobId="job_2"),
        answer(attempt=2),
        answer(attempt=None, status="failed"),
        answer(attempt=None, status="completed"),
    ],
    ids=[
        "unknown", "broken", "unreachable", "brackets", "a page", "another job", "another attempt",
        "failed once", "completed once",
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_of_this_attempt_lets_its_lease_run_out(
    said: PeerAnswer | UpstreamError,
) -> None:
    world = World()

    run(silent_for(world, LEASE_MS, *[said] * 50))

    job = world.job()
    assert job.attempts[0].error is not None
    assert job.attempts[0].error.code == "lease_expired"
    assert world.peers.to("/jobs/job_1")


def test_a_container_that_names_no_attempt_keeps_its_lease_while_it_works() -> None:
    world = World()

    run(silent_for(world, LEASE_MS, answer(attempt=None, progress=0.3)))

    assert (world.job().status, world.job().progress) == ("running", 0.3)


def test_a_container_that_reports_is_not_asked() -> None:
    world = begun()

    for beat in range(20):
        run(world.report("running", progress=beat / 100))
        run(world.wait(20_000))

    assert world.peers.to("/jobs/job_1") == []
