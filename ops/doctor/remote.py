"""What a running system says of itself: questions to every part, turned into findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from media_jobs import __version__
from media_jobs.diagnosis import PATHS, Check, Part
from media_jobs.engines.declaration import EARLIER_CONTRACT
from media_jobs.signing import TOLERANCE_MS
from ops.doctor.diagnose_client import PartAnswer, ask
from ops.doctor.findings import APP_SECRET, ORCHESTRATOR_SECRET, Finding, finding
from ops.doctor.route_probe import Probed, probe_routes
from ops.secret import OperatorKeys

SKEW_S_MAX = 60.0
"""Well below the tolerance, so that a drifting clock is named before it breaks anything."""
DEPLOY: Mapping[Part, str] = {
    "app": "npm run deploy:root",
    "orchestrator": "npm run cf:deploy",
    "container": "docker compose -f containers/compose.yaml up -d --build",
}
KV_BINDING = 'put [[env.production.kv_namespaces]] with binding = "JOBS" back into wrangler.toml'
KV_FIX = (
    "make ops ARGS=init creates or adopts the namespace (by hand: npx wrangler kv namespace "
    "create JOBS; its id into account.toml as kv_namespace_id; make ops ARGS=configure); "
    "npm run cf:deploy"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts answer; *containers* by name."""

    app: str
    orchestrator: str
    containers: Mapping[str, str]


def examine(
    http: httpx.Client, where: Addresses, own: OperatorKeys, migrations: Sequence[str]
) -> list[Finding]:
    """Ask every part and return what is wrong; *migrations* are those that D1 must have."""
    app = ask(http, "app", where.app, own.tries("app"), deep=True)
    orchestrator = ask(
        http, "orchestrator", where.orchestrator, own.tries("orchestrator"), deep=True
    )
    containers = {
        name: ask(http, "container", url, own.tries("container", name))
        for name, url in where.containers.items()
    }
    # A container of the earlier system answers 404, and says nothing of its secret by that.
    asked = [app, orchestrator, *(one for one in containers.values() if one.status != 404)]
    answering = [answer for answer in asked if answer.status]
    if answering and all(answer.status == 401 and not _off(answer) for answer in answering):
        return [finding("secret_here"), *_silent(app, orchestrator, where)]
    probed = probe_routes(http, where.app) if app.status else Probed()
    found = [
        *_app_routes(app, probed, where.app),
        *_worker("orchestrator", orchestrator, where.orchestrator),
    ]
    for name, answer in containers.items():
        found += _container_answer(name, answer)
        found += _held(name, answer, own)
    if app.diagnosis is not None:
        found += _of_app(app.diagnosis.checks, migrations, orchestrator)
    if orchestrator.diagnosis is not None:
        found += _of_orchestrator(orchestrator, app, found)
        found += _cors(http, orchestrator.diagnosis.facts, where.app)
    else:
        found += [
            finding("container_down", suffix=name, part=name, reason=answer.why)
            for name, answer in containers.items()
            if answer.status == 0
        ]
    return list({item.name: item for item in found}.values())


def _off(answer: PartAnswer) -> bool:
    return answer.skew_s is not None and abs(answer.skew_s) * 1000 > TOLERANCE_MS


def _silent(app: PartAnswer, orchestrator: PartAnswer, where: Addresses) -> Iterator[Finding]:
    for part, answer, url in (
        ("app", app, where.app),
        ("orchestrator", orchestrator, where.orchestrator),
    ):
        if answer.status == 0:
            yield from _worker(part, answer, url)


def _app_routes(answer: PartAnswer, probed: Probed, url: str) -> Iterator[Finding]:
    """Yield what the app's answers say; those of another Worker say nothing of the app."""
    if answer.diagnosis is not None and PATHS["app"] in probed.others:
        probed = Probed()  # It is the app: a proxy on the way gives requests ids of its own.
    if probed.all_taken:
        command = "make ops ARGS=cutover; npm run deploy:root if it finds no other Worker"
        route, other = f"{httpx.URL(url).host}/*", "another Worker"
        yield finding("route_conflict", route=route, other=other, command=command)
        return
    if probed.taken:
        paths = ", ".join(probed.taken)
        yield finding("route_conflict.narrower", routes=paths, zone="the domain's zone")
    if PATHS["app"] not in probed.taken:
        yield from _worker("app", answer, url)


