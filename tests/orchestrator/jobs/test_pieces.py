"""One job's pieces on several hosts: helpers are called, make pieces, and leave nothing behind."""

import json
from typing import Any

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.pieces import CALL_AGAIN_MS, helper_id
from tests.orchestrator.world import World, begun, document
from tests.platform.durable import OTHER_JOBS, JobObjects
from tests.platform.loop import run

PLAN = {"kit": "kit-1", "count": 6, "document": {"cuts": [10, 20, 30, 40, 50]}}
HELPER = helper_id("job_1", 1, 0)


def start_of(world: World, job_id: str) -> dict[str, object]:
    """Return the call that started a job."""
    return next(start for start in world.started() if start["jobId"] == job_id)


async def ask(world: World, job_id: str = "job_1", **wanted: object) -> tuple[int, dict[str, Any]]:
    """Ask for a piece as a job's container does."""
    target = str(start_of(world, job_id)["piecesUrl"]).removeprefix("http://orchestrator.example")
    reply = await world.ask("POST", target, json.dumps(wanted).encode())
    return reply.status, document(reply)


def others(world: World) -> Any:
    """Return the jobs as one of them sees the others."""
    return OTHER_JOBS.OtherJobStubs(JobObjects(world.wake))


async def settle(world: World) -> None:
    """Let all jobs do what follows, until nothing does."""
    for _ in range(3):
        for job_id in list(world.disks):
            await world.settle(job_id)


def led(idle: int = 1) -> World:
    """Return a world in which a job makes its first piece, and so many hosts help."""
    world = begun()
    world.slots.idle_ = idle
    assert run(ask(world, plan=PLAN)) == (200, {"piece": 0, "made": {}, "others": []})
    run(settle(world))
    return world


async def report(world: World, job_id: str, status: str) -> None:
    """Report the end of a job's work."""
    target = str(start_of(world, job_id)["callbackUrl"])
    message = {"jobId": job_id, "status": status, "ts": world.clock.now_ms, "nonce": world.token()}
    reply = await world.post(target.removeprefix("http://orchestrator.example"), message)
    assert reply.status == 200, reply.body


def test_a_helper_gets_the_inputs_and_the_plan_and_no_place_for_an_output() -> None:
    start = start_of(led(), HELPER)

    assert start["helps"] == PLAN
    assert "inputVideoUrl" in start
    assert [name for name in start if "PutUrl" in name or name.endswith("Key")] == []


def test_it_is_called_to_a_host_with_the_leaders_kit_and_waits_for_none_long() -> None:
    world = begun()
    world.slots.idle_, world.slots.full = 1, True
    run(ask(world, plan=PLAN))
    run(settle(world))
    assert world.slots.tickets[HELPER].needs == ("kit:kit-1",)

    run(world.wait(31_000, HELPER))

    assert world.job(HELPER).status == "failed"
    assert HELPER not in world.slots.tickets


def test_what_a_helper_has_made_comes_to_the_leader_by_a_url() -> None:
    world = led()
    status, given = run(ask(world, HELPER))
    assert (status, given["piece"]) == (200, 5)
    assert "/outputs/job_1/1-1/pieces/5-help_" in given["putUrl"]
    assert run(ask(world, has=[0]))[1]["others"] == [5]

    _, given = run(ask(world, HELPER, made=5))
    assert given["piece"] == 4
    _, answer = run(ask(world, has=[0, 1]))

    assert list(answer["made"]) == ["5"]
    assert "/outputs/job_1/1-1/pieces/5-help_" in answer["made"]["5"]
    assert answer["others"] == [4]
    assert run(ask(world, has=[0, 1, 2, 5]))[1]["made"] == {}


def test_no_host_is_called_where_none_is_idle_and_later_when_one_is() -> None:
    world = led(idle=0)
    assert [start["jobId"] for start in world.started()] == ["job_1"]
    world.slots.idle_ = 2

    run(ask(world, has=[0]))
    run(settle(world))
    assert len(world.started()) == 1  # It is not looked each time.
    world.clock.now_ms += CALL_AGAIN_MS
    run(ask(world, has=[0]))
    run(settle(world))

    assert len(world.started()) == 3


def test_the_app_is_told_nothing_of_a_helper() -> None:
    world = led()
    before = len(world.told())
    run(ask(world, HELPER))
    run(report(world, HELPER, "completed"))
    run(settle(world))

    assert world.job(HELPER).status == "completed"
    assert {event["jobId"] for event in world.told()} == {"job_1"}
    assert len(world.told()) == before
    assert not any("receipts/" in key for key in world.objects.stored)


