"""A job that has failed or was canceled, started again with its history."""

import pytest

from tests.orchestrator.world import World, begun, document
from tests.platform.loop import run
from tests.platform.network import peer_answer

PERMANENT = {"code": "input_unreadable", "message": "broken", "retryable": False}


def failed() -> World:
    world = begun()
    run(world.report("failed", error=PERMANENT))
    run(world.settle())
    return world


def numbers(world: World) -> list[object]:
    """Return the numbers of the events that the app was sent."""
    return [event["eventSeq"] for event in world.told()]


async def again(world: World, generation: int = 2) -> int:
    """Submit the next generation as the app does; return the status of the answer."""
    world.rewrite_manifest(generation=generation, afterSeq=world.job().event_seq)
    reply = await world.submit(generation=generation)
    await world.settle()
    return reply.status


def test_a_failed_job_starts_again_and_keeps_its_history() -> None:
    world = failed()
    before = numbers(world)

    assert run(again(world)) == 200

    job = world.job()
    assert (job.status, job.generation) == ("preparing", 2)
    assert [(a.number, a.generation) for a in job.attempts] == [(1, 1), (2, 2)]
    assert job.error is None
    assert numbers(world) == list(range(1, len(numbers(world)) + 1))
    assert len(numbers(world)) > len(before)


def test_a_generation_has_all_its_attempts_before_it() -> None:
    world = failed()
    run(again(world))

    run(world.report("failed", attempt=2, error={"code": "x", "retryable": True}))

    assert world.job().status == "queued"


def test_a_container_of_the_first_generation_is_told_to_stop() -> None:
    world = failed()
    run(again(world))
    before = world.job()

    assert run(world.report("running", attempt=1)).status == 410
    assert world.job() == before


def test_the_same_generation_again_starts_nothing_twice_and_an_earlier_one_is_refused() -> None:
    world = failed()
    run(again(world))

    reply = run(world.submit(generation=2))
    earlier = run(world.submit(generation=1))

    assert (reply.status, document(reply)) == (200, {"jobId": "job_1"})
    assert (earlier.status, document(earlier)["error"]) == (409, "job_conflict")
    assert len(world.started()) == 2


@pytest.mark.parametrize("end", ["running", "completed"])
def test_a_job_that_has_not_failed_does_not_start_again(end: str) -> None:
    world = begun()
    world.upload()
    run(world.report(end))
    run(world.settle())

    assert run(again(world)) == 409
    assert world.job().generation == 1


def test_events_the_app_has_not_taken_come_before_those_of_the_next_generation() -> None:
    world = begun()
    world.peers.forever("/api/render/cf-callback", peer_answer(500, "{}"))
    run(world.report("failed", error=PERMANENT))
    run(world.settle())
    world.peers.forgive("/api/render/cf-callback")
    run(again(world))
    run(world.wait(30_000))

    generations = [event["generation"] for event in world.told()]
    first_of_two = generations.index(2)
    assert set(generations[first_of_two:]) == {2}
    failures = [i for i, e in enumerate(world.told()) if e["status"] == "failed"]
    assert max(failures) < first_of_two


def test_cancel_of_a_generation_whose_start_is_on_its_way_finds_the_start_ended() -> None:
    world = failed()
    world.rewrite_manifest(generation=2, afterSeq=world.job().event_seq)
    message = world.message("job.cancel", jobId="job_1", generation=2, reason="user")

    canceled = run(world.post("/jobs/job_1/cancel", message))
    late = run(world.submit(generation=2))
    run(world.settle())

    assert document(canceled) == {"ok": True, "status": "canceled"}
    assert late.status == 200
    assert (world.job().generation, world.job().status, len(world.started())) == (2, "canceled", 1)


def test_a_job_keeps_the_limits_that_it_asked_for() -> None:
    world = World()
    run(world.begin(limits={"totalS": 90, "maxAttempts": 1, "heartbeatS": 60}))

    job = world.job()

    assert (job.clocks.total_ms, job.clocks.heartbeat_ms, job.max_attempts) == (90_000, 60_000, 1)
    assert job.clocks.start_ms == 120_000
    run(world.wait(60_000))
    assert world.job().status == "failed"


def test_numbers_of_a_lost_job_go_on_after_those_that_the_app_has_seen() -> None:
    world = World()
    world.prepare(generation=3, afterSeq=41)

    run(world.submit(generation=3))
    run(world.settle())

    assert numbers(world)[0] == 42