def _worker(part: Any, answer: PartAnswer, url: str) -> Iterator[Finding]:
    """Yield what the way a Worker took the question says."""
    command = DEPLOY[part]
    if answer.status == 0:
        yield finding(
            "unreachable", suffix=part, part=part, url=url, reason=answer.why, command=command
        )
    elif answer.setting is not None:
        yield _setting(part, answer.setting)
    elif answer.status == 401:
        yield from _refused(part, part, answer)
    elif answer.diagnosis is None:
        yield finding(
            "not_ours", suffix=part, part=part, url=url, reason=answer.why, command=command
        )
    else:
        yield from _answered(part, part, answer)


def _setting(part: Part, name: str) -> Finding:
    config = ORCHESTRATOR_SECRET if part == "orchestrator" else APP_SECRET
    secret = name.startswith(("S3_ACCESS", "S3_SECRET", "JOB_CALLBACK"))
    file = "wrangler.toml" if part == "orchestrator" else "wrangler.root.jsonc"
    command = config.format(name=name) if secret else f"correct {name} in {file}; {DEPLOY[part]}"
    return finding("setting", suffix=f"{part}.{name}", part=part, name=name, command=command)


def _refused(kind: str, part: str, answer: PartAnswer) -> Iterator[Finding]:
    """Yield why *part* answered 401: its clock, or else its secret."""
    if _off(answer):
        yield finding("clock", suffix=part, part=part, skew=round(answer.skew_s or 0))
    elif kind == "container":
        yield finding("secret_container", suffix=part, part=part)
    else:
        yield finding(f"secret_{kind}")


def _answered(kind: str, part: str, answer: PartAnswer) -> Iterator[Finding]:
    assert answer.diagnosis is not None
    # A deep answer took long; its clock is seen in a quick one by its neighbours.
    if answer.skew_s is not None and abs(answer.skew_s) > SKEW_S_MAX:
        yield finding("clock", suffix=part, part=part, skew=round(answer.skew_s))
    if not answer.own:
        yield finding("secret_signing", suffix=part, part=part)
    there = answer.diagnosis.version
    if there != __version__:
        yield finding("version", suffix=part, part=part, there=there, here=__version__)


def _container_answer(name: str, answer: PartAnswer) -> Iterator[Finding]:
    """Yield what is wrong with a container as this machine sees it; its silence is not: only the
    orchestrator must reach it."""
    if answer.status == 401:
        yield from _refused("container", name, answer)
    elif answer.diagnosis is not None:
        yield from _answered("container", name, answer)
        facts = answer.diagnosis.facts
        active, capacity = facts.get("active"), facts.get("capacity")
        if isinstance(active, int) and isinstance(capacity, int) and active >= capacity:
            yield finding("container_full", suffix=name, part=name, capacity=capacity)


def _held(name: str, answer: PartAnswer, own: OperatorKeys) -> Iterator[Finding]:
    """Yield what it costs that a container holds the root secret, if it does."""
    if answer.diagnosis is None:
        return
    if answer.key > 0:
        yield finding("host_key", suffix=name, part=name)
    elif own.tries("container", name) == [own.keys.roots]:
        yield finding("root_secret", suffix=name, part=name)


def _of_app(
    checks: Sequence[Check], migrations: Sequence[str], orchestrator: PartAnswer
) -> Iterator[Finding]:
    for check in checks:
        if check.name == "database":
            applied = check.facts.get("migrations")
            missing = [name for name in migrations if name not in (applied or [])]  # type: ignore[operator]  # A list of texts, from JSON.
            if missing:
                yield finding("migration", names=", ".join(missing))
        elif not check.ok and check.name == "bucket":
            why = f"The app cannot reach the bucket ({check.why})."
            yield finding("config", suffix="app.bucket", reason=why, command=DEPLOY["app"])
        elif (
            not check.ok
            and check.name == "orchestrator"
            and check.step != "unauthorized"
            and orchestrator.diagnosis is not None
        ):
            yield _neighbour("app", "orchestrator", check)


