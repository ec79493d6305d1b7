"""A job that ended long ago: its object forgets it, its archived status and its artifacts stay."""

import pytest

from media_jobs.signing import sign_link
from tests.orchestrator.world import SECRET, SETTINGS, World, document, finished
from tests.platform.kv import ArchivedJobs
from tests.platform.loop import run
from tests.platform.network import peer_answer

TTL_MS = int(SETTINGS["JOB_TTL_SECONDS"]) * 1000


def test_a_job_is_remembered_for_its_time_and_not_longer() -> None:
    world = finished()

    run(world.wait(TTL_MS - 1))
    assert world.disks["job_1"].document is not None
    run(world.wait(1))

    disk = world.disks["job_1"]
    assert (disk.document, disk.alarm_ms, disk.nonces) == (None, None, set())


def test_a_job_whose_end_the_app_was_not_told_is_kept() -> None:
    world = World()
    world.peers.forever("/api/render/cf-callback", peer_answer(500))
    run(world.complete())

    run(world.wait(TTL_MS + 1))

    assert world.disks["job_1"].document is not None


def test_a_job_whose_dead_letters_nobody_asks_for_is_forgotten_in_twice_its_time() -> None:
    """Its app knows their news, or has deleted the job; if not, it learns the end by asking."""
    world = World()
    world.peers.forever("/api/render/cf-callback", peer_answer(404))
    run(world.complete())

    run(world.wait(2 * TTL_MS - 1))
    assert [entry.dead for entry in world.job().outbox] == [True] * 4
    run(world.wait(1))

    disk = world.disks["job_1"]
    assert (disk.document, disk.alarm_ms) == (None, None)
    last = run(world.status())
    assert (last["status"], last["allTold"], last["undelivered"]) == ("completed", True, [])
    link = sign_link("/artifacts/job_1", {}, world.clock.now_ms // 1000 + 60, (SECRET,))
    assert run(world.ask("GET", link)).status == 200


@pytest.mark.parametrize("is_recorded", [True, False])
@pytest.mark.parametrize("age_ms", [TTL_MS, 10 * TTL_MS])
def test_a_job_that_may_have_been_forgotten_is_not_started(age_ms: int, is_recorded: bool) -> None:
    """As when the app's database was restored to a moment before it was handed over.

    Its archived status is not asked: KV may not have it yet, or have lost it.
    """
    world = finished()
    run(world.wait(TTL_MS))
    if not is_recorded:
        world.archived.stored.clear()
    starts = len(world.peers.to("/render"))
    world.clock.now_ms += age_ms - TTL_MS

    again = run(world.submit())

    assert (again.status, document(again)["error"]) == (409, "job_forgotten")
    run(world.settle())
    assert world.disks["job_1"].document is None
    assert len(world.peers.to("/render")) == starts


def test_a_job_that_waits_for_its_handover_almost_as_long_as_jobs_are_remembered_is_started() -> (
    None
):
    world = World()
    world.prepare()
    world.clock.now_ms += TTL_MS - 1

    assert run(world.submit()).status == 200
    run(world.settle())
    assert len(world.peers.to("/render")) == 1


@pytest.mark.parametrize("status_", ["running", "queued"])
def test_an_unfinished_job_is_not_forgotten(status_: str) -> None:
    world = World()
    world.slots.full = status_ == "queued"
    run(world.begin(limits={"queueS": 604_800, "heartbeatS": 600}))

    run(world.wait(300_000))

    assert world.job().finished_ms is None
    assert world.archived.stored == {}


def test_an_archived_status_that_cannot_be_written_keeps_the_job_until_it_can() -> None:
    world = finished()

    class FullStore(ArchivedJobs):
        async def put(self, job_id: str, document: str) -> None:
            raise OSError("full")

    kept = world.archived
    world.evict()
    world.archived = FullStore()
    with pytest.raises(OSError, match="full"):
        run(world.wait(TTL_MS))
    assert world.disks["job_1"].document is not None
    world.evict()
    world.archived = kept

    run(world.wait(60_000))

    assert world.disks["job_1"].document is None
    assert set(kept.stored) == {"job_1"}


def test_a_job_that_is_started_again_just_as_it_is_forgotten_is_kept() -> None:
    world = World()

    class SlowRecords(ArchivedJobs):
        async def put(self, job_id: str, document: str) -> None:
            world.rewrite_manifest(generation=2, afterSeq=world.job().event_seq)
            assert (await world.submit(generation=2)).status == 200

    run(world.begin())
    run(world.cancel())
    run(world.settle())
    world.evict()
    world.archived = SlowRecords()
    run(world.wait(TTL_MS))

    assert (world.job().generation, world.job().status) == (2, "preparing")
