"""Effects performed behind an answer, and the guard that requests and the alarm share."""

from orchestrator.jobs import lifecycle
from tests.orchestrator.world import World, begun
from tests.platform.loop import run
from tests.platform.network import PeerCall, peer_answer


def _submitted() -> World:
    world = World()
    world.prepare()
    run(world.submit())
    return world


async def _behind(world: World) -> None:
    """Do what follows from the answers; the alarm does not ring."""
    while world.behind:
        await world.behind.pop(0)()


def test_a_job_with_a_free_slot_starts_behind_its_answer_without_an_alarm() -> None:
    world = _submitted()

    run(_behind(world))

    assert len(world.started()) == 1
    assert [event["status"] for event in world.told()] == ["queued", "preparing"]
    assert world.job().outbox == ()


def test_what_an_eviction_takes_from_a_request_the_alarm_does_ten_seconds_later() -> None:
    world = _submitted()

    world.evict()
    run(world.wait(10_000))

    assert len(world.started()) == 1


def test_an_alarm_that_rings_while_a_request_performs_leaves_it_alone_and_rings_again() -> None:
    world = _submitted()
    calls: list[int] = []

    async def ring(call: PeerCall) -> None:
        world.clock.now_ms += 10_000
        await lifecycle.tick(world.ports())
        calls.append(len(world.peers.calls))
        assert world.disks["job_1"].alarm_ms == world.clock.now_ms + 10_000

    world.peers.during["/render"] = ring
    run(_behind(world))

    # The container has said what it is, and the start is on its way.
    assert calls == [2]
    assert len(world.started()) == 1


def test_a_turn_that_was_never_heard_of_again_gives_way_after_two_minutes() -> None:
    world = _submitted()
    (entry, *_) = world.job().outbox
    died = world.ports().turn.of(entry)
    died.__enter__()
    world.behind.clear()

    run(world.wait(119_000))
    early = len(world.started())
    run(world.wait(11_000))

    assert (early, len(world.started())) == (0, 1)


def test_a_container_is_told_of_a_cancellation_once() -> None:
    world = begun()

    run(world.cancel())
    run(world.settle())

    assert len(world.peers.to("/jobs/job_1/cancel")) == 1
    assert world.job().outbox == ()


def test_a_repeated_cancellation_is_told_to_a_container_that_did_not_answer_the_first() -> None:
    world = begun()
    world.peers.then("/cancel", peer_answer(500))

    run(world.cancel())
    run(world.cancel())

    assert len(world.peers.to("/jobs/job_1/cancel")) == 2