def _neighbour(part: str, other: str, check: Check) -> Finding:
    url = check.facts.get("url", "")
    return finding("neighbour", suffix=part, part=part, other=other, url=url, reason=check.why)


def _of_orchestrator(
    orchestrator: PartAnswer, app: PartAnswer, before: Sequence[Finding]
) -> Iterator[Finding]:
    assert orchestrator.diagnosis is not None
    known = {item.name for item in before}
    for check in orchestrator.diagnosis.checks:
        if check.name.startswith("container."):
            yield from _container(check, known)
        elif check.ok:
            continue
        elif check.name == "presign":
            yield _presign(check, orchestrator.diagnosis.facts)
        elif check.name == "copies":
            yield finding("s3_copies")
        elif check.name == "kv":
            yield _kv(check)
        elif check.name == "durable_object":
            yield finding("durable_object", reason=check.why)
        elif check.name == "app" and check.step != "unauthorized" and app.diagnosis is not None:
            yield _neighbour("orchestrator", "the app", check)


def _kv(check: Check) -> Finding:
    command = f"{KV_BINDING}; {KV_FIX}" if check.step == "binding" else KV_FIX
    return finding("kv", reason=(check.why or "").rstrip("."), command=command)


def _presign(check: Check, facts: Mapping[str, object]) -> Finding:
    if check.step == "binding":
        return finding("s3_bucket")
    why = check.why or ""
    if why in ("HTTP 401", "HTTP 403"):
        return finding("s3_keys", step=check.step, reason=why, name="S3_SECRET_ACCESS_KEY")
    return finding("s3_endpoint", url=facts.get("endpoint"), reason=f"{check.step}: {why}")


def _container(check: Check, known: set[str]) -> Iterator[Finding]:
    """Yield what the orchestrator found of one container, and what that container tried."""
    name = check.name.partition(".")[2]
    if check.step == "unauthorized":
        if f"secret_container.{name}" not in known and f"clock.{name}" not in known:
            yield finding("secret_container", suffix=name, part=name)
    elif check.facts.get("contract") == EARLIER_CONTRACT:
        yield finding("earlier_contract", suffix=name, part=name)
    elif not check.ok:
        yield finding("container_down", suffix=name, part=name, reason=check.why)
    # Where this machine cannot reach the container, the orchestrator knows its release.
    there = check.facts.get("version")
    if isinstance(there, str) and there != __version__:
        yield finding("version", suffix=name, part=name, there=there, here=__version__)
    tried = check.facts.get("tried")
    for item in tried if isinstance(tried, list) else []:
        yield from _tried(Check.model_validate(item), name)


def _tried(result: Check, name: str) -> Iterator[Finding]:
    if result.ok:
        return
    if result.name.startswith("engine."):
        yield finding("engine_unfit", suffix=name, part=name, reason=result.why)
    elif result.name == "object":
        yield finding("object_unreadable", suffix=name, part=name, reason=result.why)
    elif result.step == "unauthorized":
        yield finding("callback_unauthorized", suffix=name, part=name)
    else:
        yield finding("callback_blocked", suffix=name, part=name, reason=result.why)


def _cors(http: httpx.Client, facts: Mapping[str, object], origin: str) -> Iterator[Finding]:
    """Yield a finding when the bucket refuses a browser's preflight of an upload."""
    endpoint, bucket = str(facts.get("endpoint")), str(facts.get("bucket"))
    if "/cdn-cgi/local/" in endpoint:
        return  # The local store answers no preflights; production's does.
    headers = {
        "origin": origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type,x-amz-content-sha256",
    }
    try:
        answer = http.options(f"{endpoint}/{bucket}/debug/cors.txt", headers=headers)
    except httpx.HTTPError:
        return  # `s3_endpoint` says it.
    if answer.headers.get("access-control-allow-origin") not in ("*", origin):
        yield finding("cors", origin=origin)
