"""The clocks of a job: when each ends, and when its machine must be asked next."""

from media_jobs.messages import message
from media_jobs.record import Attempt, AttemptState, Clocks, JobRecord
from media_jobs.status import Status
from media_jobs.wire import ErrorReport

__all__ = ["ask_ms", "deadlines", "next_due_ms", "timeout"]


def next_due_ms(job: JobRecord) -> int | None:
    """Return when the job next needs a clock tick or has an effect due; None when it has ended."""
    dues = [entry.due_ms for entry in job.outbox if not entry.dead]
    if not job.ended:
        dues += [due for due, _ in deadlines(job)]
        dues += [due for due in (job.retry_at_ms, ask_ms(job)) if due is not None]
    return min(dues, default=None)


def deadlines(job: JobRecord) -> list[tuple[int, str]]:
    """Return when each running clock of the current attempt ends, and its error's code.

    Asked at every event: the error itself is made when one has ended.
    """
    attempt = job.attempt
    if attempt is None or attempt.state is AttemptState.ENDED:
        return []
    clocks = job.clocks
    if attempt.state is AttemptState.WAITING:
        return [(job.queued_ms + clocks.queue_ms, "queue_timeout")]
    if attempt.state is AttemptState.STARTING:
        return [(attempt.opened_ms + clocks.start_ms, "container_unreachable")]
    assert attempt.started_ms is not None
    assert attempt.heartbeat_ms is not None
    assert attempt.progress_ms is not None
    total = (attempt.started_ms + clocks.total_ms, "attempt_timeout")
    if attempt.state is AttemptState.VERIFYING:
        return [total]
    return [
        *((ends_ms, "lease_expired") for ends_ms in (_lease_ends_ms(attempt, clocks),) if ends_ms),
        (attempt.progress_ms + clocks.no_progress_ms, "no_progress"),
        total,
    ]


def _lease_ends_ms(attempt: Attempt, clocks: Clocks) -> int | None:
    """Return when the lease of a working attempt ends; None before its container was asked.

    One that cannot be asked may be silent until the clock of its progress ends.

    It has a third of the lease to answer, however late the question comes: when the orchestrator
    was away itself, the silence says nothing of the container.
    """
    assert attempt.heartbeat_ms is not None
    if not _is_asked(attempt) or attempt.mute_ms is not None:
        return None
    assert attempt.asked_ms is not None
    lease_ms = clocks.heartbeat_ms
    return max(attempt.heartbeat_ms + lease_ms, attempt.asked_ms + lease_ms // 3)


def _is_asked(attempt: Attempt) -> bool:
    """Return whether the container was asked in the silence that lasts."""
    assert attempt.heartbeat_ms is not None
    return attempt.asked_ms is not None and attempt.asked_ms > attempt.heartbeat_ms


def ask_ms(job: JobRecord) -> int | None:
    """Return when a silent container is asked, once in each silence: well before its lease ends.

    A container that sends no heartbeats keeps its lease by answering. Of one that cannot be asked,
    and was uploading when it fell silent, the bucket is asked, again and again: some say nothing
    once they are done.
    """
    attempt = job.attempt
    if attempt is None or attempt.state is not AttemptState.WORKING:
        return None
    assert attempt.heartbeat_ms is not None
    if attempt.mute_ms is not None:
        if job.status is not Status.UPLOADING:
            return None
        return max(attempt.heartbeat_ms, attempt.asked_ms or 0) + job.clocks.heartbeat_ms
    if _is_asked(attempt):
        return None
    return attempt.heartbeat_ms + job.clocks.heartbeat_ms * 2 // 3


def timeout(code: str) -> ErrorReport:
    """Return why an attempt ends whose time is up."""
    return ErrorReport(code=code, message=message(f"failure.{code}"), retryable=True)
