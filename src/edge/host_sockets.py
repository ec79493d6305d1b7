"""The sockets of hosts that connect outward: they hibernate in their engine's dispatcher.

A socket has two tags, its host's name and an id of its own, which begins with the time it came: of
two of one name the newer counts. What is awaited is in memory alone: while a call is under way, the
object does not hibernate.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, to_js

from edge.clock import now_ms, token
from edge.convert import jsnull_to_none, options, unwrap
from edge.host_peers import (
    ENGINE_HEADER,
    HOST_HEADER,
    LOST_HEADER,
    NONCE_HEADER,
    TIMEOUT_HEADER,
)
from media_jobs.engines import EngineId
from media_jobs.errors import UpstreamError
from media_jobs.outward import (
    ANSWER_BYTES_MAX,
    PING,
    PONG,
    REPLACED,
    AnswerPart,
    call_frame,
    outward_host,
    read_answer,
)

HOSTS_MAX = 500
"""Of an engine. An object may hold many more; a dispatcher weighs each host at each grant."""
TIMEOUT_MS_MAX = 60_000
POLICY_VIOLATION = 1008
_KEPT = ("content-type", "x-request-id")
"""Headers of a call that are passed on, beside the signature."""
_SIGNATURE = "x-signature"


class _Pending:
    """A call that waits for its answer over the socket with the id *socket*."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.first: AnswerPart | None = None
        self.body = bytearray()
        self.lost = ""

    def end(self, lost: str = "") -> None:
        self.lost = self.lost or lost
        if not self.done.done():
            self.done.set_result(None)


class HostSockets:
    """The sockets of one engine's hosts."""

    def __init__(self, ctx: Any) -> None:
        self._ctx = unwrap(ctx)
        self._pending: dict[str, _Pending] = {}
        self._open: dict[str, str] = {}
        for socket in self._ctx.getWebSockets():
            name, socket_id = self._tags(socket)
            self._open[name] = max(socket_id, self._open.get(name, ""))
        # Answered by the runtime itself: a ping does not wake the object.
        self._ctx.setWebSocketAutoResponse(js.WebSocketRequestResponsePair.new(PING, PONG))

    @property
    def names(self) -> list[str]:
        """The names of the hosts that are connected, in order."""
        return sorted(self._open)

    async def answer(
        self,
        request: Any,
        *,
        is_new: Callable[[str], bool],
        connected: Callable[[EngineId, str], None],
    ) -> Any:
        """Open the socket of a host whose handshake was admitted, or call a host through its own.

        *is_new*: whether a handshake's nonce is; *connected* is told whose host has come.
        """
        find = request.js_object.headers.get
        if jsnull_to_none(find("upgrade")) is None:
            return await self._relay(request.js_object)
        if not is_new(str(find(NONCE_HEADER))):
            return js.Response.new(None, options({"status": 401}))
        name = str(find(HOST_HEADER))
        answer = self._accept(name)
        if answer.status == 101:
            connected(str(find(ENGINE_HEADER)), outward_host(name))
        return answer

    def _accept(self, name: str) -> Any:
        """Open the socket of a host in place of its earlier one; return the upgrade's answer."""
        if name not in self._open and len(self._open) >= HOSTS_MAX:
            return js.Response.new(None, options({"status": 429}))
        self._close(name, REPLACED, "connected anew")
        client, server = js.WebSocketPair.new().object_values()
        socket_id = f"{now_ms()}-{token()}"
        self._ctx.acceptWebSocket(server, to_js([name, socket_id]))
        self._open[name] = socket_id
        return js.Response.new(None, options({"status": 101, "webSocket": client}))

    def left(self, socket: Any) -> str | None:
        """Forget a socket that has closed; return its host if it was its last."""
        name, socket_id = self._tags(socket)
        for pending in self._pending.values():
            if pending.socket == socket_id:
                pending.end("the connection broke")
        with suppress(JsException):  # It may be closed on both sides already.
            socket.close(1000, "")
        if self._open.get(name) != socket_id:
            return None
        del self._open[name]
        return outward_host(name)

    def take(self, socket: Any, message: Any) -> None:
        """Take a frame of an answer."""
        _, socket_id = self._tags(socket)
        try:
            part = read_answer(message)
        except (ValueError, TypeError):
            with suppress(JsException):
                socket.close(POLICY_VIOLATION, "no answer")
            return
        pending = self._pending.get(part.id)
        # An answer that nobody waits for any more; and none answers another's call.
        if pending is None or pending.socket != socket_id:
            return
        pending.first = pending.first or part
        pending.body += part.body
        if len(pending.body) > ANSWER_BYTES_MAX:
            pending.end("its answer is too large")
        elif not part.more:
            pending.end()

    async def _relay(self, raw: Any) -> Any:
        """Hand a request to the host that it names; return its answer as the runtime's."""
        find = raw.headers.get
        headers = {
            name: str(value)
            for name in (*_KEPT, _SIGNATURE)
            if (value := jsnull_to_none(find(name))) is not None
        }
        body = None if raw.method == "GET" else str(await raw.text())
        target = str(raw.url).removeprefix("https://host")
        timeout_ms = int(find(TIMEOUT_HEADER))
        name = str(find(HOST_HEADER))
        try:
            status, said, content = await self.call(
                name, str(raw.method), target, headers, body, timeout_ms
            )
        except UpstreamError as error:
            why = str(error.values["why"])
            return js.Response.new(None, options({"status": 502, "headers": {LOST_HEADER: why}}))
        shown = None if status in (204, 304) else to_js(content)
        return js.Response.new(shown, options({"status": status, "headers": said}))

    async def call(
        self,
        name: str,
        method: str,
        target: str,
        headers: dict[str, str],
        body: str | None,
        timeout_ms: int,
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of a host's answer; raises UpstreamError without one."""
        call_id, socket_id = token(), self._open.get(name)
        if socket_id is None:
            raise UpstreamError("upstream_failed", part=name, why="down.not_connected")
        pending = self._pending[call_id] = _Pending(socket_id)
        limit_ms = min(timeout_ms, TIMEOUT_MS_MAX)
        # Not asyncio's: a timer of its loop runs on after the answer, and keeps the object from
        # hibernating for as long (Pyodide 314.0.6).
        late = create_proxy(partial(pending.end, f"not within {limit_ms} ms"))
        timer = js.setTimeout(late, limit_ms)
        try:
            frame = call_frame(call_id, method, target, headers, body)
            for socket in self._ctx.getWebSockets(socket_id):
                socket.send(frame)
            await pending.done
        except JsException as error:  # It closed in this moment: its close event follows.
            raise UpstreamError("upstream_failed", part=name, why=error.name) from None
        finally:
            js.clearTimeout(timer)
            late.destroy()
            del self._pending[call_id]
        if pending.lost or pending.first is None:
            raise UpstreamError("upstream_failed", part=name, why=pending.lost or "no answer")
        return pending.first.status, dict(pending.first.headers), bytes(pending.body)

    def _tags(self, socket: Any) -> tuple[str, str]:
        name, socket_id = self._ctx.getTags(socket)
        return str(name), str(socket_id)

    def _close(self, name: str, code: int, why: str) -> None:
        socket_id = self._open.pop(name, "")
        for pending in self._pending.values():
            if pending.socket == socket_id:
                pending.end("the connection was replaced")
        for socket in self._ctx.getWebSockets(name):
            with suppress(JsException):  # It closed in this moment.
                socket.close(code, why)
