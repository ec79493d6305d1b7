"""The orchestrator's routes."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from media_jobs import __version__
from media_jobs.artifact_links import linked_output
from media_jobs.content import Content, serve
from media_jobs.diagnosis import PATHS, Check, Diagnose
from media_jobs.errors import MediaJobsError, NotFound, UpstreamError
from media_jobs.http import Reply, Request, json_reply
from media_jobs.keys import DEBUG_PREFIX, job_prefixes
from media_jobs.live import WatchJobs
from media_jobs.problems import error_reply
from media_jobs.redaction import redact
from media_jobs.routing import Binary, Route, Router, Text
from media_jobs.tool_logs import ReadLog
from media_jobs.wire import (
    CancelJob,
    DeleteArtifacts,
    MakePeaks,
    OutputObject,
    PresignParts,
    PresignUpload,
    PreviewBurn,
    PreviewComments,
    ReplayEvents,
    StartJob,
)
from orchestrator.call import (
    Access,
    AttemptCall,
    Call,
    Context,
    LinkCall,
    ProbeCall,
    admit,
)
from orchestrator.containers import log_request
from orchestrator.diagnostics import PROBE_JOB, diagnose, presign_problem
from orchestrator.health import containers_health
from orchestrator.jobs.job_log import refusal_line
from orchestrator.metrics import CONTENT_TYPE, waiting_jobs
from orchestrator.object_urls import object_url
from orchestrator.preview import Side, make_peaks, preview_burn, preview_comments
from orchestrator.probe import Verdict
from orchestrator.uploads import part_grants, upload_grant

URLS_BODY_BYTES_MAX = 8 * 1024
PREVIEW_BYTES_MAX = 1024 * 1024
LOG_TIMEOUT_MS = 10_000

_JSON = Text(types=("application/json",))
"""A body that a job's Durable Object reads: it is handed on unread."""
_OUTPUTS = TypeAdapter(dict[str, OutputObject])


class _Log(BaseModel):
    """What a container answers: lines, or that it has no such job."""

    lines: list[Annotated[str, StringConstraints(max_length=8192)]] = []
    error: str | None = None


_LOG = TypeAdapter(_Log)


class _Archived(BaseModel):
    """What is needed of the archived status of a job that was forgotten."""

    status: str
    generation: int = 1
    outputs: dict[str, OutputObject] = {}


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
    final = None if text is None else _Archived.model_validate_json(text)
    if final is None or final.generation < message.generation:
        return None
    return json_reply({"ok": True, "status": final.status})


async def read_log(call: Call, job_id: str, body: ReadLog) -> Reply:
    """Show the last lines of a running job's tools, as its container has them.

    `known`: the container has the job; `supported`: it is new enough to say.
    """
    context = call.context
    url, headers = log_request(body, context.settings(), context.now_ms())
    answer = await context.peers.call("GET", url, None, headers, LOG_TIMEOUT_MS)
    if answer.status not in (200, 404):
        raise UpstreamError("upstream_failed.status", part="The container", status=answer.status)
    try:
        found = _LOG.validate_json(answer.text)
    except ValidationError:
        # A container from before this route has another 404 than ours.
        return json_reply({"lines": [], "known": False, "supported": False})
    lines = [redact(text) for text in found.lines[-body.lines :]]
    return json_reply({"lines": lines, "known": found.error is None, "supported": True})


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


async def artifact(call: LinkCall, job_id: str, slot: str = "video") -> Reply:
    """Send an output of a job, with byte ranges; without a slot its video."""
    output = linked_output(call.link, job_id) or await _recorded_output(call.context, job_id, slot)
    return await serve(call.request, output, call.context.objects, call.link)


async def _recorded_output(context: Context, job_id: str, slot: str) -> Content:
    """Return the output that the job or, once it is forgotten, its archived status has.

    For links that do not say what they open. The app made them up to release 0.1.0, and each lives
    12 hours: a day after its app's upgrade this is no longer needed.
    """
    reply = context.unpack(await context.job(job_id).artifacts())
    outputs = _OUTPUTS.validate_json(str(reply.body))
    if not outputs and (final := await context.archived.get(job_id)) is not None:
        outputs = _Archived.model_validate_json(final).outputs
    output = outputs.get(slot)
    if output is None:
        raise NotFound("artifact_not_ready")
    return Content(
        key=output.key,
        size_bytes=output.size_bytes,
        content_type=output.content_type,
        etag=output.etag,
    )


