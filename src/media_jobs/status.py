"""The statuses of a job, on the wire and in every store, and their order."""

from enum import StrEnum

__all__ = ["ENDED", "RANK", "Status"]


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


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED})

RANK: dict[Status, int] = {
    Status.QUEUED: 0,
    Status.FETCHING_METADATA: 1,
    Status.PREPARING: 2,
    Status.RUNNING: 3,
    Status.UPLOADING: 4,
}
"""The order of the unended statuses within one attempt; a report never goes back."""
