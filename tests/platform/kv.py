"""The KV namespace of what is left of forgotten jobs."""

from media_jobs.errors import UpstreamError
from tests.contracts.archived_jobs import KEY_BYTES_MAX


class ArchivedJobs:
    """What is left of forgotten jobs."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}

    async def put(self, job_id: str, document: str) -> None:
        self._check(job_id)
        self.stored[job_id] = document

    async def get(self, job_id: str) -> str | None:
        self._check(job_id)
        return self.stored.get(job_id)

    def _check(self, job_id: str) -> None:
        if len(f"final/{job_id}".encode()) > KEY_BYTES_MAX:
            raise UpstreamError("upstream_failed", part="KV", why="Error")
