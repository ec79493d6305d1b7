"""The app's routes: who may call each, what it reads, what it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.auth import SCOPES, Caller, authenticate
from app.callbacks import receive_event
from app.handover import place_in_queue, replay
from app.jobs import accept_job, cancel_job, find_job, job_document, retry_job
from app.media import (
    NewMedia,
    NewUpload,
    add_comments,
    add_subtitles,
    begin_upload,
    complete_upload,
    create_media,
    find_media,
    input_document,
    media_document,
)
from app.ports import Ports
from app.store import Store
from app.why import explain
from media_jobs import __version__
from media_jobs.errors import InvalidInput, MediaJobsError, NotFound, SettingError, SignatureError
from media_jobs.routing import Match, Reply, Request, Route, Router, json_reply
from media_jobs.signing import SIGNATURE_HEADER
from media_jobs.status import Status
from media_jobs.wire import read

__all__ = ["ROUTER", "Call", "answer", "problem"]

JSON_BYTES_MAX = 256 * 1024
TEXT_BYTES_MAX = 4 * 1024 * 1024
PAGE_MAX = 100
WHY_EVENTS_MAX = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One admitted request; *caller* is None on routes that are open or signed."""

    store: Store
    ports: Ports
    caller: Caller | None = None


class MethodNotAllowed(MediaJobsError):
    """The path is known, and not by this method."""

    status = 405
    default_code = "method_not_allowed"


