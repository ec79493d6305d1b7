"""A Durable Object that counts in SQLite and echoes on hibernatable WebSockets."""

# mypy: disable-error-code="misc,import-not-found"
# The SDK is untyped, and the package is on the path of the Worker alone.

from typing import Any

import js
from workers import DurableObject, Response


class Counter(DurableObject):
    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        self.calls = 0
        self.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS n (n INTEGER NOT NULL) STRICT")

    async def add(self, step: int) -> str:
        self.calls += 1
        self.ctx.storage.sql.exec("INSERT INTO n VALUES (?)", step)
        total = self.ctx.storage.sql.exec("SELECT sum(n) AS total FROM n").one().total
        return f"{int(total)} after {self.calls}"

    async def ring_soon(self) -> None:
        await self.ctx.storage.setAlarm(js.Date.now() + 20)

    async def alarm(self, info: Any = None) -> None:
        await self.env.TEXTS.put("alarm", "rang")

    async def fail(self) -> None:
        raise ValueError("told to fail")

    async def fetch(self, request: Any) -> Any:
        client, server = js.WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws: Any, message: Any) -> None:
        ws.send(f"{message} to {len(list(self.ctx.getWebSockets()))}")
