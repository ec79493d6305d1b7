"""The Durable Object that sends one endpoint's webhooks, around `app.webhooks.endpoints.deliver`.

What is to be sent is in D1; the object has the alarm, and sends one at a time.
"""

from typing import Any

from workers import DurableObject

from app.settings import cached_settings
from app.store import EVERYONE, Store
from app.webhooks.deliver import DeliveryPorts, deliver_due
from edge.bindings import binding
from edge.clock import now_ms
from edge.convert import raw_env
from edge.d1 import D1Database
from edge.http import HttpPeers
from edge.logs import log
from edge.webhooks import SenderAlarm
from media_jobs.redaction import describe
from media_jobs.request_id import with_fields

AGAIN_MS = 60_000
"""When a look that failed, as while D1 is out of reach, is repeated."""


class WebhookDO(DurableObject):  # type: ignore[misc]  # The SDK ships no types for its classes.
    """The sender of one endpoint."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        raw = raw_env()
        self.timer = SenderAlarm(ctx)
        self.ports = DeliveryPorts(
            store=Store(D1Database(binding(raw, "DB")), EVERYONE),
            courier=HttpPeers(),
            now_ms=now_ms,
            log=with_fields(log, {"service": "app"}),
            allow_loopback=lambda: cached_settings(raw).webhook_allow_loopback,
        )

    async def wake(self, webhook_id: str) -> str:
        """Send what is due, soon."""
        self.timer.keep_name(webhook_id)
        await self.timer.arm(now_ms())
        return "ok"

    async def alarm(self, info: object = None) -> None:
        """Send what is due. Never fails: the platform drops an alarm that failed six times."""
        webhook_id = self.timer.name()
        if webhook_id is None:
            return
        try:
            due_ms = await deliver_due(webhook_id, self.ports)
        except Exception as error:  # The door of this object: logged, and tried again later.
            self.ports.log(
                {"event": "alarm_failed", "webhookId": webhook_id, "why": describe(error)}
            )
            due_ms = now_ms() + AGAIN_MS
        if due_ms is not None:
            await self.timer.arm(due_ms)
