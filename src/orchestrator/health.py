"""The state of the containers: asked one after the other, for people and for the doctor."""

from collections.abc import Awaitable, Callable, Collection

from pydantic import BaseModel, Field, ValidationError

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import UpstreamError
from media_jobs.outward import is_outward
from media_jobs.ports import Peers
from media_jobs.said import Said, said, said_by
from orchestrator.settings import Host, OrchestratorSettings

TIMEOUT_MS = 5_000
ALL_TIMEOUT_MS = 15_000
"""The app waits for twenty seconds, however many hosts are silent."""


class _Health(BaseModel):
    """What a container reports; an older one reports less."""

    version: str | None = None
    active: int | None = None
    capacity: int | None = None
    draining: bool = False
    region: str | None = None
    memory_bytes: int | None = Field(default=None, alias="memoryBytes")
    gpus: list[str] = []
    models: list[str] = []
    cost_weight: float | None = Field(default=None, alias="costWeight")
    error: str | None = None


async def containers_health(
    settings: OrchestratorSettings,
    peers: Peers,
    waiting: Callable[[EngineId], Awaitable[int]],
    hosts: Callable[[EngineId], Awaitable[dict[str, dict[str, object]]]],
    now_ms: Callable[[], int],
) -> list[dict[str, object]]:
    """Return what each engine's hosts answer to `/health`, and how many jobs wait for the engine.

    `inUse` and `state` are the dispatcher's own: the slots that jobs hold, and how it sees the host
    (`media_jobs.hosts.HostState.standing`). Never raises for a host that is down: its `error` says
    so.
    """
    known = {engine: await _known(engine, hosts) for engine in ENGINES}
    asked = {engine: hosts_of(engine, settings, known[engine]) for engine in ENGINES}
    count = sum(len(those) for those in asked.values())
    timeout_ms = min(TIMEOUT_MS, ALL_TIMEOUT_MS // max(1, count))
    found: list[dict[str, object]] = []
    for engine in ENGINES:
        queued = await _count(engine, waiting)
        for one in asked[engine]:
            kept = known[engine].get(one.id, {})
            place = {"engine": engine, "host": one.id, "queued": queued}
            seen = {"inUse": kept.get("inUse"), "state": kept.get("state")}
            found.append({**place, **await _asked(one, timeout_ms, peers, now_ms), **seen})
        if not asked[engine]:
            place = {"engine": engine, "host": None, "queued": queued}
            nothing = _shown(_Health(), said("down.no_host"), 0)
            found.append({**place, **nothing, "inUse": None, "state": None})
    return found


def hosts_of(
    engine: EngineId, settings: OrchestratorSettings, known: Collection[str]
) -> list[Host]:
    """Return an engine's hosts: those of the setting, and those *known* that connect outward."""
    ids = [*settings.hosts[engine], *sorted(filter(is_outward, known))]
    return [host for one in ids if (host := settings.host(engine, one)) is not None]


async def _known(
    engine: EngineId, hosts: Callable[[EngineId], Awaitable[dict[str, dict[str, object]]]]
) -> dict[str, dict[str, object]]:
    try:
        return await hosts(engine)
    except UpstreamError:
        return {}


def _said_by_itself(error: str) -> Said:
    """Return what a container says of itself: a word of ours, or whatever an earlier one says."""
    return said("down.reports_refused") if error == "reports_refused" else Said(error)


async def _asked(
    host: Host, timeout_ms: int, peers: Peers, now_ms: Callable[[], int]
) -> dict[str, object]:
    began_ms = now_ms()
    health = _Health()
    error: Said | None = None
    try:
        answer = await peers.call("GET", f"{host.base_url}/health", None, {}, timeout_ms)
        if answer.status == 200:
            health = _Health.model_validate_json(answer.text)
            error = None if health.error is None else _said_by_itself(health.error)
        else:
            error = said("down.status", status=answer.status)
    except UpstreamError as silent:
        error = said_by(silent)
    except ValidationError:
        error = said("down.not_a_container")
    return _shown(health, error, now_ms() - began_ms)


def _shown(health: _Health, error: Said | None, latency_ms: int) -> dict[str, object]:
    return {
        "ok": error is None,
        "version": health.version,
        "active": health.active,
        "capacity": health.capacity,
        "draining": health.draining,
        "region": health.region or None,
        "memoryBytes": health.memory_bytes,
        "gpus": health.gpus,
        "models": health.models,
        "costWeight": health.cost_weight,
        "latencyMs": latency_ms,
        "error": error.text if error else None,
        **(error.keys if error else {}),
    }


async def _count(engine: EngineId, waiting: Callable[[EngineId], Awaitable[int]]) -> int | None:
    try:
        return await waiting(engine)
    except UpstreamError:
        return None
