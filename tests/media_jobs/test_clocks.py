"""The clocks of an attempt: silence, standstill, its whole time."""

from media_jobs.deadlines import next_due_ms
from media_jobs.events import (
    Reported,
)
from media_jobs.machine import advance
from media_jobs.record import (
    StopContainer,
    Verdict,
    with_effects,
)
from media_jobs.status import Status
from tests.media_jobs.lives import (
    CANCEL,
    CLOCKS,
    T0,
    TICK,
    VERIFIED,
    after,
    canceled,
    code_of,
    completed,
    failed,
    report,
    retrying,
    verifying,
    working,
)


def test_a_heartbeat_renews_the_lease_but_not_the_clock_of_progress() -> None:
    job = working(Status.RUNNING, 0.5)

    beat = after(job, report(Status.RUNNING, 0.5), now_ms=T0 + 20_000)

    assert beat.attempts[0].heartbeat_ms == T0 + 20_000
    assert beat.attempts[0].progress_ms == T0
    assert beat.event_seq == job.event_seq


def test_reports_that_bring_nothing_new_end_in_no_progress() -> None:
    job = working(Status.RUNNING, 0.5)
    for second in range(20, 121, 20):
        job = after(job, report(Status.RUNNING, 0.5), now_ms=T0 + second * 1000)

    over = after(job, TICK, now_ms=T0 + CLOCKS.no_progress_ms)

    assert code_of(over) == "no_progress"


def test_honest_work_ends_only_with_the_whole_attempt_s_time() -> None:
    job, now_ms = working(Status.RUNNING, 0.0), T0
    for percent in range(1, 46):
        now_ms = T0 + percent * 20_000
        job = after(job, report(Status.RUNNING, percent / 100), now_ms=now_ms)
    assert now_ms == T0 + CLOCKS.total_ms

    over = after(job, TICK, now_ms=now_ms)

    assert code_of(over) == "attempt_timeout"


def test_j6_a_silent_container_is_asked_once_and_then_loses_its_lease_and_is_told_to_stop() -> None:
    job = working(Status.RUNNING)
    ask_ms = T0 + 20_000  # Two thirds of the lease of 30 s.
    assert next_due_ms(job) == ask_ms
    assert advance(job, TICK, ask_ms - 1).refused == "nothing_due"

    asked = advance(job, TICK, ask_ms)
    assert [effect.kind for effect in asked.effects] == ["ask_container"]
    assert asked.job.event_seq == job.event_seq
    assert advance(asked.job, TICK, ask_ms + 1).refused == "nothing_due"
    assert next_due_ms(asked.job) == T0 + CLOCKS.heartbeat_ms

    given_up = advance(asked.job, TICK, T0 + CLOCKS.heartbeat_ms)
    assert (given_up.job.status, code_of(given_up.job)) == ("queued", "lease_expired")
    assert given_up.effects[0] == StopContainer(attempt=1)
    assert given_up.job.attempts[0].verdict is Verdict.GIVEN_UP


def test_a_container_is_asked_before_its_lease_ends_also_where_the_clock_rings_late() -> None:
    """The orchestrator was away: whether the container was silent, it can't know."""
    job, late_ms = working(Status.RUNNING), T0 + 3 * CLOCKS.heartbeat_ms

    asked = advance(job, TICK, late_ms)

    assert [effect.kind for effect in asked.effects] == ["ask_container"]
    assert next_due_ms(asked.job) == late_ms + CLOCKS.heartbeat_ms // 3
    answered = after(asked.job, report(Status.RUNNING, 0.5), now_ms=late_ms + 1000)
    assert (answered.status, len(answered.attempts)) == ("running", 1)
    silent = after(asked.job, TICK, now_ms=late_ms + CLOCKS.heartbeat_ms // 3)
    assert code_of(silent) == "lease_expired"


def test_an_answer_in_time_renews_the_lease_and_the_next_silence_brings_the_next_question() -> None:
    asked = after(working(Status.RUNNING, 0.5), TICK, now_ms=T0 + 20_000)

    answered = after(asked, report(Status.RUNNING, 0.5), now_ms=T0 + 20_000)

    assert next_due_ms(answered) == T0 + 40_000
    again = advance(answered, TICK, T0 + 40_000)
    assert [effect.kind for effect in again.effects] == ["ask_container"]


def test_j6_after_the_last_attempt_the_job_fails_with_the_reason() -> None:
    asked_ms, lease_ms = CLOCKS.heartbeat_ms * 2 // 3, CLOCKS.heartbeat_ms
    job = after(working(Status.RUNNING), TICK, now_ms=T0 + asked_ms)
    job = after(job, TICK, now_ms=T0 + lease_ms)
    assert job.retry_at_ms is not None
    now_ms = job.retry_at_ms
    job = after(job, TICK, Reported(attempt=2, status=Status.RUNNING), now_ms=now_ms)

    job = after(job, TICK, now_ms=now_ms + asked_ms)
    job = after(job, TICK, now_ms=now_ms + lease_ms)

    assert (job.status, job.finished_ms) == ("failed", now_ms + lease_ms)
    assert code_of(job) == "lease_expired"
    assert len(job.attempts) == 2


def test_verification_has_no_lease_but_an_end() -> None:
    assert next_due_ms(verifying()) == T0 + CLOCKS.total_ms


def test_an_ended_job_waits_for_nothing_but_its_outbox() -> None:
    for ended in (completed(), failed(), canceled(), after(retrying(), CANCEL)):
        assert next_due_ms(ended) is None

    decision = advance(verifying(), VERIFIED, T0)
    assert next_due_ms(with_effects(decision.job, decision.effects, T0 + 7)) == T0 + 7
