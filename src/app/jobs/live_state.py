"""What the orchestrator knows of an unfinished job and the database does not.

Its place in the queue, and its progress: the database is told of a job's statuses and, within one,
of its progress every ten minutes.
"""

from app.orchestrator import StatusDocument, ask_status, read_status
from app.ports import Ports
from app.rows import JobRow
from media_jobs.errors import UpstreamError
from media_jobs.status import ENDED, WAITING, Status

ASK_TIMEOUT_MS = 2_000
"""Who asks for a job waits no longer for what only makes the answer fresher."""


async def live_document(job: JobRow, ports: Ports) -> dict[str, object]:
    """Return what is newer than the row of a job, as the API shows it; nothing if it is not known.

    An end is the database's to show: its outputs come with it.
    """
    if job.ended or not job.accepted or job.status == WAITING:
        return {}
    try:
        answer = await ask_status(job, ports, ASK_TIMEOUT_MS)
    except UpstreamError:
        return {}
    if answer.status != 200:
        return {}
    found = read_status(answer)
    if job.status is Status.QUEUED and found.status is Status.QUEUED:
        return {"queue": found.queue}
    is_newer = found.generation == job.generation and found.event_seq > job.event_seq
    return _progress(found) if is_newer and found.status not in ENDED else {}


async def missing_of_hosts(job: JobRow, ports: Ports) -> list[str]:
    """Return what a queued job needs that no host of its engine has, as far as it is known."""
    if job.status is not Status.QUEUED or not job.accepted:
        return []
    try:
        answer = await ask_status(job, ports, ASK_TIMEOUT_MS)
    except UpstreamError:
        return []
    return read_status(answer).missing if answer.status == 200 else []


def _progress(found: StatusDocument) -> dict[str, object]:
    error = found.error.model_dump(by_alias=True, exclude_none=True) if found.error else None
    document: dict[str, object] = {
        "status": found.status,
        "phase": found.phase,
        "progress": found.progress,
        "attempt": found.attempt,
        "eventSeq": found.event_seq,
        "error": error,
        "queue": found.queue,
    }
    return document if found.updated_at is None else {**document, "updatedAt": found.updated_at}
