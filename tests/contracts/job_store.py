"""What a job's Durable Object relies on of its storage. Runs on the fake, and inside an object."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from media_jobs.record import Clocks, JobRecord, OutboxEntry, StartAttempt
from media_jobs.status import Status

if TYPE_CHECKING:
    from media_jobs.alarm import Timer
    from orchestrator.ports import JobStore

NOW_MS = 1_790_000_000_000
LATER_MS = 8_000_000_000_000  # Far away, so that no alarm goes off during a test.


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One object's empty storage. *store* and *timer* open it anew, as after an
    eviction."""

    store: Callable[[], "JobStore"]
    timer: Callable[[], "Timer"]
    alarm_ms: Callable[[], Coroutine[Any, Any, int | None]]


def _job(**changes: object) -> JobRecord:
    job = JobRecord(
        job_id="job_1",
        media_id="med_1",
        engine="media-downloader",
        generation=1,
        inputs={},
        options={"url": "https://video.test/字幕?a='b'", "maxHeight": 1080, "share": 0.5},
        clocks=Clocks(queue_ms=1, start_ms=2, heartbeat_ms=3, no_progress_ms=4, total_ms=5),
        max_attempts=3,
        created_ms=NOW_MS,
        queued_ms=NOW_MS,
        updated_ms=NOW_MS,
        outbox=(OutboxEntry(entry_id=1, due_ms=NOW_MS, effect=StartAttempt(attempt=1)),),
    )
    return job.model_copy(update=changes)


async def an_empty_storage_has_no_job(disk: Disk) -> None:
    assert disk.store().load() is None
    assert not disk.store().has_seen("nonce-one")
    assert await disk.alarm_ms() is None


async def a_saved_job_is_loaded_whole(disk: Disk) -> None:
    store = disk.store()
    store.save(_job())

    assert store.load() == _job()
    assert disk.store().load() == _job()


async def the_last_save_is_the_job(disk: Disk) -> None:
    store = disk.store()
    store.save(_job())
    store.save(_job(status=Status.RUNNING, progress=0.5, outbox=()))

    loaded = disk.store().load()

    assert loaded is not None
    assert (loaded.status, loaded.progress, loaded.outbox) == (Status.RUNNING, 0.5, ())


async def a_nonce_is_remembered_with_the_save_that_brought_it(disk: Disk) -> None:
    store = disk.store()
    store.save(_job())
    store.save(_job(), "nonce-one")
    store.save(_job(), "nonce-'two'")
    store.save(_job())

    for opened in (store, disk.store()):
        assert opened.has_seen("nonce-one")
        assert opened.has_seen("nonce-'two'")
        assert not opened.has_seen("nonce")


async def a_thousand_nonces_of_the_last_minutes_are_all_remembered(disk: Disk) -> None:
    store = disk.store()
    for number in range(1000):
        store.save(_job(updated_ms=NOW_MS + 500 * number), f"nonce-{number}")

    assert all(store.has_seen(f"nonce-{number}") for number in range(1000))


async def what_is_kept_is_loaded_at_once_and_stored_by_the_next_write(disk: Disk) -> None:
    store = disk.store()
    store.save(_job())
    store.keep(_job(progress=0.5))
    kept, stored = store.load(), disk.store().load()
    store.flush()
    store.keep(_job(progress=0.7))
    store.save(_job(progress=0.9))
    store.flush()

    assert kept == _job(progress=0.5)
    assert stored == _job()
    assert disk.store().load() == _job(progress=0.9)


async def an_alarm_can_be_set_anew_or_taken_away(disk: Disk) -> None:
    timer = disk.timer()
    timer.set(LATER_MS)
    timer.set(LATER_MS + 1000)
    later = await disk.alarm_ms()
    timer.clear()

    assert (later, await disk.alarm_ms()) == (LATER_MS + 1000, None)


async def an_alarm_survives_an_eviction_and_ends_with_the_storage(disk: Disk) -> None:
    disk.store().save(_job())
    disk.timer().set(LATER_MS)
    kept = await disk.alarm_ms()

    store = disk.store()
    await store.forget()

    assert (kept, await disk.alarm_ms(), store.load()) == (LATER_MS, None, None)
