"""The life of a job. Everything that decides what a job does next is in this file; when its clocks
end is in `deadlines`.

A job is *queued*, is worked on in one attempt at a time (*fetching_metadata*, *preparing*,
*running*, *uploading*, in this order, each may be left out) and ends once (*completed*, *failed*,
*canceled*). Two rules:

1.  `TRANSITIONS` says, for each event and each status of the job, which statuses may follow, and
    `ATTEMPTS` the same of the states of its current attempt, the only one that moves its job. What
    either does not list is refused; the ends of a job are listed nowhere, so nothing follows them.
2.  A refused event changes nothing, not even a clock.

An attempt is *waiting* until the dispatcher has a slot for it, *starting* until its container has
answered or reported, then *working*; when it reports that it is done, it is *verifying* until its
outputs were found in the bucket; then it has *ended*, and its slot is given back. Reports may
overtake the answer to the start call, and even the grant: the answer then finds an attempt that
already works, and changes nothing.

No I/O, no clock, no randomness: the time is an argument, tokens come inside the events.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from media_jobs.changed import changed
from media_jobs.deadlines import ask_ms, deadlines, timeout
from media_jobs.engines import ENGINES
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
    Submitted,
)
from media_jobs.record import (
    AbortUpload,
    AskContainer,
    Attempt,
    AttemptState,
    DeferSlot,
    DropCheckpoint,
    DropHelpers,
    Effect,
    JobRecord,
    ReleaseSlot,
    RequestSlot,
    StartAttempt,
    StopContainer,
    TellApp,
    TellLeader,
    Verdict,
    VerifyOutputs,
)
from media_jobs.retry import ATTEMPT
from media_jobs.status import ENDED, RANK, Status
from media_jobs.wire import ErrorReport, JobEvent

__all__ = ["ATTEMPTS", "TRANSITIONS", "Decision", "advance"]


_WORKING = (Status.FETCHING_METADATA, Status.PREPARING, Status.RUNNING, Status.UPLOADING)
_OPEN = (Status.QUEUED, *_WORKING)
_AGAIN = frozenset({Status.QUEUED, Status.FAILED})


def _reports(status: Status) -> frozenset[Status]:
    onward = {later for later in _WORKING if RANK[later] >= RANK[status]}
    return frozenset({status, *onward} | _AGAIN)


TRANSITIONS: dict[type[Event], dict[Status, frozenset[Status]]] = {
    Submitted: {Status.QUEUED: frozenset({Status.QUEUED})},
    SlotGranted: {Status.QUEUED: frozenset({Status.QUEUED})},
    StartAnswered: {Status.QUEUED: frozenset({Status.FETCHING_METADATA, Status.PREPARING})},
    StartDeferred: {Status.QUEUED: frozenset({Status.QUEUED})},
    StartRefused: {Status.QUEUED: _AGAIN},
    Reported: {status: _reports(status) for status in _OPEN},
    OutputsVerified: {Status.UPLOADING: frozenset({Status.COMPLETED})},
    OutputsRejected: {Status.UPLOADING: _AGAIN},
    CancelRequested: dict.fromkeys(_OPEN, frozenset({Status.CANCELED})),
    ClockTicked: {status: frozenset({status}) | _AGAIN for status in _OPEN},
}

_WAITING = frozenset({AttemptState.WAITING})
_ENDED = frozenset({AttemptState.ENDED})
_REPORTED = frozenset({AttemptState.WORKING, AttemptState.VERIFYING, AttemptState.ENDED})

ATTEMPTS: dict[type[Event], dict[AttemptState | None, frozenset[AttemptState | None]]] = {
    Submitted: {None: _WAITING, AttemptState.ENDED: _WAITING},
    SlotGranted: {AttemptState.WAITING: frozenset({AttemptState.STARTING})},
    StartAnswered: {AttemptState.STARTING: frozenset({AttemptState.WORKING})},
    StartDeferred: {AttemptState.STARTING: _WAITING},
    StartRefused: {AttemptState.STARTING: _ENDED},
    Reported: {
        AttemptState.WAITING: _REPORTED,
        AttemptState.STARTING: _REPORTED,
        AttemptState.WORKING: _REPORTED,
    },
    OutputsVerified: {AttemptState.VERIFYING: _ENDED},
    OutputsRejected: {AttemptState.VERIFYING: _ENDED},
    CancelRequested: {None: frozenset({None}), **dict.fromkeys(AttemptState, _ENDED)},
    ClockTicked: {
        AttemptState.WAITING: _ENDED,
        AttemptState.STARTING: _ENDED,
        AttemptState.WORKING: frozenset({AttemptState.WORKING, AttemptState.ENDED}),
        AttemptState.VERIFYING: _ENDED,
        AttemptState.ENDED: _WAITING,
    },
}
"""None: the job has no attempt yet. From *ended*, the event has opened the next attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The job after an event, what must be done, and why the event was refused if it was.

    *ignored*: why a report was taken as a sign of life alone.
    """

    job: JobRecord
    effects: tuple[Effect, ...] = ()
    refused: str | None = None
    ignored: str | None = None


def advance(job: JobRecord, event: Event, now_ms: int) -> Decision:
    """Apply *event*; a refused one leaves *job* as it is and says why in one word."""
    statuses = TRANSITIONS[type(event)].get(job.status)
    if statuses is None:
        return _refused(job, _why_not_job(job, event))
    states = ATTEMPTS[type(event)].get(_state(job))
    if states is None or not _is_of_current(job, event):
        return _refused(job, _why_not_attempt(job, event))
    decision = _HANDLERS[type(event)](job, event, now_ms)
    if decision.refused is None:
        assert decision.job.status in statuses
        assert _state(decision.job) in states
    return decision


# --- one handler per event --------------------------------------------------------------------


def _on_submitted(job: JobRecord, event: Submitted, now_ms: int) -> Decision:
    if job.tries:
        return _refused(job, "already_submitted")
    return _open_attempt(job, event.token, now_ms, "submitted")


def _on_slot_granted(job: JobRecord, event: SlotGranted, now_ms: int) -> Decision:
    attempt = _current(job)
    starting = changed(
        attempt,
        state=AttemptState.STARTING,
        opened_ms=now_ms,
        host=event.host,
        first_host=attempt.first_host or event.host,
    )
    return Decision(
        job=_with_attempt(job, starting), effects=(StartAttempt(attempt=attempt.number),)
    )


def _on_start_answered(job: JobRecord, event: StartAnswered, now_ms: int) -> Decision:
    attempts = _with(job, _touch(_current(job), now_ms, moved=True))
    first = ENGINES[job.engine].first_status
    return _moved(job, first, None, job.progress, now_ms, "started", attempts=attempts)


def _on_start_deferred(job: JobRecord, event: StartDeferred, now_ms: int) -> Decision:
    attempt = _current(job)
    waiting = changed(attempt, state=AttemptState.WAITING)
    deferral = DeferSlot(
        attempt=attempt.number, wait_ms=event.wait_ms, host=attempt.host, failed=event.failed
    )
    return Decision(job=_with_attempt(job, waiting), effects=(deferral,))


def _on_start_refused(job: JobRecord, event: StartRefused, now_ms: int) -> Decision:
    return _end_attempt(job, event.error, now_ms, Verdict.FAILED)


def _on_reported(job: JobRecord, event: Reported, now_ms: int) -> Decision:
    attempt = _current(job)
    if event.status is Status.COMPLETED:
        return _claimed(job, attempt, event, now_ms)
    if event.status in (Status.FAILED, Status.CANCELED):
        error = event.error or ErrorReport(
            code=f"container_{event.status}", message=f"The container reported {event.status}."
        )
        return _end_attempt(job, error, now_ms, Verdict.FAILED)
    return _progressed(job, attempt, event, now_ms)


def _progressed(job: JobRecord, attempt: Attempt, event: Reported, now_ms: int) -> Decision:
    """Take a report of unfinished work; neither status nor, within one, progress may go back.

    Who says what goes back is alive all the same.
    """
    progress = job.progress if event.progress is None else event.progress
    if RANK[event.status] < RANK[job.status]:
        return _alive(job, attempt, now_ms, "status_regressed")
    forward = RANK[event.status] > RANK[job.status]
    if progress < job.progress and not forward:
        return _alive(job, attempt, now_ms, "progress_regressed")
    progress = max(progress, job.progress)
    phase = event.phase if event.phase is not None or forward else job.phase
    moved = forward or progress > job.progress or phase != job.phase
    if event.mute:
        attempt = changed(attempt, mute_ms=now_ms)
    attempts = _with(job, _touch(attempt, now_ms, moved=moved))
    if not moved:
        return Decision(job=changed(job, attempts=attempts, updated_ms=now_ms))
    return _moved(job, event.status, phase, progress, now_ms, "reported", attempts=attempts)


def _alive(job: JobRecord, attempt: Attempt, now_ms: int, reason: str) -> Decision:
    attempts = _with(job, _touch(attempt, now_ms, moved=False))
    return Decision(job=changed(job, attempts=attempts, updated_ms=now_ms), ignored=reason)


def _claimed(job: JobRecord, attempt: Attempt, event: Reported, now_ms: int) -> Decision:
    verifying = changed(
        _touch(attempt, now_ms, moved=True),
        state=AttemptState.VERIFYING,
        claims=event.claims or {},
        evidence=event.evidence,
    )
    attempts = _with(job, verifying)
    after = _moved(
        job, Status.UPLOADING, "verifying", job.progress, now_ms, "done", attempts=attempts
    )
    return Decision(job=after.job, effects=(*after.effects, VerifyOutputs(attempt=attempt.number)))


def _on_outputs_verified(job: JobRecord, event: OutputsVerified, now_ms: int) -> Decision:
    attempt = _current(job)
    attempts = _with(job, _closed(attempt, None, now_ms, Verdict.COMPLETED))
    in_parts = {slot for slot, claim in attempt.claims.items() if claim.part_etags}
    release = ReleaseSlot(attempt=attempt.number)
    done = {"attempts": attempts, "outputs": event.outputs, "error": None}
    after = _ended(job, Status.COMPLETED, 1.0, now_ms, "outputs verified", **done)
    freed = (release, *_aborts(attempt, in_parts), *_drops(attempt), *after.effects)
    return Decision(job=after.job, effects=freed)


def _on_outputs_rejected(job: JobRecord, event: OutputsRejected, now_ms: int) -> Decision:
    return _end_attempt(job, event.error, now_ms, Verdict.FAILED)


def _on_cancel(job: JobRecord, event: CancelRequested, now_ms: int) -> Decision:
    attempts, effects = _close(job, None, now_ms, Verdict.GIVEN_UP)
    after = _ended(job, Status.CANCELED, job.progress, now_ms, event.reason, attempts=attempts)
    return Decision(job=after.job, effects=(*effects, *after.effects))


def _on_clock(job: JobRecord, event: ClockTicked, now_ms: int) -> Decision:
    over = [code for due_ms, code in deadlines(job) if due_ms <= now_ms]
    asked_ms = ask_ms(job)
    # Where the clock rings late, silence and standstill may be our own: the container is asked.
    if asked_ms is not None and asked_ms <= now_ms and "attempt_timeout" not in over:
        asked = changed(_current(job), asked_ms=now_ms)
        question = AskContainer(attempt=asked.number)
        return Decision(job=_with_attempt(job, asked), effects=(question,))
    if over:
        return _end_attempt(job, timeout(over[0]), now_ms, Verdict.GIVEN_UP)
    if job.retry_at_ms is not None and job.retry_at_ms <= now_ms:
        return _open_attempt(job, event.token, now_ms, "retried")
    return _refused(job, "nothing_due")


_HANDLERS: dict[type[Event], Callable[[JobRecord, Any, int], Decision]] = {
    Submitted: _on_submitted,
    SlotGranted: _on_slot_granted,
    StartAnswered: _on_start_answered,
    StartDeferred: _on_start_deferred,
    StartRefused: _on_start_refused,
    Reported: _on_reported,
    OutputsVerified: _on_outputs_verified,
    OutputsRejected: _on_outputs_rejected,
    CancelRequested: _on_cancel,
    ClockTicked: _on_clock,
}


# --- what the handlers are made of ------------------------------------------------------------


def _refused(job: JobRecord, reason: str) -> Decision:
    return Decision(job=job, refused=reason)


def _why_not_job(job: JobRecord, event: Event) -> str:
    """Name the refusal of an event that `TRANSITIONS` does not list.

    A report of an attempt that was given up is answered with an order to stop. An attempt that
    ended by itself may repeat its last report; if it reports work, a late start call has begun it
    again, and it must stop before it overwrites accepted outputs.
    """
    if isinstance(event, Reported):
        attempt = job.attempt
        if attempt is None or attempt.number != event.attempt:
            return "attempt_fenced"
        if attempt.verdict is Verdict.GIVEN_UP or event.status not in ENDED:
            return "attempt_fenced"
    return f"already_{job.status}" if job.status in ENDED else f"not_while_{job.status}"


def _why_not_attempt(job: JobRecord, event: Event) -> str:
    """Name the refusal of an event that `ATTEMPTS` does not list, or that is of another attempt."""
    if isinstance(event, Reported):
        done = _is_of_current(job, event) and _state(job) is AttemptState.VERIFYING
        return "already_done" if done and event.status in ENDED else "attempt_fenced"
    if isinstance(event, Submitted):
        return "already_submitted"
    if isinstance(event, ClockTicked):
        return "nothing_due"
    return f"not_{'_or_'.join(state for state in ATTEMPTS[type(event)] if state)}"


def _state(job: JobRecord) -> AttemptState | None:
    return job.attempts[-1].state if job.attempts else None


_OF_NO_ATTEMPT = (Submitted, CancelRequested, ClockTicked)


def _is_of_current(job: JobRecord, event: Event) -> bool:
    """Whether *event* is the current attempt's, or of no attempt at all."""
    if isinstance(event, _OF_NO_ATTEMPT):
        return True
    return bool(job.attempts) and job.attempts[-1].number == event.attempt


