"""Durable Objects: their storage, on SQLite, and those that a test plays itself.

A job's and a dispatcher's storage are the shipped classes; `Disk` is what outlives an eviction.
"""

import importlib
import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from dev.stack.object_storage import (
    ObjectStorage,
    Resolved,
    Rows,
    runtime_modules,
    storage_classes,
)
from media_jobs.dispatch import Place, Ticket
from media_jobs.engines import EngineId
from media_jobs.errors import HandshakeRefused, UpstreamError
from media_jobs.governor import Delivered, Permit
from media_jobs.record import DeferSlot

CLASSES = storage_classes()

with runtime_modules():
    RPC = importlib.import_module("edge.rpc")
    OTHER_JOBS = importlib.import_module("edge.other_jobs")
    _JOB_OBJECT = importlib.import_module("orchestrator.jobs.job_do").RenderJobDO


class JobObjects:
    """The namespace of the jobs' Durable Objects: the shipped class on the *ports* of each job."""

    def __init__(self, ports: Callable[[str], object]) -> None:
        self._ports = ports

    def getByName(self, job_id: str) -> "_Called":
        job = _JOB_OBJECT.__new__(_JOB_OBJECT)
        job.ports = self._ports(job_id)
        return _Called(job)


class _Called:
    """An object as its caller has it: every method is awaited."""

    def __init__(self, called: object) -> None:
        self._called = called

    def __getattr__(self, name: str) -> Callable[..., Awaitable[str]]:
        method = getattr(self._called, name)

        async def call(*given: object) -> str:
            answer = method(*given)
            return str(await answer if inspect.isawaitable(answer) else answer)

        return call


class Disk(ObjectStorage):
    """The storage and the alarm of one object.

    *fails_at*: which of the coming writes fails, from 1; 0 is none.
    """

    def __init__(self, dump: str = "") -> None:
        super().__init__(dump)
        self.fails_at = 0
        self.writes = 0

    def exec(self, sql: str, *params: object) -> Rows:
        if sql.startswith("INSERT"):
            self.writes += 1
            self.fails_at -= 1
            if self.fails_at == 0:
                raise OSError("The disk is full.")
        return super().exec(sql, *params)

    def setAlarm(self, due_ms: int) -> Resolved:
        assert due_ms > 0, "The runtime refuses such an alarm."
        return super().setAlarm(due_ms)

    @property
    def document(self) -> str | None:
        """The job's document, as it is stored."""
        return next(iter(self.column("job", "document")), None)

    @property
    def nonces(self) -> set[str]:
        lists = self.column("nonce", "nonce") + self.column("job", "recent")
        return {nonce for text in lists for nonce in text.split()}

    def column(self, table: str, name: str) -> list[str]:
        """Return a column of *table*; nothing where there is no such table."""
        made = "SELECT 1 FROM sqlite_master WHERE name = ?"
        if not self.sqlite.execute(made, (table,)).fetchall():
            return []
        return [value for (value,) in self.sqlite.execute(f"SELECT {name} FROM {table}")]  # noqa: S608


class Slots:
    """The dispatchers: every slot is free unless *full*; then jobs wait until they are told.

    *hosts*: of the next slots, in turn; the last one is that of all further ones. *permits*: the
    next answers to those who want to send to the app; then all may.
    """

    def __init__(self) -> None:
        self.full = False
        self.hosts = [""]
        self.down = False
        self.alone = True
        self.tickets: dict[str, Ticket] = {}
        self.calls: list[tuple[object, ...]] = []
        self.permits: list[Permit] = []
        self.idle_ = self.waiting_ = 0
        self.asked = 0
        self.delivered_: list[tuple[str, int, int]] = []
        self.given_back: list[str] = []

    async def request(self, engine: EngineId, ticket: Ticket) -> Ticket | None:
        self._called("request", ticket.job_id, ticket.attempt)
        self.tickets[ticket.job_id] = ticket
        if self.full:
            return None
        host = self.hosts.pop(0) if len(self.hosts) > 1 else self.hosts[0]
        return ticket.model_copy(update={"host": host})

    async def defer(self, engine: EngineId, job_id: str, effect: DeferSlot) -> None:
        failed = ("failed",) if effect.failed else ()
        self._called("defer", job_id, effect.attempt, effect.wait_ms, *failed)

    async def release(self, engine: EngineId, job_id: str, attempt: int) -> None:
        self._called("release", job_id, attempt)
        self.tickets.pop(job_id, None)

    async def permit(self, job_id: str) -> Permit:
        if self.down:
            raise UpstreamError("upstream_failed", part="A Durable Object", why="Error")
        self.asked += 1
        return self.permits.pop(0) if self.permits else Permit(name=job_id)

    async def delivered(
        self, name: str, what: Delivered, took_ms: int, retry_after_ms: int
    ) -> None:
        self.given_back.append(name)
        self.delivered_.append((str(what), took_ms, retry_after_ms))

    async def idle(self, engine: EngineId) -> int:
        self._called("idle", engine)
        return self.idle_

    async def waiting(self, engine: EngineId) -> int:
        return self.waiting_

    async def is_alone(self, engine: EngineId) -> bool:
        return self.alone

    async def place(self, engine: EngineId, job_id: str) -> Place | None:
        self._called("place", job_id)
        return Place(position=3, eta_ms=60_000) if job_id in self.tickets else None

    def _called(self, what: str, job_id: str, *more: int | str) -> None:
        if self.down:
            raise UpstreamError("upstream_failed", part="A Durable Object", why="Error")
        self.calls.append((what, job_id, *more))


class Hub:
    """The hub of live viewers: remembers what was published, and until when sockets are good.

    *published_now*: what was published where nobody waits for an answer.
    """

    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        self.published_now: list[dict[str, Any]] = []
        self.connected: list[int] = []
        self.held: list[list[str]] = []
        self.owners: list[str | None] = []
        self.closed: list[str] = []
        self.media: list[str] = []
        self.shown: list[dict[str, Any]] = []
        self.looking = 0

    async def show(self, change: str) -> int:
        self.shown.append(json.loads(change))
        return self.looking

    def publish(self, change: str) -> None:
        self.published.append(json.loads(change))

    async def publish_now(self, change: str) -> None:
        self.published_now.append(json.loads(change))

    def tell_media(self, media_id: str) -> None:
        self.media.append(media_id)

    async def tell_media_now(self, media_id: str) -> None:
        self.media.append(media_id)

    async def connect(self, until_ms: int, held_by: Sequence[str], owner: str | None) -> object:
        self.connected.append(until_ms)
        self.held.append(list(held_by))
        self.owners.append(owner)
        return ""

    def close(self, held_by: str) -> None:
        self.closed.append(held_by)


class Senders:
    """The senders of webhooks: remembers which were woken."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, webhook_id: str) -> None:
        self.woken.append(webhook_id)

    async def call(self, webhook_id: str) -> None:
        self.woken.append(webhook_id)


class Door:
    """Where hosts connect: remembers who came. *used*: nonces that are refused."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str]] = []
        self.used: set[str] = set()

    async def connect(self, engine: EngineId, name: str, nonce: str) -> object:
        if nonce in self.used:
            raise HandshakeRefused("handshake_refused.replayed")
        self.used.add(nonce)
        self.came.append((engine, name))
        return ""
