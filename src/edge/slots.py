"""The dispatchers and the jobs, seen from each other: calls between Durable Objects.

Text in, text out (see `edge.rpc`); what fails on the way is an UpstreamError.
"""

from typing import Any

from pydantic_core import from_json

from edge.upstream import failing_as
from media_jobs.dispatch import Place, Ticket
from media_jobs.engines import EngineId
from media_jobs.governor import Delivered, Permit
from media_jobs.pieces import idle_slots
from media_jobs.record import DeferSlot

GOVERNOR = "app"
"""The dispatcher that hands out permits to send to the app; it is no engine's."""


class DispatcherStubs:
    """The engines' dispatchers, by engine."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def request(self, engine: EngineId, ticket: Ticket) -> Ticket | None:
        """Ask for a slot; return the ticket if it is granted already."""
        with failing_as("A Durable Object"):
            stub = self._namespace.getByName(engine)
            granted = str(await stub.request(engine, ticket.model_dump_json()))
        return Ticket.model_validate_json(granted) if granted else None

    async def defer(self, engine: EngineId, job_id: str, effect: DeferSlot) -> None:
        """Say that the host was full, or has failed; the ticket waits again."""
        given = (effect.attempt, effect.wait_ms, effect.host, int(effect.failed))
        with failing_as("A Durable Object"):
            await self._namespace.getByName(engine).defer(job_id, *given)

    async def release(self, engine: EngineId, job_id: str, attempt: int) -> None:
        """Give a ticket back."""
        with failing_as("A Durable Object"):
            await self._namespace.getByName(engine).release(job_id, attempt)

    async def permit(self, job_id: str) -> Permit:
        """Ask the governor for a permit to send to the app."""
        with failing_as("A Durable Object"):
            text = await self._namespace.getByName(GOVERNOR).permit(job_id)
        return Permit(**from_json(text))

    async def delivered(
        self, name: str, what: Delivered, took_ms: int, retry_after_ms: int
    ) -> None:
        """Give the permit called *name* back, with what came of the delivery."""
        with failing_as("A Durable Object"):
            stub = self._namespace.getByName(GOVERNOR)
            await stub.delivered(name, str(what), took_ms, retry_after_ms)

    async def place(self, engine: EngineId, job_id: str) -> Place | None:
        """Return where the job waits, or None when it does not."""
        with failing_as("A Durable Object"):
            text = await self._namespace.getByName(engine).where(job_id)
        found = from_json(text)
        return Place(**found) if found else None

    async def idle(self, engine: EngineId) -> int:
        """Return how many slots nobody has or waits for."""
        waiting = await self.waiting(engine)
        return 0 if waiting else idle_slots(await self.hosts(engine))

    async def hosts(self, engine: EngineId) -> dict[str, dict[str, object]]:
        """Return what the dispatcher knows of each host: `slots`, `inUse`, `state`."""
        with failing_as("A Durable Object"):
            found = from_json(await self._namespace.getByName(engine).hosts())
        return found if isinstance(found, dict) else {}

    async def is_alone(self, engine: EngineId) -> bool:
        """Return whether the engine has one host at most."""
        return len(await self.hosts(engine)) <= 1

    async def waiting(self, engine: EngineId) -> int:
        """Return how many jobs wait for a slot."""
        with failing_as("A Durable Object"):
            return int(await self._namespace.getByName(engine).waiting())


class HolderStubs:
    """The jobs, as holders of slots."""

    def __init__(self, namespace: Any) -> None:
        self._namespace = namespace

    async def hold(self, ticket: Ticket) -> bool:
        """Tell a job that it has a slot; return whether it needs it."""
        with failing_as("A Durable Object"):
            stub = self._namespace.getByName(ticket.job_id)
            return bool(await stub.hold(ticket.model_dump_json()) == "needed")
