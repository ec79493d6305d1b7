"""The Durable Object that sends one endpoint's webhooks, around `app.webhooks.deliver`.

What is to be sent is in D1; the object has the alarm, and sends one at a time.
"""

from typing import Any

from workers import DurableObject

from app.settings import cached_settings
from app.store import EVERYONE, Store
from app.webhooks.deliver import DeliveryPorts, send_due
from edge.alarm import ObjectTimer
from edge.bindings import binding
from edge.clock import now_ms
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.http import HttpPeers
from edge.logs import log
from edge.webhooks import SenderName
from media_jobs.alarm import Alarm, guarded
from media_jobs.request_id import with_fields


class WebhookDO(DurableObject):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """The sender of one endpoint."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        raw = raw_env()
        self.sender = SenderName(ctx)
        self.timer = Alarm(ObjectTimer(ctx), now_ms)
        self.ports = DeliveryPorts(
            store=Store(D1Database(binding(raw, "DB")), EVERYONE),
            courier=HttpPeers(),
            now_ms=now_ms,
            log=with_fields(log, {"service": "app"}),
            allow_loopback=lambda: cached_settings(raw).webhook_allow_loopback,
        )

    def wake(self, webhook_id: str) -> str:
        """Send what is due, soon."""
        self.sender.keep_name(webhook_id)
        self.timer.arm(now_ms())
        return "ok"

    async def alarm(self, info: object = None) -> None:
        """Send what is due."""
        webhook_id = self.sender.name()
        if webhook_id is not None:
            named: dict[str, object] = {"webhookId": webhook_id}
            await guarded(
                send_due(webhook_id, self.timer, self.ports), self.ports.log, lambda: named
            )
