"""The hub of live viewers: hibernating sockets in the Durable Object, and calls to it.

A socket's first tag is its viewer's id, which begins with the time (Unix, ms) until which it is
good; the others are the token and the session that it was opened with, and `owner:` with the
workspace whose jobs it gets, unless it gets everyone's.
Subscriptions are in SQLite, because memory is lost when the object hibernates.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import js
from pydantic_core import to_json
from pyodide.ffi import JsException, to_js

from edge.clock import now_ms, token
from edge.convert import options, unwrap
from edge.upstream import WaitUntil, nothing_waits
from media_jobs.errors import RateLimited

NAME = "live"
"""One hub for all: its object is asked once per change, however many watch."""

SOCKETS_PER_TOKEN_MAX = 200
"""A team may share one token, with a few pages each; there is one hub for all sockets."""
POLICY_VIOLATION = 1008
COME_AGAIN = 4001
"""The close code that asks a viewer to connect anew, which looks at its token again."""

OWNER = "owner:"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS watch (
  job_id TEXT NOT NULL,
  viewer TEXT NOT NULL,
  PRIMARY KEY (job_id, viewer)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS watch_by_viewer ON watch (viewer);
"""
_WATCH = "INSERT OR IGNORE INTO watch (viewer, job_id) SELECT ?, value FROM json_each(?)"
_UNWATCH = "DELETE FROM watch WHERE viewer = ? AND job_id IN (SELECT value FROM json_each(?))"


class HubSockets:
    """The sockets and subscriptions of a hub's object."""

    def __init__(self, ctx: Any) -> None:
        self._ctx = unwrap(ctx)
        self._sql = unwrap(ctx.storage).sql
        self._sql.exec(_SCHEMA)
        # Answered by the runtime itself: a ping does not wake the object.
        pair = js.WebSocketRequestResponsePair.new("ping", "pong")
        self._ctx.setWebSocketAutoResponse(pair)

    def accept(self, request: Any) -> Any:
        """Open a socket and return the answer to the upgrade."""
        headers = request.js_object.headers
        viewer = f"{int(headers.get('x-until'))}-{token()}"
        holders = str(headers.get("x-held-by")).split()
        if holders and self._ctx.getWebSockets(holders[0]).length >= SOCKETS_PER_TOKEN_MAX:
            return js.Response.new(None, options({"status": 429}))
        client, server = js.WebSocketPair.new().object_values()
        tags = [viewer, *holders]
        if headers.has("x-owner"):
            tags.append(OWNER + str(headers.get("x-owner")))
        self._ctx.acceptWebSocket(server, to_js(tags))
        return js.Response.new(None, options({"status": 101, "webSocket": client}))

    def viewer(self, socket: Any) -> str | None:
        """Return whose *socket* it is."""
        tags = self._ctx.getTags(socket)
        return str(tags[0]) if tags.length else None

    def owner(self, socket: Any) -> str | None:
        """Return the workspace whose jobs *socket* gets; None: everyone's."""
        owners = [tag for tag in self._ctx.getTags(socket) if tag.startswith(OWNER)]
        return str(owners[0]).removeprefix(OWNER) if owners else None

    def holder(self, socket: Any) -> str:
        """Return the token that *socket* was opened with, or else its viewer."""
        tags = self._ctx.getTags(socket)
        return str(tags[min(1, tags.length - 1)])

    def forget(self, socket: Any) -> None:
        """Drop a viewer's subscriptions, and answer its closing: a hibernating socket does not."""
        viewer = self.viewer(socket)
        if viewer is not None:
            self._sql.exec("DELETE FROM watch WHERE viewer = ?", viewer)
        with suppress(JsException):  # It may be closed on both sides already.
            socket.close(1000, "")

    def watch(self, viewer: str, job_ids: list[str]) -> None:
        """Add subscriptions."""
        # One call for all: each crosses from Python to JavaScript.
        self._sql.exec(_WATCH, viewer, to_json(job_ids).decode())

    def unwatch(self, viewer: str, job_ids: list[str]) -> None:
        """End subscriptions."""
        self._sql.exec(_UNWATCH, viewer, to_json(job_ids).decode())

    def watched(self, viewer: str) -> int:
        """Return how many jobs the viewer has subscribed to."""
        counted = self._sql.exec("SELECT count(*) AS n FROM watch WHERE viewer = ?", viewer)
        return int(counted.one().n)

    def watchers(self, job_id: str) -> list[str]:
        """Return who has subscribed to a job."""
        rows = self._sql.exec("SELECT viewer FROM watch WHERE job_id = ?", job_id).toArray()
        return [row.viewer for row in rows]

    def send(self, viewer: str, *texts: str) -> None:
        """Write messages to a viewer's socket; one that is gone or past its time is dropped."""
        sockets = self._ctx.getWebSockets(viewer)
        is_over = int(viewer.partition("-")[0]) <= now_ms()
        if is_over or not sockets.length:
            self._sql.exec("DELETE FROM watch WHERE viewer = ?", viewer)
        for socket in sockets:
            try:
                if is_over:
                    socket.close(COME_AGAIN, "connect again")
                    continue
                for text in texts:
                    socket.send(text)
            except JsException:  # It closed in this moment: its close event follows.
                continue

    def refuse(self, viewer: str) -> None:
        """Close the socket of a viewer that asks for too much, and forget the viewer."""
        self._sql.exec("DELETE FROM watch WHERE viewer = ?", viewer)
        for socket in self._ctx.getWebSockets(viewer):
            with suppress(JsException):  # It closed in this moment.
                socket.close(POLICY_VIOLATION, "too many messages")

    def close(self, held_by: str) -> None:
        """Close the sockets that were opened with this; their close events follow."""
        for socket in self._ctx.getWebSockets(held_by):
            with suppress(JsException):  # It closed in this moment.
                socket.close(COME_AGAIN, "connect again")


