"""Archived jobs in KV: read long after, written once. KV is stale for a minute and more."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyodide.ffi import JsException

from edge.convert import jsnull_to_none
from media_jobs.errors import UpstreamError


class KvArchivedJobs:
    """One JSON document per job that its Durable Object has forgotten.

    A namespace that fails is an UpstreamError like any other part that does not answer.
    """

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def put(self, job_id: str, document: str) -> None:
        """Keep a job's last status document."""
        with _as_upstream_error():
            await self._namespace.put(f"final/{job_id}", document)

    async def get(self, job_id: str) -> str | None:
        """Return a job's last status document, or None."""
        with _as_upstream_error():
            text: str | None = jsnull_to_none(await self._namespace.get(f"final/{job_id}"))
        return text


@contextmanager
def _as_upstream_error() -> Iterator[None]:
    try:
        yield
    except JsException as error:
        raise UpstreamError("upstream_failed", part="KV", why=error.name) from None
