"""Many jobs in one request: submitted, canceled, or started again."""

from functools import cache
from hashlib import sha256
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic_core import to_json

from app.jobs.accept import accept_job, cancel_job, job_document, retry_job
from app.jobs.planning import NewJob
from app.jobs.store import JobFilter, select_jobs
from app.jobs.wait_store import select_waits
from app.ports import Ports
from app.rows import JobRow
from app.web.call import Once
from app.web.caller import Caller
from app.web.query import PAGE_DEFAULT, PAGE_MAX
from media_jobs.engines import EngineId
from media_jobs.errors import MediaJobsError, invalid_field
from media_jobs.ids import Id
from media_jobs.problems import problem_document
from media_jobs.status import ENDED, JOB_STATUSES, Status, StatusName
from media_jobs.strict import Strict
from media_jobs.wire import read

JOBS_MAX = 50
_CANCELABLE = tuple(status for status in JOB_STATUSES if status not in ENDED)
_RETRYABLE: tuple[str, ...] = (Status.FAILED, Status.CANCELED)


class NewJobs(Strict):
    """Up to 50 jobs, each as in `POST /api/jobs`; an invalid one does not stop the others."""

    jobs: Annotated[list[dict[str, object]], Field(min_length=1, max_length=JOBS_MAX)]


class JobsWanted(Strict):
    """A filter of jobs: those that match everything given, which is something."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
                for name in ("status", "engine", "mediaId", "ids")
            ]
        }
    )
    status: (
        Annotated[
            list[StatusName],
            Field(min_length=1, max_length=len(JOB_STATUSES)),
        ]
        | None
    ) = None
    engine: EngineId | None = None
    media_id: Id | None = None
    ids: Annotated[list[Id], Field(min_length=1, max_length=PAGE_MAX)] | None = None


class BulkWanted(Strict):
    """The jobs to act on, and how many at once.

    *cursor*: the `nextCursor` of an answer, to continue with older ones.
    """

    filter: JobsWanted
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT
    cursor: Id | None = None


async def submit_jobs(
    body: NewJobs, once: Once | None, caller: Caller, ports: Ports
) -> list[dict[str, object]]:
    """Accept each job; return for each a status and the job, or the problem.

    With a key (*once*), each job has a key of its own, derived from it and the job's index.
    """
    items: list[dict[str, object]] = []
    for place, document in enumerate(body.jobs):
        text = to_json(document)
        own = None
        if once is not None:
            key = sha256(f"{place} {once.key}".encode()).hexdigest()
            own = Once(key=key, body_hash=sha256(text).hexdigest())
        try:
            job, new = await accept_job(read(NewJob, text), own, caller, ports)
        except MediaJobsError as error:
            items.append({"status": error.status, "problem": problem_document(error)})
        else:
            items.append({"status": 201 if new else 200, "job": job_document(job, ports)})
    return items


async def cancel_jobs(body: BulkWanted, ports: Ports) -> dict[str, object]:
    """Cancel the newest unfinished jobs that match."""
    jobs, cursor = await _chosen(body, _CANCELABLE, ports)
    items: list[dict[str, object]] = []
    for job in jobs:
        try:
            items.append(_done(await cancel_job(job.job_id, ports)))
        except MediaJobsError as error:
            items.append(_refused(job, error))
    return _bulk_document(items, cursor)


async def retry_jobs(body: BulkWanted, caller: Caller, ports: Ports) -> dict[str, object]:
    """Retry the newest failed and canceled jobs that match.

    Those first that others take from: what takes from a job that has failed fails again.
    """
    jobs, cursor = await _chosen(body, _RETRYABLE, ports)
    done = dict[str, dict[str, object]]()
    for job in await _sources_first(jobs, ports):
        try:
            done[job.job_id] = _done(await retry_job(job.job_id, caller, ports))
        except MediaJobsError as error:
            done[job.job_id] = _refused(job, error)
    return _bulk_document([done[job.job_id] for job in jobs], cursor)


async def _sources_first(jobs: list[JobRow], ports: Ports) -> list[JobRow]:
    """Return *jobs*, those that take from others of them after these."""
    waits = await select_waits(ports.store, [job.job_id for job in jobs])

    @cache
    def depth(job_id: str) -> int:
        # A job takes from older ones alone: there is no circle.
        return 1 + max((depth(w.from_job) for w in waits if w.job_id == job_id), default=0)

    return sorted(jobs, key=lambda job: depth(job.job_id))


async def _chosen(
    body: BulkWanted, possible: tuple[str, ...], ports: Ports
) -> tuple[list[JobRow], str | None]:
    """Return the jobs to act on, and the cursor of those after them, if any.

    A canceled job may still be unfinished here for a moment, and one that cannot be retried stays
    failed: a repeated request would select the same jobs, hence the cursor.
    """
    given = body.filter
    if given == JobsWanted():
        raise invalid_field("filter", "field.filter")
    statuses = tuple(status for status in possible if status in (given.status or possible))
    if not statuses:
        return [], None
    wanted = JobFilter(
        statuses=statuses,
        engine=given.engine,
        media_id=given.media_id,
        ids=tuple(given.ids or ()),
    )
    rows = await select_jobs(ports.store, wanted, body.cursor, body.limit + 1)
    more = len(rows) > body.limit
    return rows[: body.limit], rows[body.limit - 1].job_id if more else None


def _bulk_document(items: list[dict[str, object]], cursor: str | None) -> dict[str, object]:
    return {
        "matched": len(items),
        "items": items,
        "more": cursor is not None,
        "nextCursor": cursor,
    }


def _done(job: JobRow) -> dict[str, object]:
    return {"jobId": job.job_id, "status": job.status}


def _refused(job: JobRow, error: MediaJobsError) -> dict[str, object]:
    return {"jobId": job.job_id, "status": job.status, "problem": problem_document(error)}