class HubStub:
    """The hub, seen from the Worker. *behind*: the request whose answer is not to wait for it."""

    def __init__(self, namespace: Any, behind: WaitUntil = nothing_waits) -> None:
        self._namespace = namespace
        self._behind = behind

    def publish(self, change: str) -> None:
        """Push a change after the answer has gone out."""
        try:
            # After a failed push, the next one or the viewer's next request brings the state.
            self._behind(self._namespace.getByName(NAME).publish(change))
        except JsException as error:
            js.console.warn(f"live: {error.name}")

    async def publish_now(self, change: str) -> None:
        """Push a change. Awaited, as a `waitUntil` of cron ends it with an exception."""
        try:
            await self._namespace.getByName(NAME).publish(change)
        except JsException as error:
            js.console.warn(f"live: {error.name}")

    async def show(self, change: str) -> int:
        """Push a change; return how many look."""
        try:
            return int(await self._namespace.getByName(NAME).show(change))
        except JsException as error:
            js.console.warn(f"live: {error.name}")
            return 0

    def tell_media(self, media_id: str) -> None:
        """Say that a media has changed, after the answer has gone out."""
        try:
            self._behind(self._namespace.getByName(NAME).publish_media(media_id))
        except JsException as error:
            js.console.warn(f"live: {error.name}")

    async def tell_media_now(self, media_id: str) -> None:
        """Say that a media has changed."""
        try:
            await self._namespace.getByName(NAME).publish_media(media_id)
        except JsException as error:
            js.console.warn(f"live: {error.name}")

    def close(self, held_by: str) -> None:
        """Close the sockets that were opened with this, after the answer has gone out."""
        try:
            self._behind(self._namespace.getByName(NAME).close(held_by))
        except JsException as error:
            js.console.warn(f"live: {error.name}")

    async def connect(self, until_ms: int, held_by: Sequence[str], owner: str | None) -> object:
        """Open a viewer's socket; return the 101 answer, to be passed on untouched."""
        headers = {
            "upgrade": "websocket",
            "x-until": str(until_ms),
            "x-held-by": " ".join(held_by),
        }
        if owner is not None:
            headers["x-owner"] = owner
        stub = self._namespace.getByName(NAME)
        answer = await stub.fetch("https://hub/live", options({"headers": headers}))
        if answer.status == 429:
            raise RateLimited("rate_limited.sockets", retry_after_s=60, most=SOCKETS_PER_TOKEN_MAX)
        return answer