@pytest.mark.parametrize("end", ["failed", "completed"])
def test_a_helper_that_ends_leaves_its_piece_to_others_and_is_not_tried_again(end: str) -> None:
    world = led()
    run(ask(world, HELPER))
    run(report(world, HELPER, end))
    run(settle(world))

    attempt = world.job().attempts[-1]
    assert attempt.sharing is not None
    assert attempt.sharing.free == [1, 2, 3, 4, 5]
    assert len(world.job(HELPER).attempts) == 1
    assert run(ask(world, has=[0]))[1]["others"] == []


def test_a_helper_gives_its_slot_to_a_job_that_waits() -> None:
    world = led()
    run(ask(world, HELPER))
    world.slots.waiting_ = 1

    assert run(ask(world, HELPER, made=5))[1] == {"piece": None}

    assert list(run(ask(world, has=[0]))[1]["made"]) == ["5"]


def test_a_piece_that_was_taken_back_is_the_leaders() -> None:
    world = led()
    run(ask(world, HELPER))

    for lead in range(3):
        run(ask(world, has=list(range(lead + 1))))
    _, answer = run(ask(world, has=[0, 1, 2, 3], back=[5]))
    assert run(ask(world, HELPER, made=5))[1]["piece"] == 4

    assert answer["piece"] == 5
    assert run(ask(world, has=[0, 1, 2, 3, 5]))[1] == {"piece": None, "made": {}, "others": [4]}


@pytest.mark.parametrize("end", ["completed", "failed", "canceled"])
def test_with_the_attempt_its_helpers_end_and_its_pieces_are_deleted(end: str) -> None:
    world = led()
    run(ask(world, HELPER))
    run(ask(world, HELPER, made=5))
    for number in (4, 5):
        world.objects.put(f"media/med_1/outputs/job_1/1-1/pieces/{number}-{HELPER}", b"a piece")
    if end == "canceled":
        run(world.cancel())
    else:
        world.upload()
        run(report(world, "job_1", end))
    run(settle(world))

    assert world.job(HELPER).status == "canceled"
    assert [call.path for call in world.peers.to(f"/jobs/{HELPER}/cancel")] != []
    assert not any("/pieces/" in key for key in world.objects.stored)
    assert world.job().attempts[-1].sharing is None
    assert run(ask(world, HELPER, made=4))[0] == 410
    if end != "failed":
        assert world.job().status == end


def test_they_end_all_the_same_where_a_helper_is_out_of_reach_for_a_while() -> None:
    world = led()
    run(ask(world, HELPER))
    wake, failures = world.wake, [UpstreamError("upstream_failed", part="it", why="x")] * 2

    def unreached(job_id: str) -> object:
        if job_id == HELPER and failures:
            raise failures.pop()
        return wake(job_id)

    world.wake = unreached  # type: ignore[method-assign,assignment]
    world.evict()
    run(world.cancel())
    run(settle(world))
    assert world.job(HELPER).status == "preparing"
    run(world.wait(60_000))
    run(settle(world))

    assert world.job(HELPER).status == "canceled"


def test_a_helper_that_the_attempt_does_not_know_gets_nothing() -> None:
    world = led()
    job = world.job(HELPER)
    assert job.helps is not None

    packed = run(others(world).piece(job.helps, "help_other", None, True))

    assert packed.startswith("410")


def test_a_start_that_comes_twice_starts_a_helper_once() -> None:
    world = led()
    assert world.disks[HELPER].document is not None
    helper = world.job(HELPER)
    run(report(world, HELPER, "completed"))
    run(settle(world))

    assert run(others(world).help(helper)) is False
    assert len([s for s in world.started() if s["jobId"] == HELPER]) == 1


def test_an_ended_helper_is_forgotten_within_an_hour_and_not_archived() -> None:
    world = led()
    run(report(world, HELPER, "completed"))
    run(settle(world))
    run(world.wait(3_700_000, HELPER))

    assert world.disks[HELPER].document is None
    assert world.archived.stored == {}


def test_another_plan_for_the_same_attempt_gets_no_pieces() -> None:
    world = led()

    other = {**PLAN, "document": {"cuts": [11, 20, 30, 40, 50]}}
    assert run(ask(world, plan=other))[1] == {"piece": None, "made": {}, "others": []}
