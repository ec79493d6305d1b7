"""The state of the containers: asked one after the other, for people and for the doctor."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ValidationError

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import UpstreamError
from media_jobs.ports import Peers
from media_jobs.said import Said, said, said_by
from orchestrator.settings import OrchestratorSettings

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
    count = sum(len(urls) for urls in settings.hosts.values())
    timeout_ms = min(TIMEOUT_MS, ALL_TIMEOUT_MS // count)
    found: list[dict[str, object]] = []
    for engine in ENGINES:
        queued, known = await _count(engine, waiting), await _known(engine, hosts)
        for host, url in settings.hosts[engine].items():
            kept = known.get(host, {})
            place = {"engine": engine, "host": host, "queued": queued}
            seen = {"inUse": kept.get("inUse"), "state": kept.get("state")}
            found.append({**place, **await _asked(url, timeout_ms, peers, now_ms), **seen})
    return found


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
    url: str, timeout_ms: int, peers: Peers, now_ms: Callable[[], int]
) -> dict[str, object]:
    began_ms = now_ms()
    health = _Health()
    error: Said | None = None
    try:
        answer = await peers.call("GET", f"{url}/health", None, {}, timeout_ms)
        if answer.status == 200:
            health = _Health.model_validate_json(answer.text)
            error = None if health.error is None else _said_by_itself(health.error)
        else:
            error = said("down.status", status=answer.status)
    except UpstreamError as silent:
        error = said_by(silent)
    except ValidationError:
        error = said("down.not_a_container")
    return {
        "ok": error is None,
        "version": health.version,
        "active": health.active,
        "capacity": health.capacity,
        "draining": health.draining,
        "region": health.region or None,
        "latencyMs": now_ms() - began_ms,
        "error": error.text if error else None,
        **(error.keys if error else {}),
    }


async def _count(engine: EngineId, waiting: Callable[[EngineId], Awaitable[int]]) -> int | None:
    try:
        return await waiting(engine)
    except UpstreamError:
        return None
