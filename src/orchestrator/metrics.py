"""What waits for the hosts, and their slots, as Prometheus reads it (text format 0.0.4)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import UpstreamError, invalid_field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NAME = "media_jobs_waiting_jobs"
_OF_HOSTS = {
    "slots": ("media_jobs_host_slots", "Jobs that a host may have at once; 0: it gets none now."),
    "inUse": ("media_jobs_host_slots_in_use", "Slots of a host that jobs hold."),
}
_INFO = "media_jobs_host_info"
_LABELS = {
    "state": "state",
    "version": "version",
    "region": "region",
    "costWeight": "cost_weight",
    "models": "models",
    "gpus": "gpus",
}


async def waiting_jobs(engine: str | None, waiting: Callable[[EngineId], Awaitable[int]]) -> str:
    """Return how many jobs wait for a slot of each engine, or of *engine* alone.

    An engine whose dispatcher does not answer has no line: a scaler that misses it changes nothing.
    Raises InvalidInput for an engine that is not known.
    """
    wanted = _wanted(engine)
    lines = [
        f"# HELP {_NAME} Jobs that wait for a slot.",
        f"# TYPE {_NAME} gauge",
    ]
    for one in wanted:
        try:
            lines.append(f'{_NAME}{{engine="{one}"}} {await waiting(one)}')
        except UpstreamError:
            continue
    return "".join(f"{line}\n" for line in lines)


async def host_slots(
    engine: str | None, hosts: Callable[[EngineId], Awaitable[dict[str, dict[str, object]]]]
) -> str:
    """Return the slots of each host as its engine's dispatcher knows them; else as above."""
    known: dict[EngineId, dict[str, dict[str, object]]] = {}
    for one in _wanted(engine):
        with suppress(UpstreamError):
            known[one] = await hosts(one)
    lines = []
    for field, (name, about) in _OF_HOSTS.items():
        lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        for one, its in known.items():
            lines += [f'{name}{{engine="{one}",host="{h}"}} {its[h][field]}' for h in its]
    lines += [f"# HELP {_INFO} What a host last said of itself.", f"# TYPE {_INFO} gauge"]
    for one, its in known.items():
        lines += [f'{_INFO}{{engine="{one}",host="{h}",{_labels(its[h])}}} 1' for h in its]
    return "".join(f"{line}\n" for line in lines)


def _labels(host: Mapping[str, object]) -> str:
    """Return what is known of *host* as labels; what it says itself is escaped."""
    labels = []
    for field, name in _LABELS.items():
        said = host.get(field, "")
        text = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
        escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
        labels.append(f'{name}="{escaped}"')
    return ",".join(labels)


def _wanted(engine: str | None) -> list[EngineId]:
    wanted = [known for known in ENGINES if engine in (None, known)]
    if not wanted:
        raise invalid_field("engine", "field.choice", choices=", ".join(ENGINES))
    return wanted
