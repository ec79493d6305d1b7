"""Archived jobs in KV: read long after, written once. KV is stale for a minute and more."""

from typing import Any

from edge.convert import jsnull_to_none
from edge.upstream import failing_as


class KvArchivedJobs:
    """One JSON document per job that its Durable Object has forgotten.

    A failing namespace is an UpstreamError, like any other part that does not answer.
    """

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def put(self, job_id: str, document: str) -> None:
        """Keep a job's last status document."""
        with failing_as("KV"):
            await self._namespace.put(f"final/{job_id}", document)

    async def get(self, job_id: str) -> str | None:
        """Return a job's last status document, or None."""
        with failing_as("KV"):
            text: str | None = jsnull_to_none(await self._namespace.get(f"final/{job_id}"))
        return text
