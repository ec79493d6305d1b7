"""The faults that concern the machine alone, each by its number in docs/conformance.md."""

import pytest

from media_jobs.events import (
    Event,
    OutputsVerified,
    Reported,
)
from media_jobs.machine import advance
from media_jobs.record import (
    JobRecord,
    StopContainer,
    Verdict,
)
from media_jobs.status import Status
from tests.media_jobs.lives import (
    ANSWERED,
    BROKEN,
    CANCEL,
    CLOCKS,
    DEFERRED,
    DONE,
    EVENTS,
    FAILED,
    REFUSED,
    REJECTED,
    T0,
    TICK,
    VERIFIED,
    VIDEO,
    after,
    canceled,
    completed,
    failed,
    failure,
    report,
    starting,
    verifying,
    working,
)


def test_j1_an_answer_to_the_start_call_does_not_undo_a_completion_that_overtook_it() -> None:
    job = after(starting(), DONE)

    late = advance(job, ANSWERED, T0)

    assert late.refused == "not_while_uploading"
    assert late.job is job
    assert after(late.job, VERIFIED).status == "completed"


def test_j1_nor_does_a_refused_or_deferred_start() -> None:
    job = after(starting(), report(Status.RUNNING, 0.1))

    assert advance(job, REFUSED, T0).job is job
    assert advance(job, DEFERRED, T0).job is job


@pytest.mark.parametrize("end", [completed(), failed(), canceled()], ids=lambda job: job.status)
def test_j5_nothing_follows_an_end(end: JobRecord) -> None:
    for event in EVENTS.values():
        decision = advance(end, event, T0 + 10**9)
        assert decision.refused is not None
        assert decision.job is end


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


def test_canceling_while_the_outputs_are_verified_wins() -> None:
    job = after(verifying(), CANCEL)

    assert advance(job, VERIFIED, T0).job is job


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


def test_j14_a_given_up_attempt_is_fenced_out_after_the_end_as_well() -> None:
    job = after(working(Status.RUNNING), TICK, now_ms=T0 + CLOCKS.heartbeat_ms)
    assert job.retry_at_ms is not None
    second: list[Event] = [
        TICK,
        Reported(attempt=2, status=Status.COMPLETED),
        OutputsVerified(attempt=2, outputs={"video": VIDEO}),
    ]
    job = after(job, *second, now_ms=job.retry_at_ms)

    assert advance(job, DONE, T0).refused == "attempt_fenced"


@pytest.mark.parametrize("end", [verifying(), completed()], ids=["verifying", "completed"])
def test_j14_an_attempt_begun_anew_after_its_end_is_fenced_out_before_it_uploads(
    end: JobRecord,
) -> None:
    for work in (report(Status.PREPARING), report(Status.RUNNING, 0.1), report(Status.UPLOADING)):
        decision = advance(end, work, T0)

        assert decision.refused == "attempt_fenced"
        assert decision.job is end


@pytest.mark.parametrize("end", [verifying(), completed()], ids=["verifying", "completed"])
def test_j19_a_termination_after_success_does_not_turn_it_into_failure(end: JobRecord) -> None:
    interrupted = Reported(attempt=1, status=Status.FAILED, error=failure("interrupted"))

    decision = advance(end, interrupted, T0)

    assert decision.refused in ("already_done", "already_completed")
    assert decision.job is end


def test_j20_a_permanent_error_ends_the_job_at_its_first_attempt() -> None:
    job = after(starting(), BROKEN)

    assert (job.status, len(job.attempts)) == ("failed", 1)
    assert job.error == failure("input", retryable=False)


def test_a_container_that_reported_its_own_failure_is_not_told_to_stop() -> None:
    decision = advance(working(Status.RUNNING), FAILED, T0)

    assert [effect.kind for effect in decision.effects] == ["release_slot", "tell_app"]
    assert decision.job.attempts[0].verdict is Verdict.FAILED
