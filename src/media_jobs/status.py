"""The statuses of a job, on the wire and in every store, and their order."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import GetPydanticSchema

__all__ = [
    "ENDED",
    "JOB_STATUSES",
    "RANK",
    "WAITING",
    "JobStatus",
    "Status",
    "StatusName",
    "job_status",
]


class Status(StrEnum):
    """What a job is doing. The last three absorb: nothing follows them."""

    QUEUED = "queued"
    FETCHING_METADATA = "fetching_metadata"
    PREPARING = "preparing"
    RUNNING = "running"
    UPLOADING = "uploading"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


WAITING: Final = "waiting"
JobStatus = Status | Literal["waiting"]
"""What the app's rows and API say of a job: as above, or that it waits for its inputs.

The orchestrator, containers and callbacks never hear of a waiting job.
"""

JOB_STATUSES: tuple[JobStatus, ...] = (WAITING, *Status)
StatusName = Annotated[
    str,
    GetPydanticSchema(
        lambda _, handler: handler(Literal.__getitem__(tuple(str(name) for name in JOB_STATUSES)))
    ),
]
"""In a model: one of `JOB_STATUSES`."""

ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED})

RANK: dict[Status, int] = {
    Status.QUEUED: 0,
    Status.FETCHING_METADATA: 1,
    Status.PREPARING: 2,
    Status.RUNNING: 3,
    Status.UPLOADING: 4,
}
"""The order of the unended statuses within one attempt; a report never goes back."""


def job_status(value: str) -> JobStatus:
    """Return *value* as a job's status; raises ValueError for another word."""
    return "waiting" if value == WAITING else Status(value)
