"""The messages of progress that is shown while somebody looks, and stored nowhere."""

from typing import Annotated, Literal

from pydantic import Field

from media_jobs.ids import Id
from media_jobs.limits import ATTEMPTS_MAX, Generation
from media_jobs.status import Status
from media_jobs.wire import ErrorReport, Foreign, Message, Milliseconds, Nonce

__all__ = ["JobProgress", "WatchJobs"]


class JobProgress(Foreign):
    """Orchestrator to app, `POST /api/render/progress`: progress to be shown, and not stored."""

    type: Literal["job.progress"]
    event_seq: Annotated[int, Field(ge=1, le=2**53 - 1)]
    job_id: Id
    generation: Generation
    attempt: Annotated[int, Field(ge=0, le=ATTEMPTS_MAX)]
    status: Annotated[Status, Field(strict=False)]
    phase: str | None = None
    progress: Annotated[float, Field(ge=0, le=1)]
    error: ErrorReport | None = None
    at_ms: Milliseconds
    ts: Milliseconds
    nonce: Nonce


class WatchJobs(Message):
    """App to orchestrator, `POST /watch`: somebody looks at these jobs, for the next *for_s*."""

    type: Literal["jobs.watch"]
    jobs: Annotated[list[Id], Field(min_length=1, max_length=200)]
    for_s: Annotated[int, Field(ge=1, le=3600)]
    ts: Milliseconds
    nonce: Nonce
