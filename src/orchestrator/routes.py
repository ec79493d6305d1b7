"""The orchestrator's routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from media_jobs import __version__
from media_jobs.engines import EngineId
from media_jobs.errors import MediaJobsError, UpgradeRequired, UpstreamError
from media_jobs.http import Reply, Request, json_reply
from media_jobs.later import Later
from media_jobs.live import WatchJobs
from media_jobs.problems import error_reply
from media_jobs.redaction import redact
from media_jobs.routing import Route, Router, Rows, Text
from media_jobs.tool_logs import ReadLog
from media_jobs.wire import (
    CancelJob,
    ReplayEvents,
    StartJob,
)
from orchestrator.archived import Archived
from orchestrator.call import (
    Access,
    AttemptCall,
    Call,
    Context,
    HostCall,
    admit,
)
from orchestrator.containers import log_request
from orchestrator.jobs.job_log import refusal_line
from orchestrator.settings import Host

URLS_BODY_BYTES_MAX = 8 * 1024
PIECES_BODY_BYTES_MAX = 64 * 1024
LOG_TIMEOUT_MS = 10_000

_JSON = Text(types=("application/json",))
"""A body that a job's Durable Object reads: it is handed on unread."""


class _Log(BaseModel):
    """What a container answers: lines, or that it has no such job."""

    model_config = ConfigDict(defer_build=True)

    lines: list[Annotated[str, StringConstraints(max_length=8192)]] = []
    error: str | None = None


class _OnHost(BaseModel):
    """What a job's status says of where it is."""

    model_config = ConfigDict(defer_build=True)

    host: str | None = None


async def start_job(call: Call, body: StartJob) -> Reply:
    """Start a job whose manifest is in the bucket; a repeated request has the same answer."""
    job = call.context.job(body.job_id)
    text = call.incoming.raw.decode()
    return call.context.unpack(await job.start(text, call.request.request_id))


async def get_job(call: Call, job_id: str) -> Reply:
    """Show a job's status, or the last one of a forgotten job."""
    context = call.context
    reply = context.unpack(await context.job(job_id).status())
    if reply.status != 404:
        return reply
    final = await context.archived.get(job_id)
    return reply if final is None else Reply(body=final, headers=reply.headers)


async def cancel_job(call: Call, job_id: str, body: CancelJob) -> Reply:
    """Cancel a job, and notify its container."""
    context = call.context
    answer = await context.job(job_id).cancel(body.generation, body.reason, call.request.request_id)
    reply = context.unpack(answer)
    return await _ended_before(context, body) or reply if reply.status == 404 else reply


async def _ended_before(context: Context, message: CancelJob) -> Reply | None:
    """Return how a forgotten job ended, as for any job that can no longer be canceled.

    The record decides nothing: the job's object has already found nothing to cancel.
    """
    text = await context.archived.get(message.job_id)
    final = None if text is None else Archived.model_validate_json(text)
    if final is None or final.generation < message.generation:
        return None
    return json_reply({"ok": True, "status": final.status})


async def read_log(call: Call, job_id: str, body: ReadLog) -> Reply:
    """Show the last lines of a running job's tools, as its container has them.

    `known`: the container has the job; `supported`: it is new enough to say.
    """
    context = call.context
    host = await _host_of_job(context, job_id, body.engine)
    if host is None:
        return json_reply({"lines": [], "known": False, "supported": True})
    url, headers = log_request(host, body, context.now_ms())
    answer = await context.peers.call("GET", url, None, headers, LOG_TIMEOUT_MS)
    if answer.status not in (200, 404):
        raise UpstreamError("upstream_failed.status", part="part.container", status=answer.status)
    try:
        found = _Log.model_validate_json(answer.text)
    except ValidationError:
        # A container from before this route has another 404 than ours.
        return json_reply({"lines": [], "known": False, "supported": False})
    lines = [redact(text) for text in found.lines[-body.lines :]]
    return json_reply({"lines": lines, "known": found.error is None, "supported": True})


async def _host_of_job(context: Context, job_id: str, engine: EngineId) -> Host | None:
    """Return the host that a job is on; None: it was taken out of the setting."""
    host = ""
    reply = context.unpack(await context.job(job_id).status())
    if reply.status == 200:
        host = _OnHost.model_validate_json(str(reply.body)).host or ""
    return context.settings().host(engine, host)


