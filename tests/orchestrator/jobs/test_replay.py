"""Events that were given up, delivered again on request; and where a job waits."""

from tests.orchestrator.world import SETTINGS, World, begun
from tests.platform.loop import run
from tests.platform.network import peer_answer

TELL = "/api/render/cf-callback"
DAY_MS = 24 * 3_600_000


def given_up() -> World:
    """Complete a job while the app is down, for longer than events are tried; it is back then."""
    world = World(env={**SETTINGS, "JOB_TTL_SECONDS": str(30 * 86_400)})
    world.peers.forever(TELL, peer_answer(500))
    run(world.complete())
    run(world.wait(15 * DAY_MS))
    world.peers.forgive(TELL)
    return world


def test_events_given_up_are_delivered_in_order_when_they_are_asked_for() -> None:
    world = given_up()
    dead = [e.effect.event.event_seq for e in world.job().outbox if e.effect.kind == "tell_app"]
    assert dead
    before = len(world.told())

    assert run(world.replay()) == {"ok": True, "replayed": len(dead)}
    run(world.settle())

    assert [event["eventSeq"] for event in world.told()[before:]] == dead


def test_an_app_that_asks_for_a_start_again_is_told_what_was_given_up() -> None:
    """It was never told that the job is here, so it asks for nothing else."""
    world = given_up()

    assert run(world.submit(engine="burner-ffmpeg")).status == 200
    run(world.settle())

    assert world.told()[-1]["status"] == "completed"
    assert world.job().outbox == ()


def test_a_replay_of_nothing_changes_nothing() -> None:
    world = begun()
    before = world.job()

    assert run(world.replay()) == {"ok": True, "replayed": 0}
    assert world.job() == before
    assert run(world.replay("job_9")) == {"error": "not_found"}


def test_a_waiting_job_says_where_it_stands() -> None:
    world = World()
    world.slots.full = True
    run(world.begin())

    assert run(world.status())["queue"] == {"position": 3, "etaMs": 60_000}
    world.slots.down = True
    assert run(world.status())["queue"] is None
