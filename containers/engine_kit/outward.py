"""The way out of a host that nobody can call: one WebSocket, opened by itself, to the dispatcher.

What comes over it are the calls that else come to the port, and the same application answers them,
with the same signatures and checks. Reports, URLs and files go outward by HTTPS as ever, so that
work goes on while the connection is lost. It is opened again for ever, at growing intervals.
"""

import asyncio
import logging
import secrets as randomness
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from engine_kit.acceptance import Acceptance
from engine_kit.addresses import refused_in
from engine_kit.logs import log
from engine_kit.settings import Outward
from media_jobs.outward import (
    CALL_CHARS_MAX,
    PING,
    PONG,
    REPLACED,
    answer_frames,
    handshake_target,
    host_label_of,
    read_call,
)
from media_jobs.retry import Backoff
from media_jobs.signing import SIGNATURE_HEADER, sign_request_line

__all__ = ["OutwardLink", "linked"]

Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]],
    Awaitable[None],
]
"""An ASGI application."""

LOST = Backoff(first_ms=1_000, most_ms=60_000)
REFUSED = Backoff(first_ms=5_000, most_ms=5 * 60_000)
"""Between two handshakes that are refused: what is wrong, a person has to put right."""
LASTING_S = 60.0
"""A connection that lasted so long was a good one: the next try comes soon again."""
PING_S = 20.0
PONG_S = 10.0
OPEN_S = 15.0
CALL_S = 60.0
"""Whoever calls waits less."""


@asynccontextmanager
async def linked(
    outward: Outward | None, app: Application, acceptance: Acceptance
) -> AsyncIterator[None]:
    """Keep the connection open meanwhile, if this host connects outward."""
    if outward is None:
        yield
        return
    link = asyncio.create_task(OutwardLink(outward, app, acceptance).run())
    try:
        yield
    finally:
        link.cancel()
        with suppress(asyncio.CancelledError):
            await link


class OutwardLink:
    """The connection of one container. *app* answers what comes over it."""

    def __init__(
        self,
        outward: Outward,
        app: Application,
        acceptance: Acceptance,
        *,
        ping_s: float = PING_S,
        pong_s: float = PONG_S,
    ) -> None:
        self._outward = outward
        self._acceptance = acceptance
        self._inside = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://host",
            timeout=CALL_S,
        )
        self._ping_s, self._pong_s = ping_s, pong_s
        self._heard = asyncio.Event()
        # Many that were cut off together do not come back together.
        self._spread = randomness.token_hex(8)

    async def run(self) -> None:
        """Connect, answer what comes, and connect again, until canceled."""
        failures = 0
        while True:
            began_at = asyncio.get_running_loop().time()
            backoff, why = LOST, ""
            try:
                async with self._connection() as socket:
                    log("host_connected", host=self._name, url=self._outward.url)
                    why = await self._serve(socket)
            except InvalidStatus as error:
                if self._is_clock_corrected(error):
                    continue
                backoff, why = REFUSED, _refusal(error)
            except (OSError, TimeoutError, WebSocketException) as error:
                why = (str(refused_in(error) or error) or type(error).__name__)[:200]
            lasted_s = asyncio.get_running_loop().time() - began_at
            failures = 1 if lasted_s >= LASTING_S else failures + 1
            delay_s = backoff.delay_ms(failures, self._spread) / 1000
            if why == _REPLACED:
                delay_s = LOST.most_ms / 1000
            named = {"host": self._name, "why": why, "againS": round(delay_s, 1)}
            log("host_disconnected", logging.WARNING, **named)
            await asyncio.sleep(delay_s)

    @property
    def _name(self) -> str:
        credential = self._outward.credential
        return host_label_of(credential.engine_name, credential.name)

    def _connection(self) -> connect:
        credential = self._outward.credential
        target = handshake_target(
            credential.engine_name,
            credential.name,
            self._acceptance.now_ms(),
            randomness.token_urlsafe(16),
        )
        signature = sign_request_line("GET", target, credential.secrets)
        url = "ws" + self._outward.url.removeprefix("http") + target
        return connect(
            url,
            additional_headers={SIGNATURE_HEADER: signature},
            user_agent_header="media-jobs-container",
            ssl=httpx.create_ssl_context() if url.startswith("wss:") else None,
            compression=None,
            open_timeout=OPEN_S,
            close_timeout=1,
            ping_interval=None,  # The dispatcher's runtime answers ours without waking it.
            max_size=CALL_CHARS_MAX,
        )

    def _is_clock_corrected(self, error: InvalidStatus) -> bool:
        """Put the clock right by what a refusal says, for another try at once."""
        response = error.response
        return response.status_code == 401 and self._acceptance.correct(
            response.headers.get("date")
        )

    async def _serve(self, socket: ClientConnection) -> str:
        """Answer what comes until the connection ends; return why it did."""
        work = {asyncio.create_task(self._ping(socket))}
        try:
            while True:
                frame = await socket.recv()
                self._heard.set()
                if isinstance(frame, str) and frame != PONG:
                    task = asyncio.create_task(self._answer(socket, frame))
                    work.add(task)
                    task.add_done_callback(work.discard)
        except ConnectionClosed as error:
            end = error.rcvd
            if end is None:
                return "the connection broke"
            return _REPLACED if end.code == REPLACED else f"closed: {end.code} {end.reason}"
        finally:
            # What is answered to nobody is not made any further, as when a caller hangs up.
            for task in list(work):
                task.cancel()
            await asyncio.wait(work)

    async def _ping(self, socket: ClientConnection) -> None:
        """See that the connection lives: one that was cut silently says nothing by itself."""
        while True:
            await asyncio.sleep(self._ping_s)
            self._heard.clear()
            with suppress(ConnectionClosed):
                await socket.send(PING)
            try:
                await asyncio.wait_for(self._heard.wait(), self._pong_s)
            except TimeoutError:
                socket.transport.abort()
                return

    async def _answer(self, socket: ClientConnection, frame: str) -> None:
        try:
            call = read_call(frame)
        except ValueError as error:
            log("call_refused", logging.WARNING, why=str(error)[:200])
            return
        response = await self._inside.request(
            call.method, call.path, headers=dict(call.headers), content=call.body
        )
        given = (call.id, response.status_code, dict(response.headers), response.content)
        with suppress(ConnectionClosed):  # Who asked will ask again.
            for part in answer_frames(*given):
                await socket.send(part)


_REPLACED = "another process has connected with this HOST_KEY"


def _refusal(error: InvalidStatus) -> str:
    body = bytes(error.response.body or b"")[:300].decode(errors="replace")
    return f"refused: HTTP {error.response.status_code} {body}".rstrip()