async def connect_host(call: HostCall, engine: str, name: str) -> Reply:
    """Open the WebSocket of a host that nobody can call: it is called through it.

    The query has `ts` and `nonce`, and with them is signed. 401 says why to who holds its key.
    """
    if (call.request.header("upgrade") or "").lower() != "websocket":
        raise UpgradeRequired("upgrade_required")
    answer = await call.context.door.connect(call.engine, call.name, call.nonce)
    return Reply(status=101, body=answer)


async def replay_events(call: Call, job_id: str, body: ReplayEvents) -> Reply:
    """Deliver the dead letters of a job again."""
    return call.context.unpack(await call.context.job(job_id).replay())


async def watch_jobs(call: Call, body: WatchJobs) -> Reply:
    """Have the progress of running jobs shown for the next `forS` seconds: somebody looks."""
    context, runs = call.context, list[str]()
    for job_id in body.jobs:
        if context.unpack(await context.job(job_id).watch(body.for_s)).status == 200:
            runs.append(job_id)
    return json_reply({"ok": True, "runs": runs})


async def container_callback(call: Call, body: str) -> Reply:
    """Receive the report of an attempt.

    The query has `job`, `attempt` and `token`; 410 if the attempt was given up.
    """
    if not isinstance(call, AttemptCall):
        return json_reply({"ok": True, "probe": True})
    job = call.context.job(call.job_id)
    signers = ",".join(call.signers)
    return call.context.unpack(await job.callback(call.attempt, call.token, body, signers))


async def fresh_urls(call: AttemptCall, job_id: str, body: str) -> Reply:
    """Presign the URLs of an attempt anew; without a body all of them, else those of parts.

    The query has `attempt` and `token`.
    """
    job = call.context.job(job_id)
    return call.context.unpack(await job.urls(call.attempt, call.token, body or "{}"))


async def next_piece(call: AttemptCall, job_id: str, body: str) -> Reply:
    """Give an attempt the next piece of its plan, or of the one that it helps with.

    The query has `attempt` and `token`.
    """
    job = call.context.job(job_id)
    return call.context.unpack(await job.pieces(call.attempt, call.token, body or "{}"))


async def healthz(call: Call) -> Reply:
    """Show that this Worker is up, and its version."""
    return json_reply({"ok": True, "version": __version__})


_JOB = "/jobs/{job_id}"
_ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/healthz", Access.OPEN, healthz, answers={200: "{ok, version}"}),
    Route(
        "POST",
        "/callbacks/container",
        Access.REPORT,
        container_callback,
        body=_JSON,
        answers={200: "{ok, ignored?, reason?}"},
    ),
    Route("POST", "/jobs", Access.SIGNED, start_job, answers={200: "{jobId}"}),
    Route("GET", _JOB, Access.SIGNED_OR_LINK, get_job, answers={200: "status document"}),
    Route("POST", f"{_JOB}/cancel", Access.SIGNED, cancel_job, answers={200: "{ok, status}"}),
    Route(
        "POST",
        f"{_JOB}/log",
        Access.SIGNED,
        read_log,
        answers={200: "{lines, known, supported}"},
    ),
    Route("GET", "/hosts/{engine}/{name}", Access.HOST, connect_host, answers={101: None}),
    Route("POST", "/watch", Access.SIGNED, watch_jobs, answers={200: "{ok, runs}"}),
    Route("POST", f"{_JOB}/replay", Access.SIGNED, replay_events, answers={200: "{ok, replayed}"}),
    Route(
        "POST",
        f"{_JOB}/urls",
        Access.ATTEMPT,
        fresh_urls,
        body=_JSON,
        body_bytes_max=URLS_BODY_BYTES_MAX,
        answers={200: "{…Url, …Key}"},
    ),
    Route(
        "POST",
        f"{_JOB}/pieces",
        Access.ATTEMPT,
        next_piece,
        body=_JSON,
        body_bytes_max=PIECES_BODY_BYTES_MAX,
        answers={200: "{piece, made, others} or {piece, putUrl?}"},
    ),
)


def _refuse(error: MediaJobsError, request: Request, context: Context) -> Reply:
    if (record := refusal_line(error, request)) is not None:
        context.log(record)
    return error_reply(error)


_OBJECTS: Rows[Access] = Later("orchestrator.object_routes", "ROUTES")
_STATUS: Rows[Access] = Later("orchestrator.status_routes", "ROUTES")
ROUTER = Router(
    _ROUTES,
    admit,
    _refuse,
    later={
        _OBJECTS: ("/uploads", "/preview", "/peaks", "/artifacts"),
        _STATUS: ("/diagnostics", "/containers", "/metrics", "/debug"),
    },
)
