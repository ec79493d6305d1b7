"""Canceling a job at each point of its life."""

import pytest

from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from tests.orchestrator.world import SETTINGS, World, begun, document, finished
from tests.platform.loop import run
from tests.platform.network import CUT, PeerCall, peer_answer

TTL_MS = int(SETTINGS["JOB_TTL_SECONDS"]) * 1000


def test_canceling_a_job_that_waits_for_its_start_starts_nothing() -> None:
    world = World()
    world.prepare()
    run(world.submit())

    reply = run(world.cancel())
    run(world.settle())

    assert document(reply) == {"ok": True, "status": "canceled"}
    assert world.started() == []
    assert [event["status"] for event in world.told()] == ["queued", "canceled"]


def test_j8_canceling_a_working_job_reaches_its_container_before_the_answer() -> None:
    world = begun()

    assert document(run(world.cancel())) == {"ok": True, "status": "canceled"}
    call = world.peers.to("/jobs/job_1/cancel")[0]
    assert call.url == "http://burner.example/jobs/job_1/cancel"
    assert call.message.items() >= {"type": "container.cancel", "attempt": 1}.items()


def test_j8_canceling_while_the_start_call_is_on_its_way_stops_what_it_started() -> None:
    world = World()

    async def cancel_meanwhile(call: PeerCall) -> None:
        world.peers.during.clear()
        world.peers.then("/jobs/job_1/cancel", peer_answer(404))
        await world.cancel()

    world.peers.during["/render"] = cancel_meanwhile
    run(world.begin())

    assert world.job().status == "canceled"
    assert [call.path for call in world.peers.calls if "app." not in call.url] == [
        "/health",
        "/render",
        "/jobs/job_1/cancel",
        "/jobs/job_1/cancel",
    ]


@pytest.mark.parametrize("hanging", ["/render", "/jobs/job_1"])
def test_j8_the_app_is_told_of_a_cancel_though_the_container_has_not_answered_yet(
    hanging: str,
) -> None:
    world = World()
    told: list[list[object]] = []

    async def cancel_meanwhile(call: PeerCall) -> None:
        world.peers.during.clear()
        await world.cancel()
        told.append([event["status"] for event in world.told()])

    world.peers.during[hanging] = cancel_meanwhile
    run(world.begin())
    run(world.wait(60_000))

    assert told[0][-1] == "canceled"
    assert [event["status"] for event in world.told()] == told[0]


@pytest.mark.parametrize("answer", [CUT, peer_answer(500)])
def test_a_container_that_does_not_answer_the_cancel_is_told_again_but_not_for_ever(
    answer: PeerAnswer | UpstreamError,
) -> None:
    world = begun()
    world.peers.forever("/cancel", answer)

    assert document(run(world.cancel()))["status"] == "canceled"
    run(world.wait(10 * 60_000))

    assert 3 <= len(world.peers.to("/jobs/job_1/cancel")) <= 8
    assert world.job().outbox == ()


def test_canceling_twice_or_after_the_end_changes_nothing() -> None:
    world = finished()

    for _ in range(2):
        assert document(run(world.cancel())) == {"ok": True, "status": "completed"}
    assert world.peers.to("/cancel") == []


def test_canceling_a_job_whose_start_is_still_on_its_way_keeps_it_from_starting() -> None:
    world = World()
    world.prepare()

    canceled, submitted = run(world.cancel()), run(world.submit())
    run(world.settle())

    assert (canceled.status, document(canceled)) == (200, {"ok": True, "status": "canceled"})
    assert (submitted.status, document(submitted)) == (200, {"jobId": "job_1"})
    assert world.started() == []
    assert [event["status"] for event in world.told()] == ["canceled"]


@pytest.mark.parametrize("manifest", [None, b"[" * 6000, b'{"jobId":"job_2"}'])
def test_canceling_without_a_manifest_of_this_job_is_404(manifest: bytes | None) -> None:
    world = World()
    if manifest is not None:
        world.objects.put("manifests/jobs/job_1.json", manifest)

    assert run(world.cancel()).status == 404
    assert world.disks["job_1"].document is None


def test_a_cancellation_of_a_job_that_may_have_been_forgotten_makes_no_new_one() -> None:
    for age_ms, status in ((TTL_MS, 404), (TTL_MS - 1, 200)):
        world = World()
        world.prepare(createdAt=world.clock.now_ms - age_ms)

        assert run(world.cancel()).status == status
        assert (world.disks["job_1"].document is None) == (status == 404)


def test_canceling_a_forgotten_job_is_answered_with_its_end_and_records_nothing() -> None:
    world = finished()
    run(world.wait(2 * TTL_MS))
    world.evict()

    ended = run(world.cancel())
    message = world.message("job.cancel", jobId="job_1", generation=2, reason="user")
    never_started = run(world.post("/jobs/job_1/cancel", message))

    assert (ended.status, document(ended)) == (200, {"ok": True, "status": "completed"})
    assert never_started.status == 404
    assert world.disks["job_1"].document is None
