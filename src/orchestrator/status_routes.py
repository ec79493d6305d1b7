"""Routes that say how the orchestrator, the bucket and the containers are."""

from typing import Literal

from media_jobs import __version__
from media_jobs.diagnosis import PATHS, Check, Diagnose
from media_jobs.http import Reply, json_reply
from media_jobs.keys import DEBUG_PREFIX
from media_jobs.routing import Binary, Route
from orchestrator.call import Access, Call, ProbeCall
from orchestrator.diagnostics import PROBE_JOB, diagnose, presign_problem
from orchestrator.health import containers_health
from orchestrator.metrics import CONTENT_TYPE, host_slots, waiting_jobs
from orchestrator.object_urls import object_url
from orchestrator.probe import Verdict


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


async def get_containers(call: Call) -> Reply:
    """Show the state of the containers."""
    context = call.context
    found = await containers_health(
        context.settings(), context.peers, context.waiting, context.hosts, context.now_ms
    )
    return json_reply({"ok": True, "version": __version__, "containers": found})


async def get_metrics(call: Call) -> Reply:
    """Count the jobs that wait, and the slots of each host, in Prometheus' text format.

    Of one engine by the query `engine`.
    """
    context, engine = call.context, call.request.params().get("engine")
    text = await waiting_jobs(engine, context.waiting) + await host_slots(engine, context.hosts)
    return Reply(body=text, headers={"content-type": CONTENT_TYPE})


ROUTES: tuple[Route[Access], ...] = (
    Route(
        "POST", PATHS["orchestrator"], Access.SIGNED, post_diagnostics, answers={200: "Diagnosis"}
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
