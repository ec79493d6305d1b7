"""What the orchestrator tries when it is asked what is wrong: storage, containers, the app."""

from collections.abc import Collection
from urllib.parse import urlencode, urlsplit

from media_jobs import __version__
from media_jobs.diagnosis import PEER_TIMEOUT_MS, Check, Diagnose, Diagnosis, ask, proof
from media_jobs.engines import ENGINES, Engine
from media_jobs.engines.declaration import EARLIER_CONTRACT
from media_jobs.errors import MediaJobsError, SettingError, UpstreamError
from media_jobs.hosts import labelled
from media_jobs.keyring import Purpose
from media_jobs.keys import DEBUG_PREFIX
from media_jobs.messages import message
from media_jobs.networks import is_loopback
from media_jobs.presign import UNSIGNED_PAYLOAD
from orchestrator.call import Context
from orchestrator.health import hosts_of
from orchestrator.jobs.earlier import contract_of
from orchestrator.object_urls import Method, object_url
from orchestrator.settings import Host

S3_TIMEOUT_MS = 10_000
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
        secrets=len(settings.keys.roots),
        proof=proof("orchestrator", question.nonce, settings.keys.roots),
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
    if seen and not _is_local(context.settings().public_bucket.endpoint):
        checks.append(await _copies(context, key))
    for engine in ENGINES.values():
        hosts = await _hosts(context, engine)
        for label, host in hosts.items():
            checks.append(await _container(context, engine, label, host, key if seen else None))
        if not hosts:
            why = message("down.no_host")
            checks.append(Check(name=f"container.{engine.name}", ok=False, step="host", why=why))
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


def _is_local(endpoint: str) -> bool:
    """Whether the bucket is that of a local stack, whose simulation minds unsigned headers."""
    host = urlsplit(endpoint).hostname or ""
    return host == "localhost" or is_loopback(host)


async def _copies(context: Context, key: str) -> Check:
    """Try to have the object at *key* copied by a URL that is for the upload of another one.

    S3 refuses headers `x-amz-…` that were not signed. A bucket that minds them would let who holds
    any such URL read every object whose key they know.
    """
    settings, now_ms = context.settings(), context.now_ms()
    target = f"{DEBUG_PREFIX}copy-{context.token()}.txt"
    signed = {"content-type": "text/plain", "x-amz-content-sha256": UNSIGNED_PAYLOAD}
    url = object_url(settings, "public", "PUT", target, now_ms=now_ms, expires_s=60, headers=signed)
    source = {"x-amz-copy-source": f"/{settings.public_bucket.name}/{key}"}
    try:
        answer = await context.peers.call("PUT", url, b"other", signed | source, S3_TIMEOUT_MS)
    except UpstreamError:
        return Check(name="copies", ok=True)
    if not 200 <= answer.status < 300:
        return Check(name="copies", ok=True)
    was_copied = await presign_problem(context, "GET", target) is None
    await presign_problem(context, "DELETE", target)
    return Check(name="copies", ok=not was_copied)


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


async def _hosts(context: Context, engine: Engine) -> dict[str, Host]:
    """Return an engine's hosts by what people call them; if its dispatcher is silent, of URLs."""
    try:
        known: Collection[str] = await context.hosts(engine.id)
    except UpstreamError:
        known = ()
    hosts = hosts_of(engine.id, context.settings(), known)
    by_url = {host.base_url: host for host in hosts if not host.label}
    outward = {host.label: host for host in hosts if host.label}
    return {lab: by_url[url] for lab, url in labelled(engine.name, by_url).items()} | outward


async def _container(
    context: Context, engine: Engine, label: str, host: Host, key: str | None
) -> Check:
    """Ask one host; what it tried itself is in `facts` of the check."""
    probe = urlencode({"probe": engine.name, **({"host": host.label} if host.label else {})})
    settings, base = context.settings(), host.base_url
    callback = f"{settings.callback_base_url}/callbacks/container?{probe}"
    readable = None
    if key is not None:
        now_ms = context.now_ms()
        readable = object_url(settings, "container", "GET", key, now_ms=now_ms, expires_s=60)
    check, answer = await ask(
        context.peers,
        f"container.{label}",
        base,
        Diagnose(
            part="container",
            deep=True,
            callback_url=callback,
            object_url=readable,
            ts=context.now_ms(),
            nonce=context.token(),
        ),
        host.keys,
    )
    if answer is None and check.step == "answer" and await _is_earlier(context, base):
        return Check(name=check.name, ok=True, facts={"url": base, "contract": EARLIER_CONTRACT})
    if answer is not None:
        check.facts.update({"nowMs": answer.now_ms, **answer.facts})
        check.facts["tried"] = [item.model_dump(exclude_none=True) for item in answer.checks]
    return check


async def _is_earlier(context: Context, base: str) -> bool:
    """Whether a container that knows no such question is the earlier system's."""
    try:
        health = await context.peers.call("GET", f"{base}/health", None, {}, PEER_TIMEOUT_MS)
    except UpstreamError:
        return False
    return health.status == 200 and contract_of(health.text) == EARLIER_CONTRACT


async def _app(context: Context) -> Check:
    settings = context.settings()
    question = Diagnose(part="app", ts=context.now_ms(), nonce=context.token())
    keys = settings.keys.signing(Purpose.TO_APP)
    check, _ = await ask(context.peers, "app", settings.app_base_url, question, keys)
    return check
