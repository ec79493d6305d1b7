"""A job and the slots of its container: waiting, holding, giving back."""

import pytest

from media_jobs.dispatch import Ticket
from orchestrator.jobs import lifecycle
from tests.orchestrator.world import World, begun
from tests.platform.loop import run
from tests.platform.network import peer_answer


def granted(attempt: int, job_id: str = "job_1", host: str = "") -> Ticket:
    return Ticket(job_id=job_id, attempt=attempt, since_ms=0, granted_ms=1, host=host)


def test_a_full_container_is_asked_again_when_the_dispatcher_says_so() -> None:
    world = World()
    world.peers.then("/render", peer_answer(503, '{"error":"full"}', retry_after_s=7))
    run(world.begin())
    assert (world.job().status, len(world.started())) == ("queued", 1)
    assert world.slots.calls[-1] == ("defer", "job_1", 1, 7_000)
    run(world.wait(60_000))
    assert len(world.started()) == 1

    assert lifecycle.hold(granted(1), world.ports())
    run(world.settle())

    assert len(world.started()) == 2
    assert (world.job().status, len(world.job().attempts)) == ("preparing", 1)


def test_a_job_waits_without_cost_until_it_has_a_slot() -> None:
    world = World()
    world.slots.full = True
    run(world.begin())
    calls = list(world.slots.calls)

    run(world.wait(3_600_000))

    assert (world.job().status, world.started(), world.slots.calls) == ("queued", [], calls)
    assert lifecycle.hold(granted(1), world.ports())
    run(world.settle())
    assert world.job().status == "preparing"


def test_a_dispatcher_out_of_reach_is_asked_again() -> None:
    world = World()
    world.slots.down = True
    run(world.begin())
    assert world.started() == []
    world.slots.down = False

    run(world.wait(2_000))

    assert world.job().status == "preparing"


@pytest.mark.parametrize("end", ["completed", "failed", "canceled"])
def test_the_end_of_a_job_gives_its_slot_back(end: str) -> None:
    world = begun()
    world.upload()

    if end == "canceled":
        run(world.cancel())
    else:
        broken = {"code": "input_unreadable", "message": "", "retryable": False}
        run(world.report(end, error=broken if end == "failed" else None))
    run(world.settle())

    assert world.job().status == end
    assert world.slots.tickets == {}


def test_a_job_tells_who_holds_a_slot_for_it_whether_it_needs_it() -> None:
    world = begun()

    assert lifecycle.hold(granted(1), world.ports())
    assert not lifecycle.hold(granted(2), world.ports())
    assert not lifecycle.hold(granted(1, "job_9"), world.ports("job_9"))
    run(world.cancel())
    assert not lifecycle.hold(granted(1), world.ports())