def _current(job: JobRecord) -> Attempt:
    """Return the current attempt of a job that has one, by `ATTEMPTS`."""
    return job.attempts[-1]


def _with(job: JobRecord, attempt: Attempt) -> tuple[Attempt, ...]:
    """Return the job's attempts, the current one of which is now *attempt*."""
    return (*job.attempts[:-1], attempt)


def _with_attempt(job: JobRecord, attempt: Attempt) -> JobRecord:
    return changed(job, attempts=_with(job, attempt))


def _touch(attempt: Attempt, now_ms: int, *, moved: bool) -> Attempt:
    update: dict[str, object] = {"state": AttemptState.WORKING, "heartbeat_ms": now_ms}
    if attempt.started_ms is None:
        update["started_ms"] = now_ms
    if moved or attempt.progress_ms is None:
        update["progress_ms"] = now_ms
    return changed(attempt, **update)


def _open_attempt(job: JobRecord, token: str, now_ms: int, cause: str) -> Decision:
    attempt = Attempt(
        number=len(job.attempts) + 1,
        generation=job.generation,
        token=token,
        state=AttemptState.WAITING,
        opened_ms=now_ms,
    )
    opened = {"attempts": (*job.attempts, attempt), "retry_at_ms": None, "queued_ms": now_ms}
    after = _moved(job, Status.QUEUED, None, 0.0, now_ms, cause, **opened)
    return Decision(job=after.job, effects=(RequestSlot(attempt=attempt.number), *after.effects))


