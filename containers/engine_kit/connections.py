"""What the connections of strangers may cost: so many at once, so many bytes, so much time.

Whoever has not said a whole request yet waits, and the one that has waited longest gives way when
there are too many, or when what has come of their requests is too much together. An honest caller
sends its request at once and is never the oldest; a silent one loses its connection, and nothing
else. A request that has come whole is answered, whatever else comes.
"""

import asyncio
import logging
import resource
import time
from collections import OrderedDict
from typing import Any, Literal

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from engine_kit.logs import log

__all__ = ["ACCEPTED_AT_ONCE", "HEAD_BYTES_MAX", "Connection", "Room", "quieten"]

CONNECTIONS_MAX = 256
FILES_SHARE = 4
"""Connections have at most this part of the files that the process may open."""
ACCEPTED_AT_ONCE = 128
"""Also how many wait in the kernel. What is accepted is above the bound for a moment."""
HEAD_BYTES_MAX = 16 * 1024
UNFINISHED_BYTES_MAX = 8 * 1024 * 1024
HEAD_S = 10.0
BODY_S = 20.0
UNREAD_S = 20.0
"""For a caller that does not read its answer."""
AGAIN_S = 60.0

Awaited = Literal["head", "body"]


class Seldom(logging.Filter):
    """Lets the first of equal messages through, and the next a minute later, with their number."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether *record* is written."""
        key = record.getMessage().partition("\n")[0]
        more = self.more(key)
        if more:
            record.msg, record.args = f"{record.getMessage()} ({more} more)", ()
        return more is not None

    def more(self, key: str) -> int | None:
        """Return None if *key* was said within the minute, else how often it was left out since."""
        now = time.monotonic()
        said_at, left_out = self._said.get(key, (float("-inf"), 0))
        if now - said_at < AGAIN_S:
            self._said[key] = (said_at, left_out + 1)
            return None
        self._said[key] = (now, 0)
        return left_out


def quieten() -> None:
    """Have the libraries tell of a fault that strangers can cause once a minute."""
    for name in ("asyncio", "uvicorn.error"):
        logging.getLogger(name).addFilter(Seldom())


class Room:
    """The connections of a server. *most*: at once; by default as the limit of files allows."""

    def __init__(self, most: int | None = None) -> None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = most or max(1, min(CONNECTIONS_MAX, files // FILES_SHARE))
        self._all: set[Connection] = set()
        # Those that wait, longest first, and what has come of their requests.
        self._waiting: OrderedDict[Connection, int] = OrderedDict()
        self._bytes = 0
        self._seldom = Seldom()

    def enter(self, connection: "Connection") -> None:
        """Take a new connection in."""
        self._all.add(connection)
        self.wait(connection, 0)

    def leave(self, connection: "Connection") -> None:
        """Forget a connection that has ended."""
        self._all.discard(connection)
        self.ready(connection)

    def wait(self, connection: "Connection", came_bytes: int) -> None:
        """Note how much has come of its next request; others, or it, may have to go."""
        self._bytes += came_bytes - self._waiting.get(connection, 0)
        self._waiting[connection] = came_bytes
        while self._waiting and self._is_full():
            self.close(next(iter(self._waiting)), "others_came")

    def ready(self, connection: "Connection") -> None:
        """Note that its request has come whole."""
        self._bytes -= self._waiting.pop(connection, 0)

    def close(self, connection: "Connection", why: str) -> None:
        """Close a connection at once; what was to be sent is not."""
        self.leave(connection)
        connection.transport.abort()
        if (more := self._seldom.more(why)) is not None:
            log("connection_closed", logging.WARNING, why=why, more=more)

    def _is_full(self) -> bool:
        return len(self._all) > self._most or self._bytes > UNFINISHED_BYTES_MAX


class Connection(H11Protocol):
    """uvicorn's connection, in a room with others. *room* is the server's."""

    # Any: uvicorn's own arguments.
    def __init__(self, *, room: Room, **others: Any) -> None:
        super().__init__(**others)
        self._room = room
        self._awaited: Awaited | None = None
        self._came_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        """Wait for a request from now on."""
        super().connection_made(transport)
        self._await("head", HEAD_S)
        self._room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the waiting."""
        for timer in (self._deadline, self._unread):
            if timer is not None:
                timer.cancel()
        self._room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come, unless the connection has just been closed."""
        if self.transport.is_closing():
            return
        self._came_bytes += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the rest of this request, or for the next."""
        super().on_response_complete()
        self._came_bytes = 0
        self._look()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP; where the answer has begun already, there is no other."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for the caller to read its answer."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_S, self._room.close, self, "answer_unread")

    def resume_writing(self) -> None:
        """It has read."""
        if self._unread is not None:
            self._unread.cancel()
        super().resume_writing()

    def _look(self) -> None:
        """Find out what is to come next, and until when."""
        if self.transport.is_closing():
            return
        state = self.conn.their_state
        if state is h11.IDLE:
            if self._awaited != "head":
                self._await("head", HEAD_S)
        elif state is h11.SEND_BODY:
            if self._awaited != "body":
                self._await("body", BODY_S)
        elif self._awaited is not None:
            self._await(None, None)
            self._room.ready(self)
        if self._awaited is not None:
            # Of a request that was answered before its end, nothing more is kept.
            is_kept = state is h11.IDLE or not self.cycle.response_complete
            self._room.wait(self, self._came_bytes if is_kept else 0)

    def _await(self, awaited: Awaited | None, within_s: float | None) -> None:
        self._awaited = awaited
        if self._deadline is not None:
            self._deadline.cancel()
        if within_s is not None:
            self._deadline = self.loop.call_later(
                within_s, self._room.close, self, f"{awaited}_too_slow"
            )
