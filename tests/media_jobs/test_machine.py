"""The life of a job, event by event; which attempt may move it is in test_attempts.py."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.deadlines import next_due_ms
from media_jobs.events import (
    CancelRequested,
    ClockTicked,
    Event,
    OutputsRejected,
    OutputsVerified,
    Reported,
    SlotGranted,
    StartAnswered,
    StartDeferred,
    StartRefused,
)
from media_jobs.machine import TRANSITIONS, advance
from media_jobs.record import (
    AttemptState,
    DeferSlot,
    JobRecord,
    RequestSlot,
    StopContainer,
    TellApp,
    Verdict,
    VerifyOutputs,
)
from media_jobs.status import ENDED, RANK, Status
from media_jobs.wire import JobEvent, OutputClaim
from tests.media_jobs.lives import (
    ANSWERED,
    BROKEN,
    CLOCKS,
    DEFERRED,
    DONE,
    EVENTS,
    FAILED,
    GRANTED,
    STAGES,
    SUBMITTED,
    T0,
    TICK,
    VERIFIED,
    VIDEO,
    after,
    code_of,
    failure,
    new_job,
    report,
    retrying,
    starting,
    verifying,
    waiting,
    working,
)

# What each event does to a job at each stage, at the moment it was submitted: a status it then
# has, or the word of refusal in round brackets; in square ones, the word for a report that is taken
# as a sign of life alone. Written by hand; the code is not asked.
OUTCOMES = """
stage             submitted            answered             deferred             refused
new               queued               (not_starting)       (not_starting)       (not_starting)
starting          (already_submitted)  preparing            queued               failed
waiting           (already_submitted)  (not_starting)       (not_starting)       (not_starting)
deferred          (already_submitted)  (not_starting)       (not_starting)       (not_starting)
fetching_metadata (not_while_fetching_metadata) (not_while_fetching_metadata) (not_while_fetching_metadata) (not_while_fetching_metadata)
preparing         (not_while_preparing) (not_while_preparing) (not_while_preparing) (not_while_preparing)
running           (not_while_running)  (not_while_running)  (not_while_running)  (not_while_running)
uploading         (not_while_uploading) (not_while_uploading) (not_while_uploading) (not_while_uploading)
verifying         (not_while_uploading) (not_while_uploading) (not_while_uploading) (not_while_uploading)
retrying          (already_submitted)  (not_starting)       (not_starting)       (not_starting)
completed         (already_completed)  (already_completed)  (already_completed)  (already_completed)
failed            (already_failed)     (already_failed)     (already_failed)     (already_failed)
canceled          (already_canceled)   (already_canceled)   (already_canceled)   (already_canceled)

