"""The orchestrator's routes. Signatures are checked here, before a Durable Object is woken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter

from media_jobs import __version__
from media_jobs.content import serve
from media_jobs.diagnosis import PATHS, Check, open_question
from media_jobs.engines import EngineId
from media_jobs.errors import (
    AccessDenied,
    InvalidInput,
    MediaJobsError,
    NotFound,
    SignatureError,
    UpstreamError,
)
from media_jobs.keys import DEBUG_PREFIX, is_key, job_prefixes
from media_jobs.ports import Objects, Peers
from media_jobs.presign import presigned_url
from media_jobs.routing import Reply, Request, Route, Router, error_document, json_reply
from media_jobs.signing import SIGNATURE_HEADER, verify, verify_link, verify_request_line
from media_jobs.wire import (
    CancelJob,
    DeleteArtifacts,
    Message,
    OutputObject,
    PresignParts,
    PresignUpload,
    PreviewComments,
    ReplayEvents,
    StartJob,
    open_signed,
)
from orchestrator.diagnostics import PROBE_JOB, Probes, diagnose, presign_problem
from orchestrator.health import containers_health
from orchestrator.ports import ArchivedJobs
from orchestrator.preview import preview
from orchestrator.settings import Settings
from orchestrator.uploads import part_grants, upload_grant

BODY_BYTES_MAX = 256 * 1024
URLS_BODY_BYTES_MAX = 8 * 1024

S = TypeVar("S", bound=Message)
_OUTPUTS = TypeAdapter(dict[str, OutputObject])


class _FinalOutputs(BaseModel):
    """What an artifact needs of an archived status."""

    outputs: dict[str, OutputObject] = {}


class _FinalStatus(BaseModel):
    """What an answer about a forgotten job needs of its archived status."""

    status: str
    generation: int = 1


class JobCalls(Protocol):
    """One job's Durable Object. Answers are replies in text form (see `edge.rpc`)."""

    async def start(self, body: str, request_id: str) -> str: ...
    async def callback(self, attempt: int, token: str, body: str) -> str: ...
    async def cancel(self, generation: int, reason: str, request_id: str) -> str: ...
    async def status(self) -> str: ...
    async def replay(self) -> str: ...
    async def urls(self, attempt: int, token: str, body: str) -> str: ...
    async def artifacts(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the handlers work with."""

    settings: Callable[[], Settings]
    job: Callable[[str], JobCalls]
    unpack: Callable[[str], Reply]
    objects: Objects
    peers: Peers
    archived: ArchivedJobs
    waiting: Callable[[EngineId], Awaitable[int]]
    now_ms: Callable[[], int]
    token: Callable[[], str]
    log: Callable[[dict[str, object]], None]


def refuse(error: MediaJobsError) -> Reply:
    """Return the answer to what was refused; all signature failures look the same."""
    return json_reply(error_document(error), error.status)


async def start_job(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /jobs."""
    body = await request.read(BODY_BYTES_MAX)
    secrets = context.settings().secrets
    signature = request.header(SIGNATURE_HEADER)
    message = open_signed(StartJob, body, signature, secrets, context.now_ms())
    job = context.job(message.job_id)
    return context.unpack(await job.start(body.decode(), request.request_id))


async def get_job(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """GET /jobs/:id, signed by header or by a short-lived link."""
    _check_get(context, request)
    return await _status(context, values["job_id"])


async def _status(context: Context, job_id: str) -> Reply:
    """Return the job's status document, or the last one of a job that was forgotten."""
    reply = context.unpack(await context.job(job_id).status())
    if reply.status != 404:
        return reply
    final = await context.archived.get(job_id)
    return reply if final is None else Reply(body=final, headers=reply.headers)


async def cancel_job(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /jobs/:id/cancel."""
    body = await request.read(BODY_BYTES_MAX)
    secrets = context.settings().secrets
    signature = request.header(SIGNATURE_HEADER)
    message = open_signed(CancelJob, body, signature, secrets, context.now_ms())
    if message.job_id != values["job_id"]:
        raise SignatureError("signed for another job")
    job = context.job(message.job_id)
    answer = await job.cancel(message.generation, message.reason, request.request_id)
    reply = context.unpack(answer)
    return await _ended_before(context, message) or reply if reply.status == 404 else reply


async def _ended_before(context: Context, message: CancelJob) -> Reply | None:
    """Return how a job that was forgotten has ended, as for any job that cannot be canceled more.

    Nothing is decided by the record: its job's object has found nothing to cancel.
    """
    text = await context.archived.get(message.job_id)
    final = None if text is None else _FinalStatus.model_validate_json(text)
    if final is None or final.generation < message.generation:
        return None
    return json_reply({"ok": True, "status": final.status})


async def replay_events(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /jobs/:id/replay."""
    body = await request.read(BODY_BYTES_MAX)
    secrets = context.settings().secrets
    signature = request.header(SIGNATURE_HEADER)
    message = open_signed(ReplayEvents, body, signature, secrets, context.now_ms())
    if message.job_id != values["job_id"]:
        raise SignatureError("signed for another job")
    return context.unpack(await context.job(message.job_id).replay())


async def container_callback(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /callbacks/container; the job, its attempt and its token are in the query."""
    body = await request.read(BODY_BYTES_MAX)
    verify(body, request.header(SIGNATURE_HEADER), context.settings().secrets)
    params = request.params()
    if "probe" in params:
        # A container shows that its reports arrive (`orchestrator.diagnostics`).
        return json_reply({"ok": True, "probe": True})
    job = context.job(_job_id(params.get("job", "")))
    attempt, token = _attempt_token(params)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidInput("The body is not UTF-8.") from None
    return context.unpack(await job.callback(attempt, token, text))


async def fresh_urls(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /jobs/:id/urls, by attempt token."""
    context.settings()
    attempt, token = _attempt_token(request.params())
    body = await request.read(URLS_BODY_BYTES_MAX)
    job = context.job(values["job_id"])
    return context.unpack(await job.urls(attempt, token, body.decode(errors="replace") or "{}"))


async def artifact(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """GET or HEAD /artifacts/:jobId[/:slot], by a link that the app has signed."""
    secrets = context.settings().secrets
    params = verify_link(request.path, request.query, secrets, context.now_ms())
    job_id = values["job_id"]
    answer = context.unpack(await context.job(job_id).artifacts())
    outputs = _OUTPUTS.validate_json(str(answer.body))
    if not outputs and (final := await context.archived.get(job_id)) is not None:
        outputs = _FinalOutputs.model_validate_json(final).outputs
    output = outputs.get(values.get("slot", "video"))
    if output is None:
        raise NotFound("The artifact is not ready.", code="artifact_not_ready")
    return await serve(request, output, context.objects, params)


async def delete_artifacts(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /artifacts/:jobId: what attempts of this job have written, but what to keep."""
    body = await request.read(BODY_BYTES_MAX)
    secrets = context.settings().secrets
    signature = request.header(SIGNATURE_HEADER)
    message = open_signed(DeleteArtifacts, body, signature, secrets, context.now_ms())
    if message.job_id != values["job_id"]:
        raise SignatureError("signed for another job")
    deleted, errors = 0, []
    for prefix in job_prefixes(message.media_id, message.job_id):
        # What stays is at most a few keys, so a page of a thousand always has others.
        while keys := set(await context.objects.keys(prefix)).difference(message.keep or ()):
            for key in sorted(keys):
                try:
                    await context.objects.delete(key)
                    deleted += 1
                except UpstreamError as error:
                    errors.append({"key": key, "why": str(error)})
            if errors:
                break
    return json_reply({"ok": not errors, "deleted": deleted, "errors": errors})


async def presign_upload(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /uploads: a presigned PUT of one input object."""
    message = await _opened(context, request, PresignUpload)
    return json_reply(upload_grant(message, context.settings(), context.now_ms()))


async def presign_parts(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /uploads/parts: presigned PUTs of parts of one input object."""
    message = await _opened(context, request, PresignParts)
    return json_reply(part_grants(message, context.settings(), context.now_ms()))


async def preview_comments(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /preview: a frame of a comments video, by the remotion container."""
    message = await _opened(context, request, PreviewComments)
    settings, nonce = context.settings(), context.token()
    return await preview(
        message, settings, context.objects, context.peers, nonce, request.request_id
    )


async def _opened(context: Context, request: Request, model: type[S]) -> S:
    body = await request.read(BODY_BYTES_MAX)
    signature = request.header(SIGNATURE_HEADER)
    return open_signed(model, body, signature, context.settings().secrets, context.now_ms())


async def debug_presign(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """GET or HEAD /debug/presign?key=…: 200 when presigned URLs work, tried for real.

    Anybody may ask for a key under `debug/` and learns only that it works; a URL is in the answer
    to a signed request alone.
    """
    settings = context.settings()
    key = request.params().get("key", "")
    signed = request.header(SIGNATURE_HEADER) is not None
    if signed:
        _check_get(context, request)
    if not is_key(key) or not (signed or key.startswith(DEBUG_PREFIX)):
        raise AccessDenied("Unsigned requests may only try keys under debug/.")
    probe = f"{DEBUG_PREFIX}presign-{context.token()}.txt"
    steps: tuple[Literal["PUT", "GET", "DELETE"], ...] = ("PUT", "GET", "DELETE")
    for method in steps:
        problem = await presign_problem(_probes(context), settings.public_bucket, method, probe)
        if problem is not None:
            context.log(
                {
                    "event": "presign_failed",
                    "requestId": request.request_id or None,
                    "step": method,
                    "why": problem,
                }
            )
            return json_reply({"error": "presign_failed", "step": method, "why": problem}, 500)
    document: dict[str, object] = {"ok": True, "bucket": settings.public_bucket.name, "key": key}
    if signed:
        document["url"] = presigned_url(
            settings.public_bucket, "GET", key, now_ms=context.now_ms(), expires_s=300
        )
    return json_reply(document)


async def post_diagnostics(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """POST /diagnostics: what the doctor and the app ask, by signature alone."""
    body = await request.read(BODY_BYTES_MAX)
    secrets = context.settings().secrets
    signature = request.header(SIGNATURE_HEADER)
    question = open_question("orchestrator", body, signature, secrets, context.now_ms())
    checks = []
    if question.deep:
        # A job that never exists: asking for it shows that Durable Objects answer.
        status = context.unpack(await context.job(PROBE_JOB).status()).status
        why = None if status == 404 else f"HTTP {status}"
        checks.append(Check(name="durable_object", ok=status == 404, why=why))
    answer = await diagnose(question, _probes(context))
    told = answer.model_copy(update={"checks": [*checks, *answer.checks]})
    return Reply(
        body=told.to_json().decode(), headers={"content-type": "application/json; charset=utf-8"}
    )


def _probes(context: Context) -> Probes:
    return Probes(
        settings=context.settings(),
        objects=context.objects,
        peers=context.peers,
        archived=context.archived,
        now_ms=context.now_ms,
        token=context.token,
    )


async def healthz(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """GET /healthz."""
    return json_reply({"ok": True, "version": __version__})


async def get_containers(context: Context, request: Request, values: dict[str, str]) -> Reply:
    """GET /containers, signed: how they are."""
    _check_get(context, request)
    settings = context.settings()
    found = await containers_health(settings, context.peers, context.waiting, context.now_ms)
    return json_reply({"ok": True, "version": __version__, "containers": found})


def _check_get(context: Context, request: Request) -> None:
    secrets, now_ms = context.settings().secrets, context.now_ms()
    signature = request.header(SIGNATURE_HEADER)
    if signature is None:
        verify_link(request.path, request.query, secrets, now_ms)
    else:
        verify_request_line(request.method, request.target, signature, secrets, now_ms)


def _job_id(value: str) -> str:
    if is_key(value) and "/" not in value and "." not in value:
        return value
    raise SignatureError("no job in the callback URL")


def _attempt_token(params: dict[str, str]) -> tuple[int, str]:
    attempt, token = params.get("attempt", ""), params.get("token", "")
    if not attempt.isascii() or not attempt.isdigit() or len(attempt) > 4 or not token:
        raise SignatureError("no attempt token in the URL")
    return int(attempt), token[:128]


ROUTER: Router[Context] = Router(
    [
        Route(method="GET", pattern="/healthz", handler=healthz, access="open"),
        Route(
            method="POST",
            pattern="/callbacks/container",
            handler=container_callback,
            access="signed, attempt token",
        ),
        Route(
            method="POST",
            pattern=PATHS["orchestrator"],
            handler=post_diagnostics,
            access="signed",
        ),
        Route(method="POST", pattern="/jobs", handler=start_job, access="signed"),
        Route(method="GET", pattern="/jobs/{job_id}", handler=get_job, access="signed or link"),
        Route(method="POST", pattern="/jobs/{job_id}/cancel", handler=cancel_job, access="signed"),
        Route(
            method="POST", pattern="/jobs/{job_id}/replay", handler=replay_events, access="signed"
        ),
        Route(
            method="POST", pattern="/jobs/{job_id}/urls", handler=fresh_urls, access="attempt token"
        ),
        Route(method="GET", pattern="/containers", handler=get_containers, access="signed or link"),
        Route(method="POST", pattern="/uploads", handler=presign_upload, access="signed"),
        Route(method="POST", pattern="/uploads/parts", handler=presign_parts, access="signed"),
        Route(method="POST", pattern="/preview", handler=preview_comments, access="signed"),
        *(
            Route(method=method, pattern=pattern, handler=artifact, access="link")
            for method in ("GET", "HEAD")
            for pattern in ("/artifacts/{job_id}", "/artifacts/{job_id}/{slot}")
        ),
        Route(
            method="DELETE",
            pattern="/artifacts/{job_id}",
            handler=delete_artifacts,
            access="signed",
        ),
        *(
            Route(method=method, pattern="/debug/presign", handler=debug_presign, access="open")
            for method in ("GET", "HEAD")
        ),
    ]
)
