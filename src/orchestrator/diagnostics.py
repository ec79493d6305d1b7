"""What the orchestrator tries when it is asked what is wrong: storage, containers, the app."""

from urllib.parse import urlencode

from pydantic import ValidationError

from media_jobs import __version__
from media_jobs.diagnosis import PATHS, Check, Diagnose, Diagnosis, Part, proof
from media_jobs.engines import ENGINES, Engine
from media_jobs.errors import MediaJobsError, SettingError, UpstreamError
from media_jobs.keys import DEBUG_PREFIX
from media_jobs.presign import UNSIGNED_PAYLOAD
from media_jobs.signing import signed_headers
from orchestrator.call import Context
from orchestrator.object_urls import Method, object_url

S3_TIMEOUT_MS = 10_000
PEER_TIMEOUT_MS = 8_000
PROBE_JOB = "job_diagnosis"
"""A job that never exists; asking for it reaches the Durable Object and KV."""


async def diagnose(question: Diagnose, context: Context) -> Diagnosis:
    """Answer *question*. What is asked of neighbours is asked of one at a time."""
    settings = context.settings()
    checks = await _checks(context) if question.deep else []
    return Diagnosis(
        part="orchestrator",
        version=__version__,
        now_ms=context.now_ms(),
        secrets=len(settings.secrets),
        proof=proof("orchestrator", question.nonce, settings.secrets),
        facts={
            "bucket": settings.public_bucket.name,
            "endpoint": settings.public_bucket.endpoint,
            "style": settings.public_bucket.style,
            "appUrl": settings.app_base_url,
            "callbackUrl": settings.callback_base_url,
        },
        checks=checks,
    )


async def _checks(context: Context) -> list[Check]:
    key = f"{DEBUG_PREFIX}diagnosis-{context.token()}.txt"
    checks = [await _presign(context, key), await _kv(context)]
    # An object that is there for the containers to read through their own endpoint.
    seen = await presign_problem(context, "PUT", key) is None
    for engine in ENGINES.values():
        for base in context.settings().hosts[engine.id]:
            checks.append(await _container(context, engine, base, key if seen else None))
    if seen:
        await presign_problem(context, "DELETE", key)
    checks.append(await _app(context))
    return checks


async def _presign(context: Context, key: str) -> Check:
    """Put, find by the binding, get and delete one object through presigned URLs."""
    steps: tuple[Method, ...] = ("PUT", "GET", "DELETE")
    for step in steps:
        why = await presign_problem(context, step, key)
        if why is None and step == "PUT":
            step_binding = await _binding_problem(context, key)
            if step_binding is not None:
                return Check(name="presign", ok=False, step="binding", why=step_binding)
        if why is not None:
            return Check(name="presign", ok=False, step=step, why=why)
    return Check(name="presign", ok=True)


async def _binding_problem(context: Context, key: str) -> str | None:
    try:
        found = await context.objects.head(key)
    except UpstreamError as error:
        return error.message
    return None if found is not None else "the endpoint's bucket is not the one that is bound"


async def presign_problem(context: Context, step: Method, key: str) -> str | None:
    """Do one *step* to *key* through a presigned URL; return what went wrong, or None."""
    headers = {"content-type": "text/plain", "x-amz-content-sha256": UNSIGNED_PAYLOAD}
    sent = headers if step == "PUT" else {}
    now_ms = context.now_ms()
    url = object_url(
        context.settings(), "public", step, key, now_ms=now_ms, expires_s=60, headers=sent
    )
    body = b"presigned" if step == "PUT" else None
    try:
        answer = await context.peers.call(step, url, body, sent, S3_TIMEOUT_MS)
    except UpstreamError as error:
        return error.message
    if not 200 <= answer.status < 300:
        return f"HTTP {answer.status}"
    if step == "GET" and answer.text != "presigned":
        return "other bytes came back"
    return None


async def _kv(context: Context) -> Check:
    try:
        await context.archived.get(PROBE_JOB)
    except MediaJobsError as error:
        step = "binding" if isinstance(error, SettingError) else None
        return Check(name="kv", ok=False, step=step, why=error.message)
    return Check(name="kv", ok=True)


async def _container(context: Context, engine: Engine, base: str, key: str | None) -> Check:
    """Ask one container; what it tried itself is in `facts` of the check."""
    settings, service = context.settings(), engine.name
    name = f"container.{service}"
    callback = f"{settings.callback_base_url}/callbacks/container?{urlencode({'probe': service})}"
    readable = None
    if key is not None:
        now_ms = context.now_ms()
        readable = object_url(settings, "container", "GET", key, now_ms=now_ms, expires_s=60)
    question = _question(context, "container", callback_url=callback, object_url=readable)
    step, why, answer = await _ask(context, f"{base}{PATHS['container']}", question)
    facts: dict[str, object] = {"url": base}
    if answer is not None:
        facts |= {"version": answer.version, "nowMs": answer.now_ms, **answer.facts}
        facts["tried"] = [item.model_dump(exclude_none=True) for item in answer.checks]
    return Check(name=name, ok=answer is not None, step=step, why=why, facts=facts)


async def _app(context: Context) -> Check:
    url = context.settings().app_base_url
    step, why, answer = await _ask(context, f"{url}{PATHS['app']}", _question(context, "app"))
    version = {"version": answer.version} if answer is not None else {}
    return Check(
        name="app", ok=answer is not None, step=step, why=why, facts={"url": url, **version}
    )


def _question(
    context: Context, part: Part, *, callback_url: str | None = None, object_url: str | None = None
) -> Diagnose:
    return Diagnose(
        part=part,
        deep=part == "container",
        callback_url=callback_url,
        object_url=object_url,
        ts=context.now_ms(),
        nonce=context.token(),
    )


async def _ask(
    context: Context, url: str, question: Diagnose
) -> tuple[str | None, str | None, Diagnosis | None]:
    """Return (step, why, answer); the step is `connect`, `unauthorized` or `answer`."""
    body = question.to_json()
    headers = signed_headers(body, context.settings().secrets)
    try:
        answer = await context.peers.call("POST", url, body, headers, PEER_TIMEOUT_MS)
    except UpstreamError as error:
        return "connect", error.message, None
    if answer.status == 401:
        return "unauthorized", "HTTP 401", None
    if answer.status != 200:
        return "answer", f"HTTP {answer.status}", None
    try:
        return None, None, Diagnosis.model_validate_json(answer.text)
    except ValidationError:
        return "answer", "the answer is not that of this release", None
