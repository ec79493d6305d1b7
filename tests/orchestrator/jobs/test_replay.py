"""Events that were given up, delivered again on request; and where a job waits."""

from media_jobs.record import TellApp
from tests.orchestrator.world import SETTINGS, World, begun, run
from tests.platform.network import peer_answer

TELL = "/api/render/cf-callback"
TWELVE_HOURS_MS = 12 * 3_600_000


async def given_up(world: World) -> None:
    """Complete a job while the app is down, for longer than events are tried."""
    world.peers.forever(TELL, peer_answer(500))
    await world.complete()
    await world.wait(3 * TWELVE_HOURS_MS * 10)


def test_events_given_up_are_delivered_in_order_when_they_are_asked_for() -> None:
    world = World(env={**SETTINGS, "JOB_TTL_SECONDS": str(30 * 86_400)})
    run(given_up(world))
    given_up_events = [e.effect for e in world.job().outbox if e.dead]
    dead = [e.event.event_seq for e in given_up_events if isinstance(e, TellApp)]
    assert dead
    before = len(world.told())
    world.peers.forgive(TELL)

    assert run(world.replay()) == {"ok": True, "replayed": len(dead)}
    run(world.settle())

    assert [event["eventSeq"] for event in world.told()[before:]] == dead


def test_an_app_that_asks_for_a_start_again_is_told_what_was_given_up() -> None:
    """It was never told that the job is here, so it asks for nothing else."""
    world = World(env={**SETTINGS, "JOB_TTL_SECONDS": str(30 * 86_400)})
    run(given_up(world))
    world.peers.forgive(TELL)

    assert run(world.submit(engine="burner-ffmpeg")).status == 200
    run(world.settle())

    assert world.told()[-1]["status"] == "completed"
    assert world.job().outbox == ()


def test_a_replay_of_nothing_changes_nothing() -> None:
    world = begun()
    before = world.job()

    assert run(world.replay()) == {"ok": True, "replayed": 0}
    assert world.job() == before


def test_a_replay_of_an_unknown_job_is_not_found() -> None:
    world = World()

    assert run(world.replay()) == {"error": "not_found"}


def test_a_waiting_job_says_where_it_stands() -> None:
    world = World()
    world.slots.full = True
    run(world.begin())

    assert run(world.status())["queue"] == {"position": 3, "etaMs": 60_000}
    world.slots.down = True
    assert run(world.status())["queue"] is None
