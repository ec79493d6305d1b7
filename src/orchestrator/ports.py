"""What the use cases need from outside, as small protocols; `edge` and the tests provide them."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from media_jobs.alarm import Alarm
from media_jobs.dispatch import Place, Ticket
from media_jobs.engines import EngineId
from media_jobs.governor import Delivered, Permit
from media_jobs.kept_permits import KeptPermits
from media_jobs.pieces import Helps
from media_jobs.ports import Objects, Peers, Signer
from media_jobs.record import DeferSlot, JobRecord
from orchestrator.jobs.turn import Turn
from orchestrator.settings import OrchestratorSettings


class JobStore(Protocol):
    """One job's storage. `save` is one write; nothing is awaited inside it.

    What is kept is what `load` returns, and stored by the next `save` or `flush`.
    """

    def load(self) -> JobRecord | None: ...
    def save(self, job: JobRecord, nonce: str | None = None) -> None: ...
    def keep(self, job: JobRecord) -> None: ...
    def flush(self) -> None: ...
    def has_seen(self, nonce: str) -> bool: ...
    async def forget(self) -> None:
        """Delete everything, the alarm included."""
        ...


class ArchivedJobs(Protocol):
    """What is left of a job after its Durable Object has forgotten it; no decision rests on it."""

    async def put(self, job_id: str, document: str) -> None: ...
    async def get(self, job_id: str) -> str | None: ...


class OtherJobs(Protocol):
    """Other jobs' Durable Objects, of one that is helped or helps. All raise UpstreamError.

    Answers to `piece` are packed replies (see `edge.rpc`).
    """

    async def help(self, helper: JobRecord) -> bool:
        """Start a helper, once; return whether it has not ended."""
        ...

    async def cancel(self, job_id: str, reason: str) -> None: ...
    async def piece(self, helps: Helps, helper: str, made: int | None, wants: bool) -> str:
        """Tell the job that is helped what is *made*; ask for the next piece, if it *wants* one."""
        ...

    async def helper_ended(self, helps: Helps, helper: str) -> None: ...


class Slots(Protocol):
    """The engines' dispatchers. All methods raise UpstreamError when out of reach."""

    async def request(self, engine: EngineId, ticket: Ticket) -> Ticket | None:
        """Request a slot; return the ticket if granted now, else the job is notified later."""
        ...

    async def defer(self, engine: EngineId, job_id: str, effect: DeferSlot) -> None: ...
    async def release(self, engine: EngineId, job_id: str, attempt: int) -> None: ...
    async def permit(self, job_id: str) -> Permit:
        """Ask the governor for a permit to send to the app."""
        ...

    async def delivered(
        self, name: str, what: Delivered, took_ms: int, retry_after_ms: int
    ) -> None:
        """Give the permit called *name* back, with what came of the delivery."""
        ...

    async def idle(self, engine: EngineId) -> int:
        """Return how many slots are idle, with nobody waiting."""
        ...

    async def waiting(self, engine: EngineId) -> int:
        """Return how many jobs wait for a slot."""
        ...

    async def place(self, engine: EngineId, job_id: str) -> Place | None: ...
    async def is_alone(self, engine: EngineId) -> bool:
        """Whether the engine has one host at most, those that connect outward counted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPorts:
    """Everything a job's Durable Object works with.

    *later* runs what the present answer does not wait for; it must not raise. *permits* are those
    that the isolate keeps, for all its jobs.
    """

    store: JobStore
    alarm: Alarm
    turn: Turn
    permits: KeptPermits
    later: Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
    objects: Objects
    peers: Peers
    slots: Slots
    others: OtherJobs
    archived: ArchivedJobs
    signer: Signer
    settings: OrchestratorSettings
    now_ms: Callable[[], int]
    token: Callable[[], str]
    log: Callable[[dict[str, object]], None]