def _close(
    job: JobRecord, error: ErrorReport | None, now_ms: int, verdict: Verdict
) -> tuple[tuple[Attempt, ...], tuple[Effect, ...]]:
    """Return the attempts of *job* with the current one at its end, and what follows from that."""
    attempt = job.attempt
    if attempt is None or attempt.state is AttemptState.ENDED:
        return job.attempts, ()
    attempts = _with(job, _closed(attempt, error, now_ms, verdict))
    release = ReleaseSlot(attempt=attempt.number)
    freed: tuple[Effect, ...] = (release, *_aborts(attempt), *_drops(attempt))
    if attempt.state is AttemptState.WAITING or verdict is not Verdict.GIVEN_UP:
        return attempts, freed
    return attempts, (StopContainer(attempt=attempt.number), *freed)


def _closed(attempt: Attempt, error: ErrorReport | None, now_ms: int, verdict: Verdict) -> Attempt:
    return changed(
        attempt,
        state=AttemptState.ENDED,
        ended_ms=now_ms,
        verdict=verdict,
        error=error,
        claims={},
        evidence=None,
        uploads={},
    )


def _aborts(attempt: Attempt, completed: Collection[str] = ()) -> list[AbortUpload]:
    """Return the end of the uploads that *attempt* has begun, but for those *completed*."""
    return [
        AbortUpload(key=upload.key, upload_id=upload.upload_id)
        for slot, upload in attempt.uploads.items()
        if slot not in completed
    ]


