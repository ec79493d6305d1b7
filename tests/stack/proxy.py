"""A real HTTP proxy in front of one server; it cuts, loses, repeats and reorders as it is told."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import httpx

from dev.loopback import Handler, served

_HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}
WAIT_S = 30.0


@dataclass(slots=True)
class Proxy:
    """Passes requests on to *target*, each *copies* times; the last answer goes back.

    *fault*: `cut` ends connections before the request is passed on, `deaf` after it, without the
    answer. *troubles*: what requests meet, one after the other, whose bodies have these texts: an
    HTTP status in the target's place, or a fault. *passed* has the bodies of requests in the order
    in which they were passed on.
    """

    target: str = ""
    copies: int = 1
    fault: str = ""
    troubles: dict[tuple[str, ...], list[int | str]] = field(default_factory=dict)
    passed: list[bytes] = field(default_factory=list)
    http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30.0))
    _held: list[threading.Event] = field(default_factory=list)
    _hold: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""
    _running: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self._running.enter_context(self.http)
        self.url = self._running.enter_context(served(partial(_Handler, self)))
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def held(self) -> int:
        """How many requests wait for the others of their group."""
        with self._lock:
            return len(self._held)

    def reverse(self, count: int) -> None:
        """Keep the next *count* requests until all are there, then pass on the last one first."""
        with self._lock:
            self._hold = count

    def carry(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """Pass one request on; return the answer. Raises httpx.TransportError."""
        self._wait_for_turn()
        try:
            fault = self._trouble(body) or self.fault
            if isinstance(fault, int):
                return httpx.Response(fault, text="by the test")
            if fault == "cut":
                raise httpx.ConnectError("cut by the test")
            for _ in range(self.copies):
                self.passed.append(body)
                answer = self.http.request(
                    method, self.target + path, content=body, headers=headers
                )
            if fault == "deaf":
                raise httpx.ReadError("the answer was lost by the test")
            return answer
        finally:
            self._next_turn()

    def _trouble(self, body: bytes) -> int | str:
        with self._lock:
            for texts, left in self.troubles.items():
                if left and all(text.encode() in body for text in texts):
                    return left.pop(0)
        return ""

    def _wait_for_turn(self) -> None:
        with self._lock:
            if not self._hold:
                return
            turn = threading.Event()
            self._held.append(turn)
            self._hold -= 1
            if not self._hold:
                self._held.pop().set()
        assert turn.wait(WAIT_S)

    def _next_turn(self) -> None:
        with self._lock:
            if self._held and not self._hold:
                self._held.pop().set()


class _Handler(Handler):
    def __init__(self, proxy: Proxy, *given: Any) -> None:
        self.proxy = proxy
        super().__init__(*given)

    def do_GET(self) -> None:
        body = self.body()
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP
        }
        try:
            answer = self.proxy.carry(self.command, self.path, headers, body)
        except httpx.TransportError:
            self.close_connection = True
            return
        content_type = answer.headers.get("content-type", "text/plain")
        self.answer(answer.status_code, answer.content, {"content-type": content_type})

    do_POST = do_GET
