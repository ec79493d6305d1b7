"""The Durable Object of one engine's dispatcher, around `orchestrator.dispatch.dispatcher`.

Every public method can be called over RPC, so there are no helper methods here.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic_core import to_json
from workers import DurableObject

from edge.alarm import ObjectTimer
from edge.bindings import binding
from edge.clock import now_ms
from edge.convert import raw_env
from edge.host_sockets import HostSockets
from edge.http import HttpPeers
from edge.logs import log
from edge.slots import HolderStubs
from edge.ticket_storage import SqlTicketStore
from media_jobs.alarm import Alarm, guarded
from media_jobs.dispatch import Ticket
from media_jobs.engines import EngineId
from media_jobs.governor import Delivered, Governor
from media_jobs.hosts import HostState, read_health
from media_jobs.outward import outward_host, socket_parts, socket_url
from media_jobs.request_id import with_fields
from orchestrator.dispatch import dispatcher
from orchestrator.settings import cached_settings

HEALTH_TIMEOUT_MS = 5_000


class DispatcherDO(DurableObject):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """The queue of one engine; or, by another name, the governor of what is sent to the app."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        raw = raw_env()
        peers = HttpPeers()
        self.sockets = sockets = HostSockets(ctx)

        async def health(url: str) -> HostState:
            parts = socket_parts(url)
            if parts is not None:
                name, no_body = parts[1], None
                status, _, body = await sockets.call(
                    name, "GET", "/health", {}, no_body, HEALTH_TIMEOUT_MS
                )
                return read_health(status, body.decode(errors="replace"))
            answer = await peers.call("GET", f"{url}/health", None, {}, HEALTH_TIMEOUT_MS)
            return read_health(answer.status, answer.text)

        def hosts(engine: EngineId) -> Mapping[str, str]:
            connected = {outward_host(name): socket_url(engine, name) for name in sockets.names}
            return cached_settings(raw).hosts[engine] | connected

        self.ports = dispatcher.DispatchPorts(
            store=SqlTicketStore(ctx),
            alarm=Alarm(ObjectTimer(ctx), now_ms),
            jobs=HolderStubs(binding(raw, "RENDER_JOB_DO")),
            hosts=hosts,
            health=health,
            now_ms=now_ms,
            log=with_fields(log, {"service": "orchestrator"}),
        )
        # In memory: what is on its way ends within seconds, and a new one begins small.
        self.governor = Governor()
        # An alarm can be lost (platform: six failures); any call to this object sets it again.
        dispatcher.rearm(self.ports)

    async def fetch(self, request: Any) -> Any:
        """Open the socket of a host that was admitted, or call a host through its own."""
        return await self.sockets.answer(
            request,
            is_new=lambda nonce: self.ports.store.is_new(nonce, now_ms()),
            connected=lambda engine, host: dispatcher.connected(engine, host, self.ports),
        )

    def webSocketMessage(self, socket: Any, message: Any) -> None:
        """Take a part of a host's answer."""
        self.sockets.take(socket, message)

    def webSocketClose(self, socket: Any, *_how: Any) -> None:
        """Forget a connection."""
        if (host := self.sockets.left(socket)) is not None:
            dispatcher.disconnected(host, self.ports)

    def webSocketError(self, socket: Any, *_why: Any) -> None:
        """Forget a connection that broke."""
        self.webSocketClose(socket)

    def request(self, engine: str, ticket: str) -> str:
        """Take a ticket; answer with it if it is granted, with nothing while it waits."""
        asked = Ticket.model_validate_json(ticket)
        granted = dispatcher.request(engine, asked, self.ports)
        return "" if granted is None else granted.model_dump_json()

    def defer(
        self, job_id: str, attempt: int, wait_ms: int, host: str = "", failed: int = 0
    ) -> str:
        """Let a ticket wait again."""
        dispatcher.defer(job_id, int(attempt), int(wait_ms), self.ports, str(host), int(failed))
        return "ok"

    def release(self, job_id: str, attempt: int) -> str:
        """Take a ticket back."""
        dispatcher.release(job_id, int(attempt), self.ports)
        return "ok"

    def permit(self, job_id: str) -> str:
        """Return a permit to send to the app as JSON."""
        return to_json(asdict(self.governor.ask(job_id, now_ms()))).decode()

    def delivered(self, name: str, what: str, took_ms: int, retry_after_ms: int) -> str:
        """Take the permit called *name* back."""
        before = int(self.governor.window)
        spans_ms = int(took_ms), int(retry_after_ms)
        self.governor.answered(name, Delivered(what), now_ms(), *spans_ms)
        if (window := int(self.governor.window)) < before:
            waiting = self.governor.waiting
            self.ports.log({"event": "app_overloaded", "window": window, "waiting": waiting})
        return "ok"

    def where(self, job_id: str) -> str:
        """Return a waiting job's place as JSON, or null."""
        found = dispatcher.where(job_id, self.ports)
        return to_json(None if found is None else asdict(found)).decode()

    def hosts(self) -> str:
        """Return what is known of the engine's hosts, as JSON."""
        return to_json(dispatcher.standing(self.ports)).decode()

    def waiting(self) -> int:
        """Return how many jobs wait."""
        return dispatcher.count_waiting(self.ports)

    async def alarm(self, info: object = None) -> None:
        """Do what is due."""
        await guarded(dispatcher.rest(self.ports), self.ports.log)
