"""What the app asks about the log of a running job, and how much of one there is."""

from typing import Annotated, Final, Literal

from pydantic import Field

from media_jobs.engines import EngineId
from media_jobs.ids import Id
from media_jobs.wire import Message, Milliseconds, Nonce

__all__ = ["LOG_LINES_MAX", "ReadLog"]

LOG_LINES_MAX: Final = 200


class ReadLog(Message):
    """App to orchestrator, `POST /jobs/:id/log`: what the tools of a running job say."""

    type: Literal["job.log"]
    job_id: Id
    engine: EngineId
    lines: Annotated[int, Field(ge=1, le=LOG_LINES_MAX)]
    ts: Milliseconds
    nonce: Nonce
