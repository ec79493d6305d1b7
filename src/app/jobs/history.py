"""A job's history in words, for people: what happened, why, and what comes next.

Pure: rows in, sentences out. Everything said here is in the timeline; nothing is guessed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.rows import JobRow
from media_jobs.hosts import NO_HOST
from media_jobs.messages import find_message, message
from media_jobs.status import WAITING, Status

BY_HAND = "canceled by the user"
"""Why a job is canceled that somebody cancels."""
_CAUSES = {
    "submitted": "history.submitted",
    "granted": "history.granted",
    "started": "history.started",
    "done": "history.done",
    "outputs verified": "history.verified",
    "retried": "history.retried",
    "imported": "history.imported",
    BY_HAND: "history.canceled_by_hand",
}
_PHASES = {
    Status.FETCHING_METADATA: "history.fetching_metadata",
    Status.PREPARING: "history.preparing",
    Status.RUNNING: "history.running",
    Status.UPLOADING: "history.uploading",
}


def explain(
    job: JobRow,
    events: Iterable[dict[str, Any]],
    notices: list[dict[str, object]],
    missing: Sequence[str] = (),
) -> dict[str, object]:
    """Return `{summary, steps: [{at, text, …}], notices}`; mere progress makes no step.

    *missing*: what keeps a queued job waiting because no host has it (`media_jobs.hosts`).

    Each sentence comes with its key and values, for other languages.
    """
    accepted = {"attempt": 0, "status": Status.QUEUED, "cause": "accepted", "error": None}
    steps = [_step(accepted, job.created_ms, "history.accepted")]
    said: tuple[object, ...] = ()
    for event in events:
        step = (event["status"], event["attempt"], event["cause"])
        if step == said:
            continue
        said = step
        steps.append(_step(event, event["at_ms"], _key(event)))
    return {
        "jobId": job.job_id,
        "status": job.status,
        "summary": _summary(job, missing),
        "steps": steps,
        "notices": notices,
    }


def _step(event: dict[str, Any], at_ms: int, key: str) -> dict[str, object]:
    values = {
        "attempt": event["attempt"],
        "cause": event["cause"],
        "status": event["status"],
        "why": _reason(event["error"] or {"code": event["cause"]}),
    }
    kept = {name: event[name] for name in ("attempt", "status", "cause", "error")}
    return {"at": at_ms, "text": message(key, **values), "messageKey": key, **kept}


def _key(event: dict[str, Any]) -> str:
    """Return the key of the sentence for *event*."""
    cause, status = event["cause"], Status(event["status"])
    if cause in _CAUSES:
        return _CAUSES[cause]
    if cause == "reported":
        return _PHASES.get(status, "history.reported")
    by_status = {
        Status.CANCELED: "history.canceled",
        Status.QUEUED: "history.again",
        Status.FAILED: "history.failed",
    }
    return by_status.get(status, "history.other")


def _reason(error: dict[str, Any]) -> str:
    code = str(error.get("code", "unknown"))
    words = error.get("message") or find_message(f"failure.{code}") or code
    return f"{str(words).rstrip('.')} ({code})"


def _summary(job: JobRow, missing: Sequence[str]) -> str:
    if job.ended:
        if job.status is Status.FAILED:
            return f"Failed: {_reason(job.error or {})}."
        return "Done: the results are ready." if job.status is Status.COMPLETED else "Canceled."
    if job.status == WAITING:
        return _waits(job)
    if not job.accepted or job.status is Status.QUEUED:
        return _queued(job, missing)
    return f"{message(_PHASES[job.status])} {job.progress:.0%} done."


def _queued(job: JobRow, missing: Sequence[str]) -> str:
    if job.accepted:
        if job.error is not None:
            return f"Waiting for the next attempt: {_reason(job.error)}."
        if NO_HOST in missing:
            return "Waiting for a host: none is connected, and the engine has none with a URL."
        if missing:
            needed = ", ".join(need.replace(":", " ") for need in missing)
            return f"Waiting for a host with what none has: {needed}."
        return "Waiting for a container."
    why = f" ({job.handover_error})" if job.handover_error else ""
    return f"Waiting until the orchestrator can be reached{why}."


def _waits(job: JobRow) -> str:
    """Return what a job waits for: a person, or other jobs."""
    awaited = sorted({str(wait["fromJob"]) for wait in job.waits_for if not wait["inputId"]})
    told = ", ".join(awaited)
    if any(wait["reviewId"] for wait in job.waits_for):
        return f"Waiting for what {told} makes, and for a person's review."
    return f"Waiting for what {told} makes."