stage             fetching             preparing            running              uploading
new               (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)
starting          fetching_metadata    preparing            running              uploading
waiting           fetching_metadata    preparing            running              uploading
deferred          fetching_metadata    preparing            running              uploading
fetching_metadata fetching_metadata    preparing            running              uploading
preparing         [status_regressed]   preparing            running              uploading
running           [status_regressed]   [status_regressed]   running              uploading
uploading         [status_regressed]   [status_regressed]   [status_regressed]   uploading
verifying         (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)
retrying          (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)
completed         (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)
failed            (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)
canceled          (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (attempt_fenced)

stage             done                 failed               broken               cancel
new               (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     canceled
starting          uploading            queued               failed               canceled
waiting           uploading            queued               failed               canceled
deferred          uploading            queued               failed               canceled
fetching_metadata uploading            queued               failed               canceled
preparing         uploading            queued               failed               canceled
running           uploading            queued               failed               canceled
uploading         uploading            queued               failed               canceled
verifying         (already_done)       (already_done)       (already_done)       canceled
retrying          (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     canceled
completed         (already_completed)  (already_completed)  (already_completed)  (already_completed)
failed            (already_failed)     (already_failed)     (already_failed)     (already_failed)
canceled          (attempt_fenced)     (attempt_fenced)     (attempt_fenced)     (already_canceled)

stage             verified             rejected             tick                 granted
new               (not_while_queued)   (not_while_queued)   (nothing_due)      (not_waiting)
starting          (not_while_queued)   (not_while_queued)   (nothing_due)      (not_waiting)
waiting           (not_while_queued)   (not_while_queued)   (nothing_due)      queued
deferred          (not_while_queued)   (not_while_queued)   (nothing_due)      queued
fetching_metadata (not_while_fetching_metadata) (not_while_fetching_metadata) (nothing_due) (not_while_fetching_metadata)
preparing         (not_while_preparing) (not_while_preparing) (nothing_due)    (not_while_preparing)
running           (not_while_running)  (not_while_running)  (nothing_due)      (not_while_running)
uploading         (not_verifying)      (not_verifying)      (nothing_due)      (not_while_uploading)
verifying         completed            queued               (nothing_due)      (not_while_uploading)
retrying          (not_while_queued)   (not_while_queued)   (nothing_due)      (not_waiting)
completed         (already_completed)  (already_completed)  (already_completed) (already_completed)
failed            (already_failed)     (already_failed)     (already_failed)   (already_failed)
canceled          (already_canceled)   (already_canceled)   (already_canceled) (already_canceled)
"""  # noqa: E501 - a table.


def _outcomes(stage: str) -> dict[str, str]:
    """Return what each event does to a job at this stage."""
    outcomes: dict[str, str] = {}
    for block in OUTCOMES.strip().split("\n\n"):
        head, *rows = [line.split() for line in block.splitlines()]
        for name, *cells in rows:
            if name == stage:
                outcomes.update(zip(head[1:], cells, strict=True))
    return outcomes


@pytest.mark.parametrize("stage", STAGES)
def test_each_event_does_to_each_stage_what_the_table_of_outcomes_says(stage: str) -> None:
    job, outcomes = STAGES[stage], _outcomes(stage)
    before = job.model_dump_json()

    for event, expected in outcomes.items():
        decision = advance(job, EVENTS[event], T0)

        if expected.startswith("("):
            assert decision.refused == expected.strip("()"), event
            assert decision.job is job, event
            assert decision.effects == (), event
        elif expected.startswith("["):
            assert (decision.refused, decision.ignored) == (None, expected.strip("[]")), event
            assert decision.job.status == job.status, event
            assert decision.job.event_seq == job.event_seq, event
        else:
            assert (decision.refused, decision.job.status) == (None, expected), event
        assert job.model_dump_json() == before, event
    assert outcomes.keys() == EVENTS.keys()


def test_every_event_has_a_row_of_transitions_and_the_ends_have_none() -> None:
    assert set(TRANSITIONS) == set(get_args(Event))
    for row in TRANSITIONS.values():
        assert not ENDED & set(row)


_NUMBERS = st.integers(min_value=1, max_value=3)
_ANY_EVENT: st.SearchStrategy[Event] = st.one_of(
    st.builds(StartAnswered, attempt=_NUMBERS),
    st.builds(SlotGranted, attempt=_NUMBERS),
    st.builds(StartDeferred, attempt=_NUMBERS, wait_ms=st.integers(1_000, 60_000)),
    st.builds(StartRefused, attempt=_NUMBERS, error=st.builds(failure, retryable=st.booleans())),
    st.builds(
        Reported,
        attempt=_NUMBERS,
        status=st.sampled_from(Status),
        progress=st.none() | st.floats(min_value=0, max_value=1),
        phase=st.none() | st.sampled_from(["a", "b"]),
    ),
    st.builds(OutputsVerified, attempt=_NUMBERS, outputs=st.just({"video": VIDEO})),
    st.builds(OutputsRejected, attempt=_NUMBERS, error=st.just(failure())),
    st.just(TICK),
    st.builds(CancelRequested, reason=st.just("user")),
)
_STEPS = st.lists(st.tuples(_ANY_EVENT, st.integers(min_value=0, max_value=200_000)), max_size=25)


@settings(max_examples=60)
@given(_STEPS)
def test_whatever_happens_the_end_absorbs_and_progress_never_falls_within_an_attempt(
    steps: list[tuple[Event, int]],
) -> None:
    job, now_ms = starting(), T0
    for event, wait_ms in steps:
        now_ms += wait_ms
        before, decision = job, advance(job, event, now_ms)
        job = decision.job
        if decision.refused is not None:
            assert job is before
        if before.ended:
            assert decision.refused is not None
        if len(job.attempts) == len(before.attempts) and not job.ended and not job.retry_at_ms:
            assert job.progress >= before.progress
            assert RANK[job.status] >= RANK[before.status]
        assert job.ended or next_due_ms(job) is not None
        assert 0 <= job.event_seq - before.event_seq <= 1
        assert len(job.attempts) <= job.max_attempts


@settings(max_examples=60)
@given(_STEPS)
def test_whatever_happens_ticks_alone_bring_every_job_to_an_end_in_bounded_time(
    steps: list[tuple[Event, int]],
) -> None:
    job, now_ms = starting(), T0
    for event, wait_ms in steps:
        now_ms += wait_ms
        job = advance(job, event, now_ms).job

    ticks = 0
    while not job.ended:
        due_ms = next_due_ms(job)
        assert due_ms is not None
        now_ms, ticks = max(now_ms, due_ms), ticks + 1
        job = advance(job, ClockTicked(token=f"token-{ticks}"), now_ms).job
        assert ticks < 10


# --- starting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "event", "effects"),
    [
        ("new", "submitted", ["request_slot", "tell_app"]),
        ("waiting", "granted", ["start_attempt"]),
        ("starting", "deferred", ["defer_slot"]),
        ("running", "done", ["tell_app", "verify_outputs"]),
        ("verifying", "verified", ["release_slot", "tell_app"]),
        # A container is told to stop if it may still be at work, and not otherwise.
        ("starting", "cancel", ["stop_container", "release_slot", "tell_app"]),
        ("running", "cancel", ["stop_container", "release_slot", "tell_app"]),
        ("running", "failed", ["release_slot", "tell_app"]),
        ("waiting", "cancel", ["release_slot", "tell_app"]),
        ("retrying", "cancel", ["tell_app"]),
    ],
)
def test_what_follows_from_an_event_is_to_be_done_in_this_order(
    stage: str, event: str, effects: list[str]
) -> None:
    decision = advance(STAGES[stage], EVENTS[event], T0)

    assert [effect.kind for effect in decision.effects] == effects


@pytest.mark.parametrize(
    ("events", "drops"),
    [
        ((DONE, VERIFIED), 1),
        ((BROKEN,), 1),
        ((CancelRequested(reason="user"),), 1),
        ((FAILED,), 0),
        ((report(Status.RUNNING, 0.5),), 0),
    ],
    ids=["completed", "failed", "canceled", "to be retried", "running"],
)
def test_what_attempts_have_kept_is_dropped_when_no_other_will_go_on_from_it(
    events: tuple[Event, ...], drops: int
) -> None:
    effects: list[str] = []
    for engine in ("asr-pipeline", "burner-ffmpeg"):
        job = after(new_job(engine), SUBMITTED, GRANTED, ANSWERED)
        for event in events:
            decision = advance(job, event, T0)
            job = decision.job
            effects += [effect.kind for effect in decision.effects]

    # The burner keeps nothing.
    assert effects.count("drop_checkpoint") == drops


def test_a_granted_slot_starts_the_attempt_s_clock() -> None:
    job = after(waiting(), GRANTED, now_ms=T0 + 90_000)

    assert job.attempts[0].state is AttemptState.STARTING
    assert next_due_ms(job) == T0 + 90_000 + CLOCKS.start_ms


def test_a_downloader_that_has_answered_fetches_metadata_and_may_say_so() -> None:
    job = after(new_job("media-downloader"), SUBMITTED, GRANTED, ANSWERED)
    assert job.status == "fetching_metadata"

    reported = after(job, report(Status.FETCHING_METADATA, 0.0), now_ms=T0 + 9_000)

    assert reported.attempts[0].heartbeat_ms == T0 + 9_000


def test_a_report_is_as_good_as_an_answer_to_the_start_call() -> None:
    job = after(starting(), report(Status.QUEUED))

    assert (job.status, job.attempts[0].state) == ("queued", "working")
    assert job.attempts[0].started_ms == T0


def test_an_unanswered_start_is_given_up_after_its_time() -> None:
    job = starting()

    assert next_due_ms(job) == T0 + CLOCKS.start_ms
    decision = advance(job, TICK, T0 + CLOCKS.start_ms)

    assert code_of(decision.job) == "container_unreachable"
    assert decision.effects[0] == StopContainer(attempt=1)
    assert (decision.job.status, decision.job.phase) == ("queued", "retrying")


def test_a_full_container_uses_up_no_attempt_and_has_the_queue_s_time() -> None:
    decision = advance(starting(), DEFERRED, T0 + 500_000)
    job = decision.job

    assert decision.effects == (DeferSlot(attempt=1, wait_ms=5_000),)
    assert len(job.attempts) == 1
    assert next_due_ms(job) == T0 + CLOCKS.queue_ms
    over = advance(job, TICK, T0 + CLOCKS.queue_ms)
    assert code_of(over.job) == "queue_timeout"
    assert [effect.kind for effect in over.effects] == ["release_slot", "tell_app"]


def test_a_refused_start_that_may_be_repeated_is_retried() -> None:
    again = StartRefused(attempt=1, error=failure("container_busy", retryable=True))

    job = after(starting(), again)

    assert (job.status, job.phase) == ("queued", "retrying")
    assert job.attempts[0].verdict is Verdict.FAILED


# --- retries ------------------------------------------------------------------------------------


def test_a_failed_attempt_is_followed_by_another_with_its_own_token_after_a_pause() -> None:
    job = retrying()
    assert job.retry_at_ms is not None
    # The first of the pauses is 5 s, less up to a quarter.
    assert T0 + 3_750 <= job.retry_at_ms <= T0 + 5_000
    assert next_due_ms(job) == job.retry_at_ms

    decision = advance(job, TICK, job.retry_at_ms)

    assert decision.effects[0] == RequestSlot(attempt=2)
    assert [a.token for a in decision.job.attempts] == ["token-1", "token-2"]
    assert (decision.job.progress, decision.job.retry_at_ms) == (0.0, None)
    assert decision.job.queued_ms == job.retry_at_ms


def test_a_container_that_cancels_by_itself_has_failed_its_attempt() -> None:
    job = after(working(Status.RUNNING), report(Status.CANCELED))

    assert job.status == "queued"
    assert code_of(job) == "container_canceled"


def test_success_clears_the_error_of_an_earlier_attempt() -> None:
    job = retrying()
    assert job.retry_at_ms is not None
    end: list[Event] = [
        TICK,
        Reported(attempt=2, status=Status.COMPLETED),
        OutputsVerified(attempt=2, outputs={"video": VIDEO}),
    ]

    job = after(job, *end, now_ms=job.retry_at_ms)

    assert (job.status, job.error, job.progress) == ("completed", None, 1.0)


# --- progress ------------------------------------------------------------------------------------


def test_j5_progress_and_status_of_one_attempt_do_not_go_back() -> None:
    job = working(Status.RUNNING, 0.5)

    assert advance(job, report(Status.RUNNING, 0.49), T0).ignored == "progress_regressed"
    assert advance(job, report(Status.QUEUED, 0.9), T0).ignored == "status_regressed"
    for late in (report(Status.RUNNING, 0.49), report(Status.QUEUED, 0.9)):
        heard = after(job, late, now_ms=T0 + 9_000)
        assert (heard.status, heard.progress, heard.phase) == (job.status, 0.5, job.phase)
        assert (heard.attempts[-1].heartbeat_ms, heard.attempts[-1].progress_ms) == (T0 + 9_000, T0)
    later = after(job, report(Status.UPLOADING, 0.1))
    assert (later.status, later.progress) == ("uploading", 0.5)


# --- what the app is told -----------------------------------------------------------------------


def told(job: JobRecord, event: Event, now_ms: int = T0) -> tuple[JobEvent, bool]:
    (effect,) = [e for e in advance(job, event, now_ms).effects if isinstance(e, TellApp)]
    return effect.event, effect.progress_only


def test_each_event_of_a_job_has_the_next_number_and_an_id_that_stays() -> None:
    event, progress_only = told(starting(), ANSWERED, T0 + 5)

    assert (event.event_seq, event.event_id) == (2, "job_1.1.2")
    assert (event.status, event.attempt, event.at_ms) == ("preparing", 1, T0 + 5)
    assert not progress_only


def test_mere_progress_may_give_way_and_a_change_of_status_may_not() -> None:
    job = working(Status.RUNNING, 0.5)

    assert told(job, report(Status.RUNNING, 0.6))[1]
    assert not told(job, report(Status.UPLOADING, 0.6))[1]
    assert not told(job, DONE)[1]
    assert not told(job, FAILED)[1]


def test_the_end_carries_the_outputs_and_a_failure_its_error() -> None:
    assert told(verifying(), VERIFIED)[0].outputs == {"video": VIDEO}
    assert told(starting(), BROKEN)[0].error == failure("input", retryable=False)


def test_a_completion_is_verified_before_it_is_one() -> None:
    claims = {"video": OutputClaim(size_bytes=1000)}
    done = Reported(attempt=1, status=Status.COMPLETED, claims=claims)

    decision = advance(working(Status.RUNNING), done, T0)

    assert (decision.job.status, decision.job.phase) == ("uploading", "verifying")
    assert decision.effects[-1] == VerifyOutputs(attempt=1)
    assert decision.job.attempts[0].claims == claims


def test_the_token_of_an_attempt_is_in_no_event_and_no_representation() -> None:
    job = starting()

    for effect in advance(new_job(), SUBMITTED, T0).effects:
        assert "token-1" not in effect.model_dump_json()
    assert "token-1" not in repr(job)