def problem(error: MediaJobsError) -> Reply:
    """Return the problem document (RFC 9457) of what was refused."""
    titles = {400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found"}
    titles |= {
        405: "Method not allowed",
        409: "Conflict",
        413: "Too large",
        500: "Server error",
        502: "Upstream failed",
    }
    document: dict[str, object] = {
        "type": "about:blank",
        "title": titles.get(error.status, "Error"),
        "status": error.status,
        "code": error.code,
    }
    if isinstance(error, SignatureError):
        document = {"error": error.code}
    else:
        document["detail"] = error.message
        if error.status < 500 or isinstance(error, SettingError):
            document |= error.details
    headers = {"content-type": "application/problem+json"}
    if error.status == 401 and not isinstance(error, SignatureError):
        headers["www-authenticate"] = "Bearer"
    return json_reply(document, error.status, headers)


async def answer(request: Request, ports: Ports) -> Reply:
    """Answer *request*: find its route, admit its caller, run its handler."""
    try:
        found = ROUTER.find(request.method, request.path)
        if not isinstance(found, Match):
            if not found:
                raise NotFound("There is nothing here.")
            reply = problem(MethodNotAllowed(f"This path answers to {', '.join(sorted(found))}."))
            headers = {**reply.headers, "allow": ", ".join(sorted(found))}
            return Reply(status=reply.status, body=reply.body, headers=headers)
        store = Store(ports.database)
        caller = None
        if found.route.access in SCOPES:
            credentials = request.header("authorization")
            caller = await authenticate(credentials, found.route.access, store)
            ports.settings()  # A missing one is named before anything is written.
        call = Call(store=store, ports=ports, caller=caller)
        return await found.route.handler(call, request, found.values)
    except MediaJobsError as error:
        if error.status >= 500 or isinstance(error, SignatureError):
            why = error.reason if isinstance(error, SignatureError) else error.message
            ports.log({"event": "refused", "path": request.path, "code": error.code, "why": why})
        return problem(error)


async def healthz(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /healthz."""
    return json_reply({"ok": True, "version": __version__})


async def post_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media."""
    body = read(NewMedia, await request.read(JSON_BYTES_MAX))
    return json_reply(media_document(await create_media(body, call.ports), {}), 201)


async def list_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media."""
    params = request.params()
    limit = _limit(params)
    rows = await call.store.media_page(params.get("cursor"), limit + 1)
    items: list[dict[str, object]] = [
        {
            "mediaId": row.media_id,
            "title": row.title,
            "sourceUrl": row.source_url,
            "createdAt": row.created_ms,
        }
        for row in rows[:limit]
    ]
    return _page(items, rows[limit - 1].media_id if len(rows) > limit else None)


async def get_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media/:id."""
    media = await find_media(values["media_id"], call.store)
    return json_reply(media_document(media, await call.store.inputs(media.media_id)))


async def post_upload(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads."""
    body = read(NewUpload, await request.read(JSON_BYTES_MAX))
    upload_id, put = await begin_upload(values["media_id"], body, call.store, call.ports)
    document = {
        "uploadId": upload_id,
        "method": "PUT",
        "url": put.url,
        "headers": put.headers,
        "expiresAt": put.expiresAt,
    }
    return json_reply(document, 201)


async def post_upload_complete(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads/:uploadId/complete."""
    media_id, upload_id = values["media_id"], values["upload_id"]
    item = await complete_upload(media_id, upload_id, call.store, call.ports)
    return json_reply(input_document(item))


async def put_subtitles(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/subtitles: WebVTT as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_subtitles(values["media_id"], body, call.store, call.ports)
    return json_reply(input_document(item), 201)


async def put_comments(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/comments: a comments document as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_comments(values["media_id"], body, call.store, call.ports)
    return json_reply(input_document(item), 201)


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
    limit, status = _limit(params), params.get("status")
    if status is not None and status not in set(Status):
        raise _invalid("status", f"must be one of {', '.join(Status)}")
    rows = await call.store.job_page(
        params.get("cursor"),
        limit + 1,
        params.get("mediaId"),
        status,
        dead_letters=params.get("deadLetters") == "true",
    )
    items = [job_document(row, call.ports) for row in rows[:limit]]
    return _page(items, rows[limit - 1].job_id if len(rows) > limit else None)


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
        raise _invalid("cursor", "must be a whole number")
    limit = _limit(params)
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
    return _page(items, str(rows[limit - 1]["event_seq"]) if len(rows) > limit else None)


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


async def post_callback(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/render/cf-callback, signed by the orchestrator."""
    body = await request.read(JSON_BYTES_MAX)
    applied = await receive_event(body, request.header(SIGNATURE_HEADER), call.store, call.ports)
    return json_reply({"ok": True} if applied else {"ok": True, "duplicate": True})


def _limit(params: dict[str, str]) -> int:
    value = params.get("limit", "50")
    digits = value.isascii() and value.isdigit() and len(value) <= 3
    if not digits or not 1 <= int(value) <= PAGE_MAX:
        raise _invalid("limit", f"must be a whole number from 1 to {PAGE_MAX}")
    return int(value)


def _page(items: list[dict[str, object]], cursor: str | None) -> Reply:
    return json_reply({"items": items, "nextCursor": cursor})


def _invalid(field: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{field} {reason}.", details={"errors": [{"field": field, "reason": reason}]}
    )


Handler = Callable[[Call, Request, dict[str, str]], Awaitable[Reply]]

_TABLE: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/healthz", "open", healthz),
    ("POST", "/api/render/cf-callback", "signed", post_callback),
    ("POST", "/api/media", "submit", post_media),
    ("GET", "/api/media", "read", list_media),
    ("GET", "/api/media/{media_id}", "read", get_media),
    ("POST", "/api/media/{media_id}/uploads", "submit", post_upload),
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete", "submit", post_upload_complete),
    ("PUT", "/api/media/{media_id}/subtitles", "submit", put_subtitles),
    ("PUT", "/api/media/{media_id}/comments", "submit", put_comments),
    ("POST", "/api/jobs", "submit", post_job),
    ("GET", "/api/jobs", "read", list_jobs),
    ("GET", "/api/jobs/{job_id}", "read", get_job),
    ("GET", "/api/jobs/{job_id}/events", "read", get_job_events),
    ("GET", "/api/jobs/{job_id}/why", "read", get_job_why),
    ("POST", "/api/jobs/{job_id}/cancel", "submit", post_job_cancel),
    ("POST", "/api/jobs/{job_id}/retry", "submit", post_job_retry),
    ("POST", "/api/jobs/{job_id}/replay", "submit", post_job_replay),
)

ROUTER: Router[Call] = Router(
    Route(method=method, pattern=pattern, handler=handler, access=access)
    for method, pattern, access, handler in _TABLE
)
