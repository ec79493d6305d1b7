from itertools import count

import pytest

from media_jobs.record import (
    EVENT_TRIES_MAX,
    Effect,
    JobRecord,
    OutboxEntry,
    ReleaseSlot,
    RequestSlot,
    StartAttempt,
    StopContainer,
    TellApp,
    VerifyOutputs,
    postpone,
    remove_entry,
    with_effects,
)
from media_jobs.retry import EVENT
from media_jobs.status import Status
from media_jobs.wire import JobEvent
from tests.media_jobs.lives import T0, completed, new_job, starting, verifying

_SEQ = count(1)


def event(*, progress_only: bool = False) -> TellApp:
    seq = next(_SEQ)
    return TellApp(
        progress_only=progress_only,
        event=JobEvent(
            type="job.event",
            event_id=f"job_1.1.{seq}",
            event_seq=seq,
            job_id="job_1",
            media_id="med_1",
            engine=new_job().engine,
            generation=1,
            attempt=1,
            status=Status.RUNNING,
            progress=0.5,
            cause="reported",
            at_ms=T0,
            ts=T0,
            nonce=f"job_1.1.{seq}",
        ),
    )


def progress() -> TellApp:
    return event(progress_only=True)


def dues(job: JobRecord) -> list[int]:
    """When each entry is due, in milliseconds after T0."""
    return [entry.due_ms - T0 for entry in job.outbox]


def test_effects_are_due_at_once_in_the_order_they_were_decided() -> None:
    job = with_effects(new_job(), (StartAttempt(attempt=1), event()), T0)
    job = with_effects(job, (event(),), T0 + 5)

    assert [entry.entry_id for entry in job.outbox] == [1, 2, 3]
    assert [entry.effect.kind for entry in job.outbox] == ["start_attempt", "tell_app", "tell_app"]
    assert dues(job) == [0, 0, 5]


def test_the_end_of_an_attempt_takes_away_what_was_still_to_be_done_for_it() -> None:
    begun = (RequestSlot(attempt=1), StartAttempt(attempt=1), VerifyOutputs(attempt=1), event())
    job = with_effects(new_job(), (ReleaseSlot(attempt=0), *begun), T0)

    job = with_effects(job, (StopContainer(attempt=1), ReleaseSlot(attempt=1)), T0)

    kinds = [entry.effect.kind for entry in job.outbox]
    assert kinds == ["release_slot", "tell_app", "stop_container", "release_slot"]


def test_newer_progress_takes_the_place_and_the_time_of_untold_progress() -> None:
    older, newer = progress(), progress()
    job = with_effects(new_job().model_copy(update={"told_ms": T0}), (older,), T0 + 100)

    job = with_effects(job, (newer,), T0 + 600)

    assert [entry.effect for entry in job.outbox] == [newer]
    assert dues(job) == [1000]


def test_a_change_of_status_takes_the_place_of_untold_progress_at_once() -> None:
    job = with_effects(new_job().model_copy(update={"told_ms": T0}), (progress(),), T0 + 100)
    change = event()

    job = with_effects(job, (change,), T0 + 200)

    assert [entry.effect for entry in job.outbox] == [change]
    assert dues(job) == [200]


def test_progress_that_follows_a_told_event_waits_for_a_second() -> None:
    job = with_effects(new_job(), (event(),), T0)
    job = remove_entry(job, job.outbox[0], T0 + 300)

    job = with_effects(job, (progress(),), T0 + 400)

    assert dues(job) == [1300]


def test_progress_that_came_while_older_progress_was_being_told_waits_for_a_second_too() -> None:
    job = with_effects(new_job(), (progress(),), T0)
    (being_told,) = job.outbox
    job = with_effects(job, (progress(),), T0 + 200)

    job = remove_entry(job, being_told, T0 + 300)

    assert len(job.outbox) == 1
    assert dues(job) == [1300]


def test_a_failed_event_holds_back_the_events_behind_it_and_nothing_else() -> None:
    job = with_effects(new_job(), (event(), event(), StartAttempt(attempt=1)), T0)

    job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 8000)

    assert dues(job) == [8000, 8000, 0]
    assert [entry.tries for entry in job.outbox] == [1, 0, 0]
    assert job.outbox[0].last_error == "app: HTTP 500"


def test_an_event_that_comes_after_a_failed_one_waits_for_it() -> None:
    job = with_effects(new_job(), (event(),), T0)
    job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 8000)

    job = with_effects(job, (event(), progress()), T0 + 10)

    assert dues(job) == [8000, 8000, 8000]


def test_newer_progress_takes_over_the_failures_of_the_progress_it_replaces() -> None:
    job = with_effects(new_job(), (progress(),), T0)
    job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 8000)

    job = with_effects(job, (progress(),), T0 + 10)

    assert dues(job) == [8000]
    assert (job.outbox[0].tries, job.outbox[0].last_error) == (1, "app: HTTP 500")


