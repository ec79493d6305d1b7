"""Deliveries to the app: by permit, several events at once, and none that nobody waits for."""

import json

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.governor import Permit
from media_jobs.kept_permits import KeptPermits
from media_jobs.ports import PeerAnswer
from orchestrator.jobs.telling import EVENT_TIMEOUT_MS
from tests.orchestrator.jobs.test_telling import EVENTS, NEW, PROGRESS, begun, shown, watch, work
from tests.orchestrator.world import World
from tests.platform.loop import run
from tests.platform.network import CUT, peer_answer

BUSY = peer_answer(503, retry_after_s=7)


def answered(*statuses: int) -> PeerAnswer:
    """Return the app's answer to a list."""
    ok = {"status": 200, "ok": True}
    items = [ok if s == 200 else {"status": s, "problem": {"code": "no"}} for s in statuses]
    text = json.dumps({"ok": False, "version": "0.7.0", "items": items})
    return peer_answer(200 if set(statuses) == {200} else 207, text)


def then(world: World, *answers: PeerAnswer | UpstreamError) -> None:
    """Let the app answer so, and after that as before."""
    world.peers.forgive(EVENTS)
    world.peers.then(EVENTS, *answers, *[NEW] * 50)


def behind() -> World:
    """Return a world whose app was away while three things happened to a job."""
    world = begun()
    world.peers.forever(EVENTS, CUT)

    async def happen() -> None:
        await world.report("preparing")
        await world.settle()
        await world.report("running", progress=0.5)
        await world.report("uploading", progress=0.9)
        await world.settle()

    run(happen())
    world.peers.forgive(EVENTS)
    return world


def test_what_has_no_permit_waits_and_that_is_no_failed_try() -> None:
    world = begun()
    before = len(world.told())
    world.slots.permits = [Permit(wait_ms=5000), Permit(wait_ms=400)]

    run(world.report("running", progress=0.1))
    run(world.wait(5000 - 1))
    assert len(world.told()) == before
    assert [entry.tries for entry in world.job().outbox] == [0]

    run(world.wait(500))
    assert [event["status"] for event in world.told()[before:]] == ["running"]


def test_a_dispatcher_that_is_away_delays_events_and_gives_none_up() -> None:
    world = begun()
    world.slots.down = True
    before = len(world.told())
    run(world.report("running", progress=0.1))
    run(world.wait(60_000))
    assert len(world.told()) == before
    assert not any(entry.dead for entry in world.job().outbox)

    world.slots.down = False
    run(world.wait(20_000))

    assert len(world.told()) > before
    assert "permit_unknown" in [record["event"] for record in world.logs]


def test_events_that_one_job_holds_go_in_one_list() -> None:
    world = behind()
    before = len(world.deliveries())
    then(world, answered(200, 200))

    run(world.wait(2000))

    (sent,) = world.deliveries()[before:]
    assert [event["status"] for event in sent] == ["running", "uploading"]
    seqs = [int(str(event["eventSeq"])) for event in sent]
    assert seqs == sorted(seqs)
    assert len({event["nonce"] for event in sent}) == len(sent)
    assert world.job().outbox == ()


def carried(*, full: bool = False) -> World:
    """Return a world whose app, of 0.7, has begun a job.

    Its container has answered, unless it is *full*.
    """
    world = World()
    world.slots.full = full
    world.peers.forever(EVENTS, NEW)
    world.prepare()
    manifest = world.objects.stored["manifests/jobs/job_1.json"].body.decode()
    run(world.submit(manifest=manifest))
    run(world.settle())
    return world


def test_what_an_effect_brings_is_told_with_what_has_brought_the_effect() -> None:
    world = carried()
    run(world.report("running", progress=0.5))
    run(world.settle())
    world.upload()
    run(world.report("completed"))
    run(world.settle())

    told = [[event["status"] for event in sent] for sent in world.deliveries()]
    assert told == [["preparing"], ["running"], ["uploading", "completed"]]


def test_an_app_that_has_handed_a_job_over_is_told_after_ten_minutes_that_it_is_queued() -> None:
    world = carried(full=True)

    run(world.wait(10 * 60_000 - 1000))
    assert world.told() == []
    run(world.wait(30_000))
    assert [event["status"] for event in world.told()] == ["queued"]


def test_an_app_of_before_0_7_is_told_at_once_that_a_job_without_a_slot_is_queued() -> None:
    world = World()
    world.slots.full = True
    world.prepare()
    run(world.submit())
    run(world.settle())

    assert [event["status"] for event in world.told()] == ["queued"]


def test_an_app_that_can_not_read_a_list_gets_one_event_at_a_time() -> None:
    world = carried()
    older = peer_answer(200, '{"ok":true}')
    then(world, peer_answer(400, '{"code":"bad_request"}'), older, older)
    world.upload()
    run(world.report("completed"))
    run(world.wait(20_000))

    assert [len(sent) for sent in world.deliveries()] == [1, 2, 1, 1]
    assert world.job().outbox == ()


