"""The public status document of a job: no token, no URL, no secret."""

from media_jobs.changed import changed
from media_jobs.dispatch import Place
from media_jobs.record import JobRecord, TellApp


def status_document(job: JobRecord, place: Place | None = None) -> dict[str, object]:
    """Return the public status document; *place* is where the job waits for a slot.

    `allTold`: the job has ended, and no more events will be delivered to the app.
    """
    return {
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "engine": job.engine,
        "generation": job.generation,
        "status": job.status,
        "phase": job.phase,
        "progress": job.progress,
        "attempt": len(job.attempts),
        "host": (job.attempt.host if job.attempt else "") or None,
        "maxAttempts": job.max_attempts,
        "eventSeq": job.event_seq,
        "createdAt": job.created_ms,
        "updatedAt": job.updated_ms,
        "finishedAt": job.finished_ms,
        "retryAt": job.retry_at_ms,
        "queue": {"position": place.position, "etaMs": place.eta_ms} if place else None,
        "missing": list(place.missing) if place else [],
        "error": job.error.model_dump(by_alias=True, exclude_none=True) if job.error else None,
        "outputs": {
            name: item.model_dump(by_alias=True, exclude_none=True)
            for name, item in job.outputs.items()
        },
        "allTold": job.ended and not any(isinstance(e.effect, TellApp) for e in job.outbox),
        "undelivered": [
            {"tries": entry.tries, "lastError": entry.last_error, "dead": entry.dead}
            for entry in job.outbox
            if entry.last_error is not None
        ],
    }


def archived_document(job: JobRecord) -> dict[str, object]:
    """Return the last status document of a job that is being forgotten, with undelivered events."""
    return status_document(changed(job, outbox=()))
