"""Jobs at each point of their life, reached by the events that lead there."""

from media_jobs.engines import EngineId
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
from media_jobs.machine import Decision, advance
from media_jobs.record import Clocks, JobRecord
from media_jobs.status import Status
from media_jobs.wire import ErrorReport, OutputObject

T0 = 1_790_000_000_000
"""When every one of these jobs was submitted."""

CLOCKS = Clocks(
    queue_ms=600_000,
    start_ms=60_000,
    heartbeat_ms=30_000,
    no_progress_ms=120_000,
    total_ms=900_000,
)
VIDEO = OutputObject(
    key="media/med_1/outputs/job_1/1-1/video.mp4",
    size_bytes=1000,
    content_type="video/mp4",
    etag="e1",
)


def new_job(engine: EngineId = "burner-ffmpeg", max_attempts: int = 2) -> JobRecord:
    return JobRecord(
        job_id="job_1",
        media_id="med_1",
        engine=engine,
        generation=1,
        inputs={},
        options={},
        clocks=CLOCKS,
        max_attempts=max_attempts,
        created_ms=T0,
        queued_ms=T0,
        updated_ms=T0,
    )


def after(job: JobRecord, *events: Event, now_ms: int = T0) -> JobRecord:
    """Return *job* after *events*, none of which may be refused."""
    for event in events:
        decision: Decision = advance(job, event, now_ms)
        assert decision.refused is None, f"{event} was refused: {decision.refused}"
        job = decision.job
    return job


def code_of(job: JobRecord) -> str:
    """Return the code of the error that a job has."""
    assert job.error is not None
    return job.error.code


def failure(code: str = "engine_failed", *, retryable: bool = True) -> ErrorReport:
    return ErrorReport(code=code, message="It broke.", retryable=retryable)


def report(status: Status, progress: float | None = None, phase: str | None = None) -> Reported:
    return Reported(attempt=1, status=status, progress=progress, phase=phase)


SUBMITTED = Submitted(token="token-1")
ANSWERED = StartAnswered(attempt=1)
GRANTED = SlotGranted(attempt=1)
DEFERRED = StartDeferred(attempt=1, wait_ms=5_000)
DONE = Reported(attempt=1, status=Status.COMPLETED)
FAILED = Reported(attempt=1, status=Status.FAILED, error=failure())
BROKEN = Reported(attempt=1, status=Status.FAILED, error=failure("input", retryable=False))
VERIFIED = OutputsVerified(attempt=1, outputs={"video": VIDEO})
REJECTED = OutputsRejected(attempt=1, error=failure("output_not_verified"))
REFUSED = StartRefused(attempt=1, error=failure("container_rejected", retryable=False))
CANCEL = CancelRequested(reason="user")
TICK = ClockTicked(token="token-2")

EVENTS: dict[str, Event] = {
    "submitted": SUBMITTED,
    "granted": GRANTED,
    "answered": ANSWERED,
    "deferred": DEFERRED,
    "refused": REFUSED,
    "fetching": report(Status.FETCHING_METADATA, 0.5),
    "preparing": report(Status.PREPARING, 0.5),
    "running": report(Status.RUNNING, 0.5),
    "uploading": report(Status.UPLOADING, 0.5),
    "done": DONE,
    "failed": FAILED,
    "broken": BROKEN,
    "verified": VERIFIED,
    "rejected": REJECTED,
    "cancel": CANCEL,
    "tick": TICK,
}


def waiting() -> JobRecord:
    return after(new_job(), SUBMITTED)


def starting() -> JobRecord:
    return after(waiting(), GRANTED)


def deferred() -> JobRecord:
    return after(starting(), DEFERRED)


def working(status: Status, progress: float = 0.5) -> JobRecord:
    return after(starting(), report(status, progress))


def verifying() -> JobRecord:
    return after(working(Status.RUNNING), DONE)


def retrying() -> JobRecord:
    return after(working(Status.RUNNING), FAILED)


def completed() -> JobRecord:
    return after(verifying(), VERIFIED)


def failed() -> JobRecord:
    return after(working(Status.RUNNING), BROKEN)


def canceled() -> JobRecord:
    return after(working(Status.RUNNING), CANCEL)


STAGES: dict[str, JobRecord] = {
    "new": new_job(),
    "waiting": waiting(),
    "starting": starting(),
    "deferred": deferred(),
    "fetching_metadata": working(Status.FETCHING_METADATA),
    "preparing": working(Status.PREPARING),
    "running": working(Status.RUNNING),
    "uploading": working(Status.UPLOADING),
    "verifying": verifying(),
    "retrying": retrying(),
    "completed": completed(),
    "failed": failed(),
    "canceled": canceled(),
}