def test_of_a_list_what_was_taken_is_done_and_the_rest_goes_again() -> None:
    world = behind()
    before = len(world.deliveries())
    then(world, answered(200, 500), peer_answer(500), NEW)

    run(world.wait(20_000))

    first, second, third = world.deliveries()[before:]
    assert len(first) == 2
    assert second[0]["eventSeq"] == third[0]["eventSeq"] == first[1]["eventSeq"]
    assert world.job().outbox == ()


def test_a_list_of_which_nothing_was_taken_is_a_failed_try() -> None:
    world = behind()
    then(world, answered(409, 409))

    run(world.wait(2000))

    entry = world.job().outbox[0]
    assert entry.tries == 2
    assert entry.last_error == "app: HTTP 409 no"


def test_an_app_of_before_gets_one_event_at_a_time() -> None:
    world = begun(peer_answer(200, '{"ok":true}'))
    world.peers.forever(EVENTS, CUT)
    run(world.report("preparing"))
    run(world.settle())
    run(world.report("uploading", progress=0.9))
    run(world.settle())
    world.peers.forgive(EVENTS)
    run(world.wait(20_000))

    assert {len(sent) for sent in world.deliveries()} == {1}
    assert world.job().outbox == ()


def test_an_event_says_until_when_its_sender_waits() -> None:
    world = begun()
    then(world, peer_answer(503, '{"code":"deadline_passed"}'), NEW)
    before = len(world.told())

    run(world.report("running", progress=0.1))
    at_ms = world.clock.now_ms
    run(world.wait(5000))

    first, second = world.told()[before:]
    assert first["deadlineMs"] == at_ms + EVENT_TIMEOUT_MS
    assert "deadlineMs" not in second, "The answer came in time: the clocks differ."
    assert [what for what, *_ in world.slots.delivered_[-2:]] == ["refused", "taken"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (NEW, ("taken", 0, 0)),
        (BUSY, ("overloaded", 0, 7000)),
        (peer_answer(429), ("overloaded", 0, 0)),
        (CUT, ("overloaded", 0, 0)),
        (peer_answer(409), ("refused", 0, 0)),
        (peer_answer(500), ("refused", 0, 0)),
    ],
)
def test_the_governor_hears_what_came_of_each_delivery(
    answer: PeerAnswer | UpstreamError, said: tuple[str, int, int]
) -> None:
    world = begun()
    then(world, answer)

    run(world.report("running", progress=0.1))
    run(world.settle())

    assert world.slots.delivered_[-1] == said


def test_progress_without_a_permit_is_not_shown_and_not_late() -> None:
    world = begun()
    watch(world)
    run(work(world, 2, 1000))
    before = len(shown(world))
    world.slots.permits = [Permit(wait_ms=60_000)]

    run(world.report("running", progress=0.9))
    run(world.wait(1500))
    run(world.report("running", progress=0.95))
    run(world.wait(1500))

    assert shown(world)[before:] == [0.95]
    assert world.peers.to(PROGRESS)


def kept() -> World:
    """Return a world whose job got a permit for ten seconds when it told that it runs."""
    world = begun()
    world.slots.permits = [Permit(keep_ms=10_000, name="kept")]
    run(world.report("running", progress=0.1))
    run(world.settle())
    assert (world.slots.permits, world.told()[-1]["status"]) == ([], "running")
    world.slots.asked = 0
    world.slots.delivered_.clear()
    return world


def test_a_permit_that_is_kept_is_asked_for_once_and_nothing_is_said_of_what_it_sends() -> None:
    world = kept()

    run(world.report("uploading", progress=1.0))
    run(world.settle())
    assert world.told()[-1]["status"] == "uploading"
    assert (world.slots.asked, world.slots.delivered_) == (0, [])

    run(world.wait(10_000))
    world.upload()
    run(world.report("completed"))
    run(world.settle())
    assert world.told()[-1]["status"] == "completed"
    assert world.slots.asked > 0, "It was good for its time."


def test_a_permit_that_is_kept_ends_where_the_app_is_overloaded() -> None:
    world = kept()
    then(world, BUSY)

    run(world.report("uploading", progress=1.0))
    run(world.settle())
    assert world.slots.delivered_ == [("overloaded", 0, 7000)]
    assert world.slots.given_back[-1] == "kept"

    run(world.wait(9000))
    assert world.slots.asked == 1


def test_a_permit_that_is_kept_serves_the_other_jobs_of_the_isolate() -> None:
    world = kept()

    world.prepare("job_2")
    run(world.submit("job_2"))
    run(world.settle("job_2"))

    assert "job_2" in [event["jobId"] for event in world.told()]
    assert world.slots.asked == 0


def test_a_permit_that_is_in_use_is_not_used_twice_at_once() -> None:
    world = kept()
    asked = []

    async def start_another(call: object) -> None:
        world.peers.during.clear()
        world.prepare("job_2")
        await world.submit("job_2")
        await world.settle("job_2")
        asked.append(world.slots.asked)

    world.peers.during[EVENTS] = start_another
    run(world.report("uploading", progress=1.0))
    run(world.settle())

    assert asked[0] > 0, "The first delivery was on its way."


def test_a_new_isolate_asks_for_permits_of_its_own() -> None:
    world = kept()
    world.evict()
    world.permits = KeptPermits()

    run(world.report("uploading", progress=1.0))
    run(world.settle())

    assert world.slots.asked == 1
