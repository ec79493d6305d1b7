"""HTTP between simulated nodes: it loses, delays, repeats, and answers in others' names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.sim.kernel import Node, Op, Task

LATENCY_MS = 12
PROXY_STATUSES = (401, 404, 429, 500, 502, 503, 504)
LATE_MS_MAX = 20 * 60_000


@dataclass(slots=True)
class Answer:
    """What came back. *date_ms*: what time it was where it was made; *socket*: of a handshake."""

    status: int
    text: str = "{}"
    retry_after_s: int | None = None
    date_ms: int = 0
    socket: Any = None


@dataclass(slots=True)
class HttpRequest:
    """One request as its receiver sees it; header names are lower case."""

    method: str
    path: str
    query: str
    body: bytes
    headers: dict[str, str]


_JOB = re.compile(rb"job_[0-9A-Z]{26}")


def _silent(what: str) -> None:
    """Nobody reads."""


Reply = Callable[[Answer | None], None]


class Receiver(Protocol):
    """A node that takes requests. It replies once, or with None when the connection breaks."""

    def now_ms(self) -> int: ...
    def receive(self, request: HttpRequest, reply: Reply) -> None: ...
    def is_silent(self) -> bool:
        """Whether it may never reply to what it receives now."""
        ...


class _Exchange:
    """One request and its sender's wait, which ends once."""

    __slots__ = ("answered", "failed", "open")

    def __init__(self, answered: Callable[[Answer], None], failed: Callable[[], None]) -> None:
        self.answered = answered
        self.failed = failed
        self.open = True

    def end(self, answer: Answer | None) -> None:
        if self.open:
            self.open = False
            if answer is None:
                self.failed()
            else:
                self.answered(answer)


class Network:
    """All links. *hosts* are the receivers by the host name in URLs."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.hosts: dict[str, Receiver] = {}

    def call(
        self,
        node: Node,
        method: str,
        url: str,
        body: bytes | None,
        headers: dict[str, str],
        timeout_ms: int,
    ) -> Op:
        """Return the wait for an answer, as a Worker waits for it."""
        world = self._world
        host, _, target = url.removeprefix("http://").partition("/")

        def begin(task: Task) -> None:
            def failed() -> None:
                task.fail(world.silent(host))

            self.send(node, method, url, body or b"", headers, timeout_ms, task.resume, failed)

        return Op(f"http {method} {host} /{target.partition('?')[0]}", begin)

    def send(
        self,
        node: Node,
        method: str,
        url: str,
        body: bytes,
        headers: dict[str, str],
        timeout_ms: int,
        answered: Callable[[Answer], None],
        failed: Callable[[], None],
    ) -> None:
        """Send a request; exactly one of *answered* and *failed* is called, once."""
        world = self._world
        host, _, target = url.removeprefix("http://").partition("/")
        path, _, query = target.partition("?")
        request = HttpRequest(method, f"/{path}", query, body, headers)
        world.oracle.sent(node, host, request)
        answered = world.oracle.placement.hearing(node, host, request, answered)
        exchange = _Exchange(answered, failed)
        at, faults = world.kernel.at, world.faults
        if not faults.rates and world.kernel.traced is None:
            at(world.latency(LATENCY_MS), self._deliver, host, request, exchange, timeout_ms)
            return
        told = self._tell_of(node, host, request)
        if faults.hit("request lost"):
            told("is lost")
            at(timeout_ms, exchange.end, None)
            return
        if faults.hit("answered by a proxy"):
            status = PROXY_STATUSES[faults.between(0, len(PROXY_STATUSES) - 1)]
            told(f"is answered {status} by a proxy")
            answer = Answer(status, "<html>", date_ms=world.kernel.now_ms)
            at(world.latency(LATENCY_MS), exchange.end, answer)
            return
        delay_ms = world.latency(LATENCY_MS)
        if faults.hit("request late"):
            delay_ms = faults.between(500, faults.between(1000, LATE_MS_MAX))
            told(f"takes {delay_ms} ms")
            at(timeout_ms, exchange.end, None)
        if faults.hit("request twice"):
            again_ms = delay_ms + faults.between(0, faults.between(100, 4 * 60_000))
            told(f"comes again after {again_ms} ms")
            nobody = _Exchange(lambda answer: None, lambda: None)
            at(again_ms, self._deliver, host, request, nobody, timeout_ms)
        at(delay_ms, self._deliver, host, request, exchange, timeout_ms)

    def _tell_of(self, node: Node | None, host: str, request: HttpRequest) -> Callable[[str], None]:
        """Return what traces the fate of *request*, by the job that it is about."""
        kernel = self._world.kernel
        if kernel.traced is None:
            return _silent
        found = _JOB.search(f"{request.path}?{request.query}".encode() + request.body)
        name = f"{request.method} {host}{request.path} ({found[0].decode() if found else '-'})"
        if node is not None:
            kernel.trace(node.name, f"sends {name}")
        return lambda what: kernel.trace("network", f"{name} {what}")

    def _deliver(
        self, host: str, request: HttpRequest, exchange: _Exchange, timeout_ms: int
    ) -> None:
        world = self._world
        told = self._tell_of(None, host, request)

        def reply(answer: Answer | None) -> None:
            told(f"is answered {'not at all' if answer is None else answer.status}")
            delay_ms = world.latency(LATENCY_MS)
            if answer is not None:
                answer.date_ms = self.hosts[host].now_ms()
            if world.faults.hit("answer lost"):
                told("has its answer lost")
                answer = None
            elif world.faults.hit("answer late"):
                delay_ms = world.faults.between(0, timeout_ms)
            world.kernel.at(delay_ms, exchange.end, answer)

        receiver = self.hosts[host]
        if receiver.is_silent():
            world.kernel.at(timeout_ms, exchange.end, None)
        receiver.receive(request, reply)
