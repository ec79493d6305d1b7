"""Final records of jobs in KV: read long after, written once. KV is stale for a minute and more."""

from typing import Any

from edge.convert import jsnull_to_none

__all__ = ["KvFinalRecords"]


class KvFinalRecords:
    """One JSON document per job that its Durable Object has forgotten."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def put(self, job_id: str, document: str) -> None:
        """Keep a job's last status document."""
        await self._namespace.put(f"final/{job_id}", document)

    async def get(self, job_id: str) -> str | None:
        """Return a job's last status document, or None."""
        text: str | None = jsnull_to_none(await self._namespace.get(f"final/{job_id}"))
        return text
