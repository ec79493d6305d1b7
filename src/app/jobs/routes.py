"""Routes of jobs."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, WithJsonSchema

from app.jobs.accept import (
    accept_job,
    cancel_job,
    check_job,
    find_job,
    job_document,
    retry_job,
)
from app.jobs.artifacts import delete_artifacts
from app.jobs.bulk import BulkWanted, NewJobs, cancel_jobs, retry_jobs, submit_jobs
from app.jobs.engines import engine_documents
from app.jobs.event_list import EVENTS_MAX, receive_events
from app.jobs.events import receive_event
from app.jobs.history import explain
from app.jobs.links import NewShare, output_content, share
from app.jobs.live_state import live_document, missing_of_hosts
from app.jobs.log import read_log
from app.jobs.planning import JobToCheck, NewJob
from app.jobs.receipts import find_receipt
from app.jobs.settling import hand_on
from app.jobs.store import JobFilter, select_events, select_jobs
from app.live.live import change_of
from app.orchestrator import replay
from app.web.call import IDEMPOTENCY_KEY, Call, OpenCall
from app.web.caller import Access
from app.web.content import ContentQuery, content_routes
from app.web.query import COMMAS, PAGE_MAX, Limit, Paging, Query, UnixMs, Whole, page, paged
from media_jobs import __version__
from media_jobs.engines import EngineId
from media_jobs.http import Reply, json_reply
from media_jobs.ids import ID, Id
from media_jobs.live import JobProgress
from media_jobs.opening import Opened
from media_jobs.routing import Route
from media_jobs.status import JOB_STATUSES, StatusName
from media_jobs.tool_logs import LOG_LINES_MAX
from media_jobs.wire import JobEvent

BATCH_BYTES_MAX = 1024 * 1024
WHY_EVENTS_MAX = 2000


def _commas(words: str, one: str) -> WithJsonSchema:
    """Describe several *words*; *one*: the expression that each is."""
    described = f"one or more of {words}, with commas between"
    pattern = f"^(?:{one})(?:,(?:{one})){{0,{PAGE_MAX - 1}}}$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": described})


class JobsQuery(Paging):
    """Which jobs to list."""

    status: Annotated[
        tuple[StatusName, ...],
        Field(max_length=PAGE_MAX),
        COMMAS,
        _commas(", ".join(JOB_STATUSES), "|".join(JOB_STATUSES)),
    ] = ()
    engine: EngineId | None = None
    media_id: Id | None = None
    ids: Annotated[
        tuple[Id, ...],
        Field(max_length=PAGE_MAX),
        COMMAS,
        _commas(f"up to {PAGE_MAX} jobs' ids", ID),
    ] = ()
    dead_letters: Literal["true", "false"] = "false"
    created_after: UnixMs | None = None
    created_before: UnixMs | None = None
    query: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=100),
        Field(description="part of the title of the jobs' media"),
    ] = ""


class EventsQuery(Limit):
    """Which events of a job to list."""

    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\z")] = "0"


class LogQuery(Query):
    """How much of a log to show."""

    lines: Annotated[int, Whole(1, LOG_LINES_MAX)] = 100


async def post_job(call: Call, body: NewJob) -> Reply:
    """Submit a job: 201, or 200 for a repeated `Idempotency-Key`.

    `inputs` picks versions by slot (`{"subtitles": "sub_…"}`); the newest are the default.
    """
    job, new = await accept_job(body, call.once(), call.caller, call.ports)
    return json_reply(
        job_document(job, call.ports),
        201 if new else 200,
        {"location": f"/api/jobs/{job.job_id}"},
    )


async def post_job_check(call: Call, body: JobToCheck) -> Reply:
    """Check a job without submitting it: the same refusals, and nothing is stored.

    `coming` names inputs that are still to be uploaded; without a media, all are.
    """
    return json_reply(await check_job(body, call.caller, call.ports))


async def list_jobs(call: Call, query: JobsQuery) -> Reply:
    """List jobs that match every given filter, newest first."""
    chosen = JobFilter(
        statuses=query.status,
        engine=query.engine,
        media_id=query.media_id,
        ids=query.ids,
        dead_letters=query.dead_letters == "true",
        created_from_ms=query.created_after,
        created_to_ms=query.created_before,
        words=query.query,
    )
    rows = await select_jobs(call.ports.store, chosen, query.cursor, query.limit + 1)
    return paged(
        rows, query.limit, lambda row: job_document(row, call.ports), lambda row: row.job_id
    )


async def post_jobs_batch(call: Call, body: NewJobs) -> Reply:
    """Submit up to 50 jobs, idempotent by `Idempotency-Key`.

    An invalid one does not stop the others.
    """
    items = await submit_jobs(body, call.once(), call.caller, call.ports)
    return json_reply({"items": items})


async def post_jobs_cancel(call: Call, body: BulkWanted) -> Reply:
    """Cancel the newest jobs that match a filter.

    At most `limit` (1–100, default 50); `cursor` continues with older ones.
    """
    return json_reply(await cancel_jobs(body, call.ports))


async def post_jobs_retry(call: Call, body: BulkWanted) -> Reply:
    """Retry the newest jobs that match a filter; `limit` and `cursor` as for cancel."""
    return json_reply(await retry_jobs(body, call.caller, call.ports))


async def remove_artifacts(call: Call, job_id: str) -> Reply:
    """Delete the outputs of an ended job, except those that have become inputs of its media."""
    await delete_artifacts(job_id, call.ports)
    return Reply(status=204, body=None)


async def get_job(call: Call, job_id: str) -> Reply:
    """Show one job, with signed links to its outputs.

    While it waits: its place in the `queue` and when it may begin. While it runs: how far it is, as
    the orchestrator knows it.
    """
    job = await find_job(job_id, call.ports)
    return json_reply({**job_document(job, call.ports), **await live_document(job, call.ports)})


async def post_job_share(call: Call, job_id: str, body: NewShare) -> Reply:
    """Make links to one output, to be given to others.

    They are good for `expiresInS` seconds (60 to 30 days, default a day), whatever becomes of the
    token that asked.
    """
    return json_reply(share(await find_job(job_id, call.ports), body, call.ports), 201)


async def get_artifact(call: Call, job_id: str, slot: str, query: ContentQuery) -> Reply:
    """Send the bytes of an output, with ranges and `ETag`; `disposition=attachment` is to save."""
    job = await find_job(job_id, call.ports)
    return await output_content(call.request, job, slot, query.disposition, call.ports)


async def get_job_events(call: Call, job_id: str, query: EventsQuery) -> Reply:
    """List the events of a job, oldest first."""
    job = await find_job(job_id, call.ports)
    rows = await select_events(call.ports.store, job.job_id, int(query.cursor), query.limit + 1)
    return paged(rows, query.limit, _event_document, lambda row: str(row["event_seq"]))


def _event_document(row: dict[str, Any]) -> dict[str, object]:  # Any: a row's columns.
    return {
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


async def post_job_cancel(call: Call, job_id: str) -> Reply:
    """Cancel a job; a job that has ended stays as it is."""
    job = await cancel_job(job_id, call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_retry(call: Call, job_id: str) -> Reply:
    """Retry a failed or canceled job: a new generation that keeps its history.

    409 `job_not_failed` otherwise; `job_imported` for one that ended in the earlier system.
    """
    job = await retry_job(job_id, call.caller, call.ports)
    return json_reply(job_document(job, call.ports))


async def post_job_replay(call: Call, job_id: str) -> Reply:
    """Deliver dead letters again; the sweeper also does this by itself."""
    job = await find_job(job_id, call.ports)
    await replay(job, call.ports)
    return json_reply(job_document(job, call.ports))


async def get_job_why(call: Call, job_id: str) -> Reply:
    """Show a job's history in words, and what there is to know of its result."""
    # Here, because no start of the app needs it.
    from app.jobs.notices import result_notices

    job = await find_job(job_id, call.ports)
    events = await select_events(call.ports.store, job.job_id, 0, WHY_EVENTS_MAX)
    missing = await missing_of_hosts(job, call.ports)
    return json_reply(explain(job, events, await result_notices(job, call.ports), missing))


