"""The senders of webhooks: calls to their Durable Objects, and the name of each.

The name is stored, as an alarm does not bring it along (workerd 1.20261117).
"""

from typing import Any

import js
from pyodide.ffi import JsException

from edge.convert import unwrap
from edge.upstream import WaitUntil, nothing_waits

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sender (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  webhook_id TEXT NOT NULL
) STRICT;
"""


class SenderName:
    """Whose deliveries an object sends."""

    def __init__(self, ctx: Any) -> None:
        self._storage = unwrap(ctx.storage)
        self._storage.sql.exec(_SCHEMA)

    def name(self) -> str | None:
        """Return whose deliveries are sent; None before the first call."""
        rows = self._storage.sql.exec("SELECT webhook_id FROM sender").toArray()
        return str(rows[0].webhook_id) if rows.length else None

    def keep_name(self, webhook_id: str) -> None:
        """Store whose deliveries are sent."""
        self._storage.sql.exec("INSERT OR IGNORE INTO sender VALUES (1, ?)", webhook_id)


class SenderStubs:
    """The senders, seen from the Worker. *behind*: the request whose answer is not to wait."""

    def __init__(self, namespace: Any, behind: WaitUntil = nothing_waits) -> None:
        self._namespace = namespace
        self._behind = behind

    async def call(self, webhook_id: str) -> None:
        """Have an endpoint's due deliveries sent.

        Awaited, as cron has no answer to wait behind: a `waitUntil` there ends the handler with an
        exception (workerd 1.20261117).
        """
        try:
            await self._namespace.getByName(webhook_id).wake(webhook_id)
        except JsException as error:
            js.console.warn(f"webhooks: {error.name}")

    def wake(self, webhook_id: str) -> None:
        """Have an endpoint's due deliveries sent, after the answer has gone out."""
        try:
            # The sweeper makes up for a lost call.
            self._behind(self._namespace.getByName(webhook_id).wake(webhook_id))
        except JsException as error:
            js.console.warn(f"webhooks: {error.name}")
