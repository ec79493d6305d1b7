"""Routes of jobs."""

from app.jobs.accept import (
    KEY_LENGTH_MAX,
    accept_job,
    cancel_job,
    find_job,
    job_document,
    retry_job,
)
from app.jobs.artifacts import delete_artifacts
from app.jobs.bulk import BulkWanted, NewJobs, cancel_jobs, retry_jobs, submit_jobs
from app.jobs.history import explain
from app.jobs.store import JobFilter, select_events, select_jobs
from app.orchestrator import place_in_queue, replay
from app.web.call import JSON_BYTES_MAX, Call, Row, invalid, page, page_cursor, page_limit
from app.web.paging import PAGE_MAX
from media_jobs.engines import ENGINES
from media_jobs.ids import parse_id
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.status import Status
from media_jobs.wire import read

BATCH_BYTES_MAX = 1024 * 1024
WHY_EVENTS_MAX = 2000


async def post_job(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs: submit a job, idempotent by Idempotency-Key."""
    assert call.caller is not None
    body = await request.read(JSON_BYTES_MAX)
    key = request.header("idempotency-key")
    job, new = await accept_job(body, key, call.caller, call.ports)
    return json_reply(
        job_document(job, call.ports),
        201 if new else 200,
        {"location": f"/api/jobs/{job.job_id}"},
    )


async def list_jobs(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs: jobs, newest first, those to which every given filter applies."""
    params = request.params()
    limit = page_limit(params)
    rows = await select_jobs(call.ports.store, _filter(params), page_cursor(params), limit + 1)
    items = [job_document(row, call.ports) for row in rows[:limit]]
    return page(items, rows[limit - 1].job_id if len(rows) > limit else None)


def _filter(params: dict[str, str]) -> JobFilter:
    statuses = _listed(params, "status")
    if not set(statuses) <= set(Status):
        raise invalid("status", f"must be of {', '.join(Status)}")
    engine = params.get("engine")
    if engine is not None and engine not in ENGINES:
        raise invalid("engine", f"must be one of {', '.join(ENGINES)}")
    media_id, dead_letters = params.get("mediaId"), params.get("deadLetters", "false")
    if dead_letters not in ("true", "false"):
        raise invalid("deadLetters", "must be true or false")
    return JobFilter(
        statuses=tuple(Status(status) for status in statuses),
        engine=engine,
        media_id=parse_id(media_id, "mediaId") if media_id is not None else None,
        ids=tuple(parse_id(job_id, "ids") for job_id in _listed(params, "ids")),
        dead_letters=dead_letters == "true",
        created_from_ms=_ms(params, "createdAfter"),
        created_to_ms=_ms(params, "createdBefore"),
    )


def _listed(params: dict[str, str], name: str) -> tuple[str, ...]:
    """Return the distinct values of a parameter that holds several, by commas."""
    given = params.get(name)
    if given is None:
        return ()
    values = tuple(dict.fromkeys(given.split(",")))
    if len(values) > PAGE_MAX or "" in values:
        raise invalid(name, f"must be 1 to {PAGE_MAX} values with commas between them")
    return values


def _ms(params: dict[str, str], name: str) -> int | None:
    value = params.get(name)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 14:
        raise invalid(name, "must be a time in Unix milliseconds")
    return int(value)


async def post_jobs_batch(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/batch: up to 50 jobs, idempotent by Idempotency-Key."""
    assert call.caller is not None
    body = read(NewJobs, await request.read(BATCH_BYTES_MAX))
    key = request.header("idempotency-key")
    if key is not None and not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise invalid("Idempotency-Key", f"must have 1 to {KEY_LENGTH_MAX} characters")
    items = await submit_jobs(body, key, call.caller, call.ports)
    return json_reply({"items": items})


async def post_jobs_cancel(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/cancel: cancel those that a filter names."""
    body = read(BulkWanted, await request.read(JSON_BYTES_MAX))
    return json_reply(await cancel_jobs(body, call.ports))


async def post_jobs_retry(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/retry: start again those that a filter names."""
    assert call.caller is not None
    body = read(BulkWanted, await request.read(JSON_BYTES_MAX))
    return json_reply(await retry_jobs(body, call.caller, call.ports))


async def remove_artifacts(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/jobs/:id/artifacts: delete what an ended job has made."""
    await delete_artifacts(values["job_id"], call.ports)
    return Reply(status=204, body=None)


async def get_job(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id: one job, with links to what it has made."""
    job = await find_job(values["job_id"], call.ports)
    document = job_document(job, call.ports)
    if job.accepted and job.status is Status.QUEUED:
        document["queue"] = await place_in_queue(job, call.ports)
    return json_reply(document)


async def get_job_events(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id/events: what has happened, oldest first."""
    params = request.params()
    job = await find_job(values["job_id"], call.ports)
    after = params.get("cursor", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 12:
        raise invalid("cursor", "must be a whole number")
    limit = page_limit(params)
    rows = await select_events(call.ports.store, job.job_id, int(after), limit + 1)
    items: list[dict[str, object]] = [
        {
            "eventSeq": row["event_seq"],
            "eventId": row["event_id"],
            "attempt": row["attempt"],
            "status": row["status"],
            "phase": row["phase"],
            "progress": row["progress"],
            "cause": row["cause"],
            "error": row["error"],
            "at": row["at_ms"],
        }
        for row in rows[:limit]
    ]
    return page(items, str(rows[limit - 1]["event_seq"]) if len(rows) > limit else None)


async def post_job_cancel(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/:id/cancel: cancel a job."""
    job = await cancel_job(values["job_id"], call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_retry(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/:id/retry: start a failed or canceled job again."""
    assert call.caller is not None
    job = await retry_job(values["job_id"], call.caller, call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_replay(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/:id/replay: deliver again the events that the orchestrator has given up."""
    job = await find_job(values["job_id"], call.ports)
    await replay(job, call.ports)
    return json_reply(job_document(job, call.ports))


async def get_job_why(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id/why: its history in words."""
    job = await find_job(values["job_id"], call.ports)
    return json_reply(
        explain(job, await select_events(call.ports.store, job.job_id, 0, WHY_EVENTS_MAX))
    )


ROWS: tuple[Row, ...] = (
    ("POST", "/api/jobs", "submit", post_job),
    ("GET", "/api/jobs", "read", list_jobs),
    ("POST", "/api/jobs/batch", "submit", post_jobs_batch),
    ("POST", "/api/jobs/cancel", "submit", post_jobs_cancel),
    ("POST", "/api/jobs/retry", "submit", post_jobs_retry),
    ("GET", "/api/jobs/{job_id}", "read", get_job),
    ("GET", "/api/jobs/{job_id}/events", "read", get_job_events),
    ("GET", "/api/jobs/{job_id}/why", "read", get_job_why),
    ("POST", "/api/jobs/{job_id}/cancel", "submit", post_job_cancel),
    ("POST", "/api/jobs/{job_id}/retry", "submit", post_job_retry),
    ("POST", "/api/jobs/{job_id}/replay", "submit", post_job_replay),
    ("DELETE", "/api/jobs/{job_id}/artifacts", "submit", remove_artifacts),
)