async def get_job_log(call: Call, job_id: str, query: LogQuery) -> Reply:
    """Show the last lines of what a running job's tools say, without what would give access.

    `missing` says why there are none: the job has `ended` or `not_begun`, or its container or the
    orchestrator is too old to say (`not_supported`).
    """
    job = await find_job(job_id, call.ports)
    return json_reply(await read_log(job, query.lines, call.ports))


async def get_receipt(call: Call, job_id: str) -> Reply:
    """Return the signed receipt of a job's result: inputs, options, versions, hashes of outputs."""
    text = await find_receipt(job_id, call.ports)
    return Reply(body=text, headers={"content-type": "application/json; charset=utf-8"})


async def get_receipt_keys(call: OpenCall) -> Reply:
    """List the public keys of receipts, those of earlier secrets too, as a JWK Set."""
    ports = call.ports
    return json_reply(await ports.receipt_keys.document(ports.objects, ports.now_ms()))


async def list_engines(call: Call) -> Reply:
    """List the engines, with their inputs, outputs and names."""
    return page(engine_documents(), None)


async def post_callback(call: OpenCall, body: JobEvent | list[Opened[JobEvent]]) -> Reply:
    """Apply an event of a job; 200 only if it is applied, now or earlier.

    Or a list of up to 50 events: `items` answers each, and 207 says that not all are applied.
    """
    if isinstance(body, list):
        items = await receive_events(body, call.ports)
        ok = all(item["status"] == 200 for item in items)
        answer = {"ok": ok, "version": __version__, "items": items}
        return json_reply(answer, 200 if ok else 207)
    applied = await receive_event(body, call.ports)
    answer = {"ok": True, "version": __version__} if body.wants_version else {"ok": True}
    if applied is None:
        return json_reply({**answer, "duplicate": True})
    await hand_on(applied.followers, call.ports)
    return json_reply(answer)


