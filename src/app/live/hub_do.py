"""The Durable Object that holds the sockets of live viewers, around `app.live.live`.

It hibernates between two changes: sockets and subscriptions outlive it in memory.
"""

from types import SimpleNamespace
from typing import Any

from workers import DurableObject

from app.live import live
from app.live.unknown import UnknownJobs
from app.live.watching import Watching
from app.rates import Rates
from app.settings import cached_settings
from app.store import EVERYONE, Store
from edge.clock import entropy, now_ms
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.http import HttpPeers
from edge.hub import HubSockets
from edge.logs import log
from media_jobs.request_id import with_fields


class LiveDO(DurableObject):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """The hub of all viewers."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        self.sockets = HubSockets(ctx)
        self.database = D1Database(raw_env().DB)
        self.log = with_fields(log, {"service": "app"})
        # In memory: who sends message after message keeps the object from hibernating.
        self.rates = Rates(burst=live.BURST, per_second=live.PER_SECOND)
        self.unknown = UnknownJobs()
        raw = raw_env()
        self.watching = Watching(
            SimpleNamespace(
                orchestrator=HttpPeers(getattr(raw, "ORCHESTRATOR", None)),
                settings=lambda: cached_settings(raw),
                now_ms=now_ms,
                entropy=entropy,
                request_id="",
            )
        )

    async def fetch(self, request: Any) -> Any:
        """Accept a viewer that the app has let in."""
        return self.sockets.accept(request)

    async def publish(self, change: str) -> int:
        """Push a change that is stored; return to how many viewers."""
        looking = live.deliver(change, self.sockets)
        if looking and (job_id := live.running_job(change)) is not None:
            await self.watching.go_on(job_id)
        return looking

    def show(self, change: str) -> int:
        """Push progress; return to how many viewers."""
        return live.deliver(change, self.sockets)

    async def publish_media(self, media_id: str) -> int:
        """Say that a media has changed; return to how many viewers."""
        return await live.deliver_media(media_id, self.sockets, Store(self.database, EVERYONE))

    def close(self, held_by: str) -> None:
        """Close the sockets of a token or a session that has ended."""
        self.sockets.close(held_by)

    async def webSocketMessage(self, socket: Any, message: Any) -> None:
        """Take a viewer's message."""
        viewer = self.sockets.viewer(socket)
        if viewer is not None:
            store = Store(self.database, self.sockets.owner(socket))
            holder, at_ms = self.sockets.holder(socket), now_ms()

            def spend(cost: float) -> None:
                self.rates.admit(holder, at_ms, cost)

            running = await live.receive(
                viewer, message, self.sockets, store, self.log, spend, self.unknown, at_ms
            )
            await self.watching.begin(running)

    async def webSocketClose(self, socket: Any, *_how: Any) -> None:
        """Forget a viewer that has left."""
        self.sockets.forget(socket)

    async def webSocketError(self, socket: Any, *_why: Any) -> None:
        """Forget a viewer whose connection broke."""
        self.sockets.forget(socket)
