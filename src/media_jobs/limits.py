"""What one job may ask of the clocks, within bounds that keep every job finite."""

from typing import Annotated

from pydantic import Field

from media_jobs.strict import Strict

__all__ = [
    "ATTEMPTS_MAX",
    "GENERATIONS_MAX",
    "PIECES_MAX",
    "RUNNING_MAX",
    "Generation",
    "JobLimits",
    "RunningMax",
]

RUNNING_MAX = 10_000
"""Of one caller's jobs at once: more than any fleet of containers has slots."""
GENERATIONS_MAX = 1000
"""How often a job may be submitted: once, and again by each retry of a person."""
ATTEMPTS_MAX = 1000
"""The numbers of attempts that are read."""

RunningMax = Annotated[int, Field(ge=1, le=RUNNING_MAX)]
Generation = Annotated[int, Field(ge=1, le=GENERATIONS_MAX)]


class JobLimits(Strict):
    """A job's own limits, in seconds; unset ones are the engine's (`engines.Limits`)."""

    queue_s: Annotated[int, Field(ge=60, le=7 * 24 * 3600)] | None = None
    start_s: Annotated[int, Field(ge=10, le=600)] | None = None
    heartbeat_s: Annotated[int, Field(ge=15, le=600)] | None = None
    no_progress_s: Annotated[int, Field(ge=30, le=7200)] | None = None
    total_s: Annotated[int, Field(ge=60, le=48 * 3600)] | None = None
    max_attempts: Annotated[int, Field(ge=1, le=10)] | None = None


PIECES_MAX = 64
"""Of one attempt's work that several hosts make."""