def test_a_failure_of_replaced_progress_still_holds_back_what_replaced_it() -> None:
    job = with_effects(new_job(), (progress(),), T0)
    (being_told,) = job.outbox
    job = with_effects(job, (event(),), T0 + 10)

    job = postpone(job, being_told, T0 + 20, "app: HTTP 500", 8000)

    assert dues(job) == [8020]


def test_j12_after_the_last_try_an_event_is_a_dead_letter_and_those_behind_go_on() -> None:
    job = with_effects(new_job(), (event(), event()), T0)
    for _ in range(EVENT_TRIES_MAX - 1):
        job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 8000)
    assert not job.outbox[0].dead

    job = postpone(job, job.outbox[0], T0, "app: HTTP 500", 60_000)

    assert [entry.dead for entry in job.outbox] == [True, False]
    assert dues(job)[1] == 8000
    assert with_effects(job, (event(),), T0).outbox[0].dead


def test_j12_a_dead_letter_goes_with_a_later_event_that_was_told() -> None:
    """The app takes none that is older than what it has, and a full outbox is never forgotten."""
    job = with_effects(new_job(), (event(), event(), event()), T0)
    first, second, third = job.outbox
    for entry in (first, third):
        for tries in range(EVENT_TRIES_MAX):
            tried = entry.model_copy(update={"tries": tries})
            job = postpone(job, tried, T0, "app: HTTP 500", 8000)
    assert [entry.dead for entry in job.outbox] == [True, False, True]

    job = remove_entry(job, second, T0)

    assert [entry.entry_id for entry in job.outbox] == [third.entry_id]


def test_j12_an_app_that_is_down_is_told_for_more_than_an_hour() -> None:
    waits_ms = [EVENT.delay_ms(tries, "job_1") for tries in range(1, EVENT_TRIES_MAX)]

    assert sum(waits_ms) > 9 * 3_600_000
    assert max(waits_ms) <= 15 * 60_000


@pytest.mark.parametrize("effect", [progress(), StartAttempt(attempt=1)], ids=lambda e: e.kind)
def test_neither_mere_progress_nor_a_start_ever_becomes_a_dead_letter(effect: Effect) -> None:
    job = with_effects(new_job(), (effect,), T0)
    for _ in range(EVENT_TRIES_MAX + 1):
        job = postpone(job, job.outbox[0], T0, "HTTP 500", 8000)

    assert not job.outbox[0].dead


def test_an_entry_that_is_gone_is_no_fault_when_it_is_done_or_postponed() -> None:
    gone = OutboxEntry(entry_id=9, due_ms=T0, effect=StopContainer(attempt=1))
    job = with_effects(new_job(), (event(),), T0)

    assert remove_entry(job, gone, T0) == job
    assert postpone(job, gone, T0, "late", 1000) == job


def test_a_job_survives_storage_unchanged() -> None:
    for job in (starting(), verifying(), completed()):
        stored = with_effects(job, (event(), StopContainer(attempt=1)), T0)

        text = stored.model_dump_json(exclude_none=True)

        assert JobRecord.model_validate_json(text) == stored


def test_j17_a_document_of_newer_or_older_code_is_read() -> None:
    job = with_effects(completed(), (event(),), T0)
    text = job.model_dump_json(exclude_none=True)
    newer = (
        text.replace('"version":1,', '"version":1,"colour":"blue",')
        .replace('"number":1,', '"number":1,"region":"eu",')
        .replace('"etag":"e1"', '"etag":"e1","checksum":"00"')
        .replace('"cause":"reported"', '"cause":"reported","actor":"cron"')
        .replace('"entry_id":1,', '"entry_id":1,"shard":3,')
    )
    assert newer.count("colour") + newer.count("region") + newer.count("checksum") == 3
    assert "actor" in newer
    assert "shard" in newer

    assert JobRecord.model_validate_json(newer) == job


def test_j17_the_first_release_s_document_is_read() -> None:
    text = (
        '{"job_id":"job_1","media_id":"med_1","engine":"burner-ffmpeg","generation":1,'
        '"inputs":{"video":"media/med_1/inputs/u/video"},"options":{"bilingual":true},'
        '"clocks":{"queue_ms":1,"start_ms":2,"heartbeat_ms":3,"no_progress_ms":4,"total_ms":5},'
        '"max_attempts":3,"created_ms":1,"queued_ms":1,"updated_ms":1,'
        '"attempts":[{"number":1,"token":"t","opened_ms":1}],'
        '"outbox":[{"entry_id":1,"due_ms":1,"effect":{"kind":"start_attempt","attempt":1}}]}'
    )

    job = JobRecord.model_validate_json(text)

    assert (job.status, job.attempts[0].state) == ("queued", "starting")
    assert job.outbox[0].effect == StartAttempt(attempt=1)
