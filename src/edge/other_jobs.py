"""A job's Durable Object, seen from that of another job, which it helps or is helped by.

Text in, text out (see `edge.rpc`); what fails on the way is an UpstreamError.
"""

from typing import Any

from edge.upstream import failing_as
from media_jobs.pieces import Helps
from media_jobs.record import JobRecord


class OtherJobStubs:
    """The jobs, by id."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def help(self, helper: JobRecord) -> bool:
        """Start a helper, once; return whether it has not ended."""
        with failing_as("A Durable Object"):
            stub = self._namespace.getByName(helper.job_id)
            return bool(await stub.help(helper.model_dump_json(exclude_none=True)) == "runs")

    async def cancel(self, job_id: str, reason: str) -> None:
        """Cancel a helper."""
        with failing_as("A Durable Object"):
            await self._namespace.getByName(job_id).cancel(job_id, 1, reason, "")

    async def piece(self, helps: Helps, helper: str, made: int | None, wants: bool) -> str:
        """Tell what is *made*, ask for the next piece if it *wants* one; return the answer."""
        number = -1 if made is None else made
        with failing_as("A Durable Object"):
            stub = self._namespace.getByName(helps.job_id)
            return str(await stub.piece(helps.attempt, helper, number, int(wants)))

    async def helper_ended(self, helps: Helps, helper: str) -> None:
        """Say that a helper has ended."""
        with failing_as("A Durable Object"):
            await self._namespace.getByName(helps.job_id).helper_ended(helps.attempt, helper)