async def post_progress(call: OpenCall, body: JobProgress) -> Reply:
    """Show the progress of a running job to those who look; `watched`: whether anybody does."""
    return json_reply({"ok": True, "watched": await call.ports.hub.show(change_of(body)) > 0})


_ALL = "/api/jobs"
_ONE = "/api/jobs/{job_id}"
RECEIPT_KEYS_PATH = "/.well-known/receipt-keys.json"
ROUTES: tuple[Route[Access], ...] = (
    Route(
        "POST",
        "/api/render/cf-callback",
        Access.SIGNED,
        post_callback,
        answers={200: "{ok, version?, duplicate?, items?}", 207: "{ok, version, items}"},
        body=JobEvent,
        body_bytes_max=BATCH_BYTES_MAX,
        list_max=EVENTS_MAX,
    ),
    Route(
        "POST",
        "/api/render/progress",
        Access.SIGNED,
        post_progress,
        answers={200: "{ok, watched}"},
    ),
    Route("GET", "/api/engines", Access.READ, list_engines, answers={200: "Page[ShownEngine]"}),
    Route(
        "POST",
        _ALL,
        Access.SUBMIT,
        post_job,
        headers=IDEMPOTENCY_KEY,
        answers={201: "Job", 200: "Job"},
    ),
    Route("GET", _ALL, Access.READ, list_jobs, answers={200: "Page[Job]"}),
    Route(
        "POST",
        f"{_ALL}/batch",
        Access.SUBMIT,
        post_jobs_batch,
        body_bytes_max=BATCH_BYTES_MAX,
        headers=IDEMPOTENCY_KEY,
        answers={200: "BatchAnswer"},
    ),
    Route("POST", f"{_ALL}/check", Access.SUBMIT, post_job_check, answers={200: "JobCheck"}),
    Route("POST", f"{_ALL}/cancel", Access.SUBMIT, post_jobs_cancel, answers={200: "BulkAnswer"}),
    Route("POST", f"{_ALL}/retry", Access.SUBMIT, post_jobs_retry, answers={200: "BulkAnswer"}),
    Route("GET", _ONE, Access.READ, get_job, answers={200: "Job"}),
    Route("GET", f"{_ONE}/events", Access.READ, get_job_events, answers={200: "Page[Event]"}),
    Route("GET", f"{_ONE}/why", Access.READ, get_job_why, answers={200: "JobHistory"}),
    Route("GET", f"{_ONE}/log", Access.READ, get_job_log, answers={200: "JobLog"}),
    Route("GET", f"{_ONE}/receipt", Access.READ, get_receipt, answers={200: "Receipt"}),
    Route("GET", RECEIPT_KEYS_PATH, Access.OPEN, get_receipt_keys, answers={200: "ReceiptKeySet"}),
    Route(
        "POST",
        f"{_ONE}/share",
        Access.SUBMIT,
        post_job_share,
        body_needed=False,
        answers={201: "Artifact"},
    ),
    Route("POST", f"{_ONE}/cancel", Access.SUBMIT, post_job_cancel, answers={200: "Job"}),
    Route("POST", f"{_ONE}/retry", Access.SUBMIT, post_job_retry, answers={200: "Job"}),
    Route("POST", f"{_ONE}/replay", Access.SUBMIT, post_job_replay, answers={200: "Job"}),
    *content_routes(f"{_ONE}/artifacts/{{slot}}", get_artifact),
    Route("DELETE", f"{_ONE}/artifacts", Access.SUBMIT, remove_artifacts, answers={204: None}),
)
