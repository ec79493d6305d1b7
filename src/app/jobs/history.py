"""A job's history in words, for people: what happened, why, and what comes next.

Pure: rows in, sentences out. Everything said here is in the timeline; nothing is guessed.
"""

from collections.abc import Iterable
from typing import Any

from app.rows import JobRow
from media_jobs.status import Status

_CAUSES = {
    "submitted": "The orchestrator took the job on and asked for a container.",
    "granted": "A slot of the container became free.",
    "started": "The container took attempt {attempt} on.",
    "done": "The container says that it is done; its files are being looked for.",
    "outputs verified": "All promised files are in the bucket with their promised sizes.",
    "retried": "Attempt {attempt} begins.",
}

_FAILURES = {
    "container_unreachable": "the container did not answer",
    "container_unauthorized": "the container refused the signature (its secret differs)",
    "container_rejected": "the container refused the job",
    "lease_expired": "the container has not been heard of",
    "no_progress": "there was no progress",
    "attempt_timeout": "it took too long",
    "queue_timeout": "no slot became free in time",
    "output_not_verified": "a promised file is missing or has another size",
    "interrupted": "the container was stopped",
}

_PHASES = {
    Status.FETCHING_METADATA: "The container is looking up the video.",
    Status.PREPARING: "The container is preparing.",
    Status.RUNNING: "The container is working.",
    Status.UPLOADING: "The container is uploading.",
}


def explain(job: JobRow, events: Iterable[dict[str, Any]]) -> dict[str, object]:
    """Return `{summary, steps: [{at, text, …}]}`; mere progress makes no step.

    Beside the sentence stands what it is made of, for those who speak another language.
    """
    accepted = {"attempt": 0, "status": Status.QUEUED, "cause": "accepted", "error": None}
    steps = [_step(accepted, job.created_ms, "The app accepted the job.")]
    said: tuple[object, ...] = ()
    for event in events:
        told = (event["status"], event["attempt"], event["cause"])
        if told == said:
            continue
        said = told
        steps.append(_step(event, event["at_ms"], _sentence(event)))
    return {"jobId": job.job_id, "status": job.status, "summary": _summary(job), "steps": steps}


def _step(event: dict[str, Any], at_ms: int, text: str) -> dict[str, object]:
    kept = {name: event[name] for name in ("attempt", "status", "cause", "error")}
    return {"at": at_ms, "text": text, **kept}


def _sentence(event: dict[str, Any]) -> str:
    cause, attempt, status = event["cause"], event["attempt"], Status(event["status"])
    if cause in _CAUSES:
        return _CAUSES[cause].format(attempt=attempt)
    if cause == "reported":
        return _PHASES.get(status, f"The container reports {status}.")
    if status is Status.CANCELED:
        return f"The job was canceled: {cause}."
    why = _reason(event["error"] or {"code": cause})
    if status is Status.QUEUED:
        return f"Attempt {attempt} ended: {why}. It will be tried again."
    if status is Status.FAILED:
        return f"Attempt {attempt} ended: {why}. The job has failed."
    return f"{status}: {cause}."


def _reason(error: dict[str, Any]) -> str:
    code = str(error.get("code", "unknown"))
    words = _FAILURES.get(code) or str(error.get("message") or "").rstrip(".") or code
    return f"{words} ({code})"


def _summary(job: JobRow) -> str:
    if job.ended:
        if job.status is Status.FAILED:
            return f"Failed: {_reason(job.error or {})}."
        return "Done: the results are ready." if job.status is Status.COMPLETED else "Canceled."
    if not job.accepted:
        why = f" ({job.handover_error})" if job.handover_error else ""
        return f"Waiting until the orchestrator can be reached{why}."
    if job.status is Status.QUEUED:
        if job.error is not None:
            return f"Waiting for the next attempt: {_reason(job.error)}."
        return "Waiting for a container."
    return f"{_PHASES[job.status]} {job.progress:.0%} done."
