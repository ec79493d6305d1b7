"""Routes of jobs."""

from app.handover import place_in_queue, replay
from app.jobs import accept_job, cancel_job, find_job, job_document, retry_job
from app.routes.call import JSON_BYTES_MAX, Call, Row, invalid, page, page_limit
from app.why import explain
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.status import Status

__all__ = ["ROWS"]

WHY_EVENTS_MAX = 2000


async def post_job(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs, idempotent by Idempotency-Key."""
    assert call.caller is not None
    body = await request.read(JSON_BYTES_MAX)
    key = request.header("idempotency-key")
    job, new = await accept_job(body, key, call.caller, call.store, call.ports)
    return json_reply(
        job_document(job, call.ports),
        201 if new else 200,
        {"location": f"/api/jobs/{job.job_id}"},
    )


async def list_jobs(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs?status=&mediaId=&limit=&cursor=, newest first."""
    params = request.params()
    limit, status = page_limit(params), params.get("status")
    if status is not None and status not in set(Status):
        raise invalid("status", f"must be one of {', '.join(Status)}")
    rows = await call.store.job_page(
        params.get("cursor"),
        limit + 1,
        params.get("mediaId"),
        status,
        dead_letters=params.get("deadLetters") == "true",
    )
    items = [job_document(row, call.ports) for row in rows[:limit]]
    return page(items, rows[limit - 1].job_id if len(rows) > limit else None)


async def get_job(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id."""
    job = await find_job(values["job_id"], call.store)
    document = job_document(job, call.ports)
    if job.accepted and job.status is Status.QUEUED:
        document["queue"] = await place_in_queue(job, call.ports)
    return json_reply(document)


async def get_job_events(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id/events: what has happened, oldest first."""
    params = request.params()
    job = await find_job(values["job_id"], call.store)
    after = params.get("cursor", "0")
    if not after.isascii() or not after.isdigit() or len(after) > 12:
        raise invalid("cursor", "must be a whole number")
    limit = page_limit(params)
    rows = await call.store.events(job.job_id, int(after), limit + 1)
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
    """POST /api/jobs/:id/cancel."""
    job = await cancel_job(values["job_id"], call.store, call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_retry(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/:id/retry."""
    job = await retry_job(values["job_id"], call.store, call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_replay(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/jobs/:id/replay: deliver again the events that the orchestrator has given up."""
    job = await find_job(values["job_id"], call.store)
    await replay(job, call.ports)
    return json_reply(job_document(job, call.ports))


async def get_job_why(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/jobs/:id/why: its history in words."""
    job = await find_job(values["job_id"], call.store)
    return json_reply(explain(job, await call.store.events(job.job_id, 0, WHY_EVENTS_MAX)))


ROWS: tuple[Row, ...] = (
    ("POST", "/api/jobs", "submit", post_job),
    ("GET", "/api/jobs", "read", list_jobs),
    ("GET", "/api/jobs/{job_id}", "read", get_job),
    ("GET", "/api/jobs/{job_id}/events", "read", get_job_events),
    ("GET", "/api/jobs/{job_id}/why", "read", get_job_why),
    ("POST", "/api/jobs/{job_id}/cancel", "submit", post_job_cancel),
    ("POST", "/api/jobs/{job_id}/retry", "submit", post_job_retry),
    ("POST", "/api/jobs/{job_id}/replay", "submit", post_job_replay),
)