def _drops(attempt: Attempt) -> tuple[DropHelpers, ...]:
    return () if attempt.sharing is None else (DropHelpers(attempt=attempt.number),)


def _end_attempt(job: JobRecord, error: ErrorReport, now_ms: int, verdict: Verdict) -> Decision:
    """End the attempt without success: the job is queued again, or has failed."""
    attempts, effects = _close(job, error, now_ms, verdict)
    changes: dict[str, object] = {"attempts": attempts, "error": error}
    tries = len(job.tries)
    if not error.retryable or tries >= job.max_attempts or _is_verdict_again(job, error):
        after = _ended(job, Status.FAILED, job.progress, now_ms, error.code, **changes)
    else:
        changes["retry_at_ms"] = now_ms + ATTEMPT.delay_ms(tries, job.job_id)
        after = _moved(job, Status.QUEUED, "retrying", 0.0, now_ms, error.code, **changes)
    return Decision(job=after.job, effects=(*effects, *after.effects))


_VERDICTS = frozenset({"output_invalid", "tool_failed"})
"""Codes that judge the work and not its circumstances, as the network or the disk are."""


def _is_verdict_again(job: JobRecord, error: ErrorReport) -> bool:
    """Whether the attempt before the current one has ended with the same verdict: a third would."""
    before = job.tries[-2].error if len(job.tries) > 1 else None
    return (
        error.code in _VERDICTS
        and before is not None
        and (before.code, before.message) == (error.code, error.message)
    )