async def delete_artifacts(call: Call, job_id: str, body: DeleteArtifacts) -> Reply:
    """Delete the outputs of a job's attempts, except those to keep."""
    objects = call.context.objects
    deleted, errors = 0, []
    for prefix in job_prefixes(body.media_id, job_id):
        # What stays is at most a few keys, so a page of a thousand always has others.
        while keys := set(await objects.keys(prefix)).difference(body.keep or ()):
            for key in sorted(keys):
                try:
                    await objects.delete(key)
                    deleted += 1
                except UpstreamError as error:
                    errors.append({"key": key, "why": str(error)})
            if errors:
                break
    return json_reply({"ok": not errors, "deleted": deleted, "errors": errors})


async def presign_upload(call: Call, body: PresignUpload) -> Reply:
    """Presign a PUT of one input object."""
    return json_reply(upload_grant(body, call.context.settings(), call.context.now_ms()))


async def presign_parts(call: Call, body: PresignParts) -> Reply:
    """Presign PUTs of parts of one input object."""
    return json_reply(part_grants(body, call.context.settings(), call.context.now_ms()))


async def post_comments_preview(call: Call, body: PreviewComments) -> Reply:
    """Draw a frame of a comments video in the remotion container."""
    return await preview_comments(body, _side(call))


async def post_burn_preview(call: Call, body: PreviewBurn) -> Reply:
    """Draw the text of a burn, or a burned frame, in the burner; 202 while it fetches the video."""
    return await preview_burn(body, _side(call))


async def post_peaks(call: Call, body: MakePeaks) -> Reply:
    """Have the burner put the peaks of a video's sound into the bucket; 202 while it does so."""
    return await make_peaks(body, _side(call))


def _side(call: Call) -> Side:
    context = call.context
    return Side(
        settings=context.settings(),
        objects=context.objects,
        peers=context.peers,
        now_ms=context.now_ms(),
        nonce=context.token(),
        request_id=call.request.request_id,
    )


async def debug_presign(call: ProbeCall) -> Reply:
    """Test presigned URLs with a real PUT, GET and DELETE under `debug/`.

    500 with the step that failed. Unsigned requests are answered from a test of the last minute,
    `ageS` seconds ago. Only a signed one gets a URL for the query's `key`.
    """
    context, settings = call.context, call.context.settings()
    now_ms = context.now_ms()
    found = None if call.is_signed else context.probes.recent(now_ms)
    if found is None:
        found = await _tried(call, now_ms)
    age_s = (context.now_ms() - found.at_ms) // 1000
    if found.step is not None:
        failed = {"error": "presign_failed", "step": found.step, "why": found.why, "ageS": age_s}
        return json_reply(failed, 500)
    bucket = settings.public_bucket.name
    document: dict[str, object] = {"ok": True, "bucket": bucket, "key": call.key, "ageS": age_s}
    if call.is_signed:
        document["url"] = object_url(
            settings, "public", "GET", call.key, now_ms=context.now_ms(), expires_s=300
        )
    return json_reply(document)


async def _tried(call: Call, now_ms: int) -> Verdict:
    """Put, get and delete an object through presigned URLs."""
    context = call.context
    context.probes.begin(now_ms)
    key = f"{DEBUG_PREFIX}presign-{context.token()}.txt"
    steps: tuple[Literal["PUT", "GET", "DELETE"], ...] = ("PUT", "GET", "DELETE")
    for step in steps:
        why = await presign_problem(context, step, key)
        if why is not None:
            request_id = call.request.request_id or None
            failed: dict[str, object] = {"requestId": request_id, "step": step, "why": why}
            context.log({"event": "presign_failed", **failed})
            verdict = Verdict(context.now_ms(), step, why)
            break
    else:
        verdict = Verdict(context.now_ms())
    context.probes.note(verdict)
    return verdict


