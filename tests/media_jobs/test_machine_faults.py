"""The faults that concern the machine alone, each by its number in docs/conformance.md."""

from media_jobs.events import (
    Event,
    Reported,
)
from media_jobs.machine import advance
from media_jobs.record import (
    StopContainer,
    Verdict,
)
from media_jobs.status import Status
from tests.media_jobs.lives import (
    ANSWERED,
    CANCEL,
    CLOCKS,
    DEFERRED,
    DONE,
    FAILED,
    REFUSED,
    REJECTED,
    T0,
    TICK,
    VERIFIED,
    after,
    report,
    working,
)


def test_j5_progress_and_status_of_one_attempt_do_not_go_back() -> None:
    job = working(Status.RUNNING, 0.5)

    assert advance(job, report(Status.RUNNING, 0.49), T0).refused == "progress_regressed"
    assert advance(job, report(Status.PREPARING, 0.9), T0).refused == "status_regressed"
    assert advance(job, report(Status.QUEUED, 0.9), T0).refused == "status_regressed"


def test_a_later_status_with_less_progress_keeps_the_progress() -> None:
    job = after(working(Status.RUNNING, 0.9), report(Status.UPLOADING, 0.1))

    assert (job.status, job.progress) == ("uploading", 0.9)


def test_j6_a_silent_container_loses_its_lease_and_is_told_to_stop() -> None:
    job = working(Status.RUNNING)
    last_ms = T0 + CLOCKS.heartbeat_ms

    asked = advance(job, TICK, last_ms - 1)
    assert [effect.kind for effect in asked.effects] == ["ask_container"]
    assert advance(asked.job, TICK, last_ms - 1).refused == "nothing_due"
    decision = advance(job, TICK, last_ms)

    assert decision.job.status == "queued"
    assert decision.job.error is not None
    assert decision.job.error.code == "lease_expired"
    assert decision.effects[0] == StopContainer(attempt=1)
    assert decision.job.attempts[0].verdict is Verdict.GIVEN_UP


def test_j6_after_the_last_attempt_the_job_fails_with_the_reason() -> None:
    job, now_ms = working(Status.RUNNING), T0 + CLOCKS.heartbeat_ms
    job = after(job, TICK, now_ms=now_ms)
    assert job.retry_at_ms is not None
    now_ms = job.retry_at_ms
    job = after(job, TICK, Reported(attempt=2, status=Status.RUNNING), now_ms=now_ms)

    job = after(job, TICK, now_ms=now_ms + CLOCKS.heartbeat_ms)

    assert (job.status, job.finished_ms) == ("failed", now_ms + CLOCKS.heartbeat_ms)
    assert job.error is not None
    assert job.error.code == "lease_expired"
    assert len(job.attempts) == 2


def test_j8_a_canceled_job_is_not_resurrected_and_its_container_is_stopped_and_fenced() -> None:
    decision = advance(working(Status.RUNNING), CANCEL, T0)

    assert decision.effects[0] == StopContainer(attempt=1)
    assert advance(decision.job, DONE, T0).refused == "attempt_fenced"
    assert advance(decision.job, VERIFIED, T0).refused == "already_canceled"


def test_j14_a_given_up_attempt_is_fenced_out_while_its_successor_works() -> None:
    job = after(working(Status.RUNNING), TICK, now_ms=T0 + CLOCKS.heartbeat_ms)
    assert job.retry_at_ms is not None
    job = after(job, TICK, now_ms=job.retry_at_ms)
    job = after(job, Reported(attempt=2, status=Status.RUNNING, progress=0.2))

    for late in (DONE, FAILED, report(Status.RUNNING, 0.9), report(Status.UPLOADING)):
        assert advance(job, late, T0).refused == "attempt_fenced"
    other: list[Event] = [ANSWERED, DEFERRED, REFUSED, VERIFIED, REJECTED]
    for event in other:
        assert advance(job, event, T0).job is job


def test_a_container_that_reported_its_own_failure_is_not_told_to_stop() -> None:
    decision = advance(working(Status.RUNNING), FAILED, T0)

    assert [effect.kind for effect in decision.effects] == ["release_slot", "tell_app"]
    assert decision.job.attempts[0].verdict is Verdict.FAILED