def _ended(
    job: JobRecord, status: Status, progress: float, now_ms: int, cause: str, **changes: object
) -> Decision:
    """End the job; no attempt goes on from what the last one has kept."""
    over = {"finished_ms": now_ms, "retry_at_ms": None, **changes}
    after = _moved(job, status, None, progress, now_ms, cause, **over)
    if ENGINES[job.engine].checkpoint is None:
        return after
    drop = DropCheckpoint(generation=job.generation)
    return Decision(job=after.job, effects=(*after.effects, drop))


def _moved(
    job: JobRecord,
    status: Status,
    phase: str | None,
    progress: float,
    now_ms: int,
    cause: str,
    **changes: object,
) -> Decision:
    """Set status, phase and progress with *changes* of other fields, and notify the app."""
    progress_only = status is job.status and status in RANK and cause == "reported"
    # An app that hands a job over knows that it is queued; while it waits, that is no news.
    progress_only |= cause == "submitted" and job.brief
    seq = job.event_seq + 1
    moved = {"status": status, "phase": phase, "progress": progress, "event_seq": seq}
    after = changed(job, updated_ms=now_ms, **moved, **changes)
    if job.helps is not None:
        return Decision(job=after, effects=(TellLeader(),) if after.ended else ())
    event = JobEvent(
        type="job.event",
        event_id=f"{job.job_id}.{job.generation}.{seq}",
        event_seq=seq,
        job_id=job.job_id,
        media_id=job.media_id,
        engine=job.engine,
        generation=job.generation,
        attempt=len(after.attempts),
        status=status,
        phase=phase,
        progress=progress,
        cause=cause[:200],
        error=after.error,
        outputs=after.outputs or None,
        at_ms=now_ms,
        ts=now_ms,
        nonce=f"{job.job_id}.{job.generation}.{seq}",
    )
    return Decision(job=after, effects=(TellApp(event=event, progress_only=progress_only),))