async def post_diagnostics(call: Call, body: Diagnose) -> Reply:
    """Answer the doctor's and the app's questions about this part."""
    context = call.context
    checks = []
    if body.deep:
        # A job that never exists: asking for it shows that Durable Objects answer.
        status = context.unpack(await context.job(PROBE_JOB).status()).status
        why = None if status == 404 else f"HTTP {status}"
        checks.append(Check(name="durable_object", ok=status == 404, why=why))
    found = await diagnose(body, context)
    diagnosis = found.model_copy(update={"checks": [*checks, *found.checks]})
    return Reply(
        body=diagnosis.to_json().decode(),
        headers={"content-type": "application/json; charset=utf-8"},
    )


async def healthz(call: Call) -> Reply:
    """Show that this Worker is up, and its version."""
    return json_reply({"ok": True, "version": __version__})


async def get_containers(call: Call) -> Reply:
    """Show the state of the containers."""
    context = call.context
    found = await containers_health(
        context.settings(), context.peers, context.waiting, context.now_ms
    )
    return json_reply({"ok": True, "version": __version__, "containers": found})


async def get_metrics(call: Call) -> Reply:
    """Count the jobs that wait, in Prometheus' text format; of one engine by the query `engine`."""
    text = await waiting_jobs(call.request.params().get("engine"), call.context.waiting)
    return Reply(body=text, headers={"content-type": CONTENT_TYPE})


_JOB = "/jobs/{job_id}"
_ARTIFACTS = "/artifacts/{job_id}"
_OBJECT = Binary(types=("*/*",))
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
    Route(
        "POST", PATHS["orchestrator"], Access.SIGNED, post_diagnostics, answers={200: "Diagnosis"}
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
        "GET",
        "/containers",
        Access.SIGNED_OR_LINK,
        get_containers,
        answers={200: "{ok, version, containers}"},
    ),
    Route(
        "GET",
        "/metrics",
        Access.METRICS,
        get_metrics,
        answers={200: Binary(types=("text/plain",))},
    ),
    Route(
        "POST",
        "/uploads",
        Access.SIGNED,
        presign_upload,
        answers={200: "{url, headers, expiresAt}"},
    ),
    Route(
        "POST", "/uploads/parts", Access.SIGNED, presign_parts, answers={200: "{parts, expiresAt}"}
    ),
    Route(
        "POST",
        "/preview",
        Access.SIGNED,
        post_comments_preview,
        answers={200: Binary(types=("image/png",))},
    ),
    Route(
        "POST",
        "/preview/burn",
        Access.SIGNED,
        post_burn_preview,
        body_bytes_max=PREVIEW_BYTES_MAX,
        answers={200: Binary(types=("image/png",)), 202: "{progress}"},
    ),
    Route(
        "POST",
        "/peaks",
        Access.SIGNED,
        post_peaks,
        answers={200: "{progress}", 202: "{progress}"},
    ),
    *(
        Route(
            method,
            pattern,
            Access.LINK,
            artifact,
            answers={200: _OBJECT, 206: _OBJECT, 304: None, 416: None},
        )
        for method in ("GET", "HEAD")
        for pattern in (_ARTIFACTS, _ARTIFACTS + "/{slot}")
    ),
    Route(
        "DELETE",
        _ARTIFACTS,
        Access.SIGNED,
        delete_artifacts,
        answers={200: "{ok, deleted, errors}"},
    ),
    *(
        Route(
            method,
            "/debug/presign",
            Access.PROBE,
            debug_presign,
            answers={200: "{ok, bucket, key, ageS, url?}", 500: "{error, step, why, ageS}"},
        )
        for method in ("GET", "HEAD")
    ),
)


def _refuse(error: MediaJobsError, request: Request, context: Context) -> Reply:
    if (record := refusal_line(error, request)) is not None:
        context.log(record)
    return error_reply(error)


ROUTER = Router(_ROUTES, admit, _refuse)
