"""Log lines of a job: each names the job, its attempt and the request that created it."""

from functools import cache

from media_jobs.errors import MediaJobsError, SignatureError
from media_jobs.events import Event, SlotGranted
from media_jobs.http import Request
from media_jobs.ids import is_id
from media_jobs.record import AttemptState, JobRecord

LOGGED = (401, 500, 502)
"""Refusals with these statuses are logged: a wrong secret, a setting, another part."""


def line(job: JobRecord, event: str, **fields: object) -> dict[str, object]:
    """Return the record of *event*; *fields* are JSON values, camelCase like on the wire."""
    return {
        "event": event,
        "jobId": job.job_id,
        "attempt": len(job.attempts) or None,
        "requestId": job.request_id or None,
        "engine": job.engine,
        **fields,
    }


def advanced(
    before: JobRecord, after: JobRecord, event: Event, now_ms: int
) -> dict[str, object] | None:
    """Return the record of a step of the job; None: of mere progress, which is not logged.

    It says how long an attempt has waited when it starts, and how long the job took at its end.
    """
    if _standing(before) == _standing(after):
        return None
    attempt = after.attempt
    over = attempt is not None and attempt.state is AttemptState.ENDED
    error = after.error or (attempt.error if attempt else None)
    ended = after.ended and not before.ended
    return line(
        after,
        "job_advanced",
        cause=_cause(type(event).__name__),
        **{"from": before.status},
        to=after.status,
        phase=after.phase,
        attemptState=attempt.state if attempt else None,
        code=error.code if over and error else None,
        waitedMs=now_ms - before.queued_ms if isinstance(event, SlotGranted) else None,
        tookMs=now_ms - after.created_ms if ended else None,
    )


def _standing(job: JobRecord) -> tuple[object, ...]:
    attempt = job.attempt
    return (job.status, job.phase, len(job.attempts), attempt.state if attempt else None)


@cache
def _cause(event: str) -> str:
    """Return `slot_granted` for `SlotGranted`."""
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in event)
    return words.removeprefix("_")


def naming(request: Request) -> dict[str, object]:
    """Return what names *request* in a log line, with the job of a callback's query."""
    job_id = request.params().get("job", "") if "job=" in request.query else ""
    return {
        "requestId": request.request_id or None,
        "jobId": job_id if is_id(job_id) else None,
        "method": request.method,
        "path": request.path,
    }


def refusal_line(error: MediaJobsError, request: Request) -> dict[str, object] | None:
    """Return the record of a refused request; None: it concerns only the caller."""
    if error.status not in LOGGED:
        return None
    why = error.reason if isinstance(error, SignatureError) else error.message
    return {
        "event": "refused",
        **naming(request),
        "httpStatus": error.status,
        "code": error.code,
        "why": why,
    }
