"""What waits for the containers, as Prometheus reads it (text format 0.0.4): for autoscalers."""

from collections.abc import Awaitable, Callable

from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import UpstreamError, invalid_field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NAME = "media_jobs_waiting_jobs"


async def waiting_jobs(engine: str | None, waiting: Callable[[EngineId], Awaitable[int]]) -> str:
    """Return how many jobs wait for a slot of each engine, or of *engine* alone.

    An engine whose dispatcher does not answer has no line: a scaler that misses it changes nothing.
    Raises InvalidInput for an engine that is not known.
    """
    wanted = [known for known in ENGINES if engine in (None, known)]
    if not wanted:
        raise invalid_field("engine", "field.choice", choices=", ".join(ENGINES))
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
