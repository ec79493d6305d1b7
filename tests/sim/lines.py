"""The WebSockets of hosts that connect outward: the runtime's side of them, and how they fail.

A line has two ends: the socket that its dispatcher's object has accepted, and the host, which may
have given it up. The runtime keeps an object's sockets while it hibernates, with their tags, and
loses them with its memory. A socket that the object has closed is listed until its end is told.
"""

from collections.abc import Callable, Generator, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol

from tests.sim.kernel import Gone, Here, Op, Task

UNTAKEN_MS = 20_000
"""After this an answer that did not reach its host has broken its line."""

PONG_MS = 30_000
"""After this a host gives up a line on which nothing comes."""

STALL_MS_MAX = 3 * 60_000
TOLD_MS_MAX = 60_000
ABNORMAL = 1006
"""The close code where nobody has said goodbye."""


class Far(Protocol):
    """The host at the other end of a line."""

    def called(self, line: "Line", frame: str) -> None: ...
    def cut_off(self, line: "Line", code: int) -> None: ...


class Line:
    """One WebSocket. *far*: the host, while it holds it. *has_ended*: for the dispatcher's object.

    What is sent comes in order. While it is stalled nothing comes, and later all.
    """

    def __init__(self, world: Any) -> None:
        self.world = world
        self.socket = Socket(self)
        self.far: Far | None = None
        self.owner: Any = None
        self.number = 0
        self.closing = self.has_ended = self.is_cut = False
        self.timers: dict[str, Timeout] = {}
        self._stalled_until_ms = 0
        self._last_ms = {"to": 0, "from": 0}

    @property
    def client(self) -> "Line":
        """What the handshake's answer carries."""
        return self

    @property
    def name(self) -> str:
        """The name of its host."""
        return self.socket.tags[0]

    def accepted(self, owner: Any, number: int) -> None:
        """Belong to *owner* from now on."""
        self.owner, self.number = owner, number
        self.world.kernel.at(UNTAKEN_MS, self._look_whether_taken)

    def _look_whether_taken(self) -> None:
        if self.far is None and not self.is_cut:
            self.is_cut = True
            self._tell_owner()

    def take(self, far: Far) -> bool:
        """Be held by *far*; return False if the line has broken by now."""
        if self.is_cut or self.closing or self.has_ended:
            return False
        self.far = far
        return True

    # --- what goes over it ------------------------------------------------------------------------

    def send(self, way: str, arrive: Callable[[str], None], frame: str) -> None:
        """Send a frame *to* the host or *from* it, unless the line breaks just now."""
        faults = self.world.faults
        if self.is_cut:
            return
        if faults.hit("line breaks"):
            self._cut()
            return
        if faults.hit("line stalls"):
            self._stall(faults.between(1_000, STALL_MS_MAX))
        self._later(way, arrive, frame)

    def _later(self, way: str, work: Callable[..., None], *args: Any) -> None:
        kernel = self.world.kernel
        soonest_ms = max(self._stalled_until_ms, self._last_ms[way])
        at_ms = max(kernel.now_ms + self.world.latency(12), soonest_ms)
        self._last_ms[way] = at_ms
        kernel.at(at_ms - kernel.now_ms, work, *args)

    def to_host(self, frame: str) -> None:
        """Send a call."""
        self.send("to", self._at_host, frame)

    def _at_host(self, frame: str) -> None:
        if self.far is not None and not self.is_cut:
            self.far.called(self, frame)

    def to_owner(self, frame: str) -> None:
        """Send a part of an answer."""
        self.send("from", self._at_owner, frame)

    def _at_owner(self, frame: str) -> None:
        if not self.has_ended:
            self.owner.comes("webSocketMessage", self, frame)

    def _stall(self, for_ms: int) -> None:
        kernel = self.world.kernel
        kernel.trace(f"line {self.number}", f"of {self.name} stalls for {for_ms} ms")
        self._stalled_until_ms = kernel.now_ms + for_ms
        kernel.at(PONG_MS, self._notice)

    def _notice(self) -> None:
        """Let the host look whether anything comes."""
        far = self.far
        if far is not None and self._stalled_until_ms > self.world.kernel.now_ms:
            self.far = None
            far.cut_off(self, ABNORMAL)
            self._tell_owner()

    # --- how it ends ------------------------------------------------------------------------------

    def _cut(self) -> None:
        """Break; the two ends notice it each in its time."""
        self.is_cut = True
        self.world.kernel.trace(f"line {self.number}", f"of {self.name} breaks")
        self.world.kernel.at(self.world.faults.between(1, PONG_MS), self._tell_host, ABNORMAL)
        self._tell_owner(self.world.faults.between(1, TOLD_MS_MAX))

    def dropped(self) -> None:
        """Be given up by the host, whose process has ended or has another line."""
        self.far = None
        self._tell_owner()

    def lost(self) -> None:
        """Go with the memory of the object."""
        self.has_ended = self.is_cut = True
        late_ms = PONG_MS if self.world.faults.hit("line half open") else self.world.latency(12)
        self.world.kernel.at(late_ms, self._tell_host, ABNORMAL)

    def close(self, code: int) -> None:
        """Be closed by the object; its end is told when the host has answered, or never will."""
        if self.closing:
            raise Gone("closed")
        self.closing = True
        self.world.oracle.lines.ended(self)
        self._later("to", self._tell_host, code)
        self._tell_owner()

    def _tell_host(self, code: int) -> None:
        far, self.far = self.far, None
        if far is not None:
            far.cut_off(self, code)

    def _tell_owner(self, delay_ms: int = 0) -> None:
        """Tell the object in time that the line has ended; of one that is half open never."""
        if self.owner is None or self.world.faults.hit("line half open"):
            return
        self.world.kernel.at(delay_ms, self._later, "from", self._ended)

    def _ended(self) -> None:
        if not self.has_ended:
            self.owner.comes("webSocketClose", self)


class Socket:
    """The object's end of a line, as the shipped code has it."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.tags: tuple[str, str] = ("", "")

    def send(self, frame: str) -> None:
        line = self.line
        if line.closing or line.has_ended:
            raise Gone("closed")
        line.owner.calls(line, frame)
        line.to_host(frame)

    def close(self, code: int, why: str) -> None:
        self.line.close(code)


class Sockets:
    """The sockets that an object has accepted, as its context shows them."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._count = 0
        self.lines: list[Line] = []
        self.timer: Timeout | None = None

    def accept(self, socket: Socket, tags: Sequence[str]) -> None:
        """Belong to the object, with *tags*: the host's name and an id."""
        self._count += 1
        socket.tags = (tags[0], tags[1])
        socket.line.accepted(self._owner, self._count)
        self.lines.append(socket.line)

    def listed(self, tag: str | None = None) -> list[Socket]:
        """Return the sockets with *tag*, or all."""
        return [line.socket for line in self.lines if tag is None or tag in line.socket.tags]

    def newest(self, name: str) -> Line | None:
        """Return the line of a host that counts; None: it is not connected."""
        its = [line for line in self.lines if line.name == name]
        newest = max(its, key=lambda line: line.number, default=None)
        return None if newest is None or newest.closing else newest

    def lose(self) -> None:
        """Lose all with the object's memory."""
        lines, self.lines = self.lines, []
        for line in lines:
            line.lost()


class Timeout:
    """A timer of the runtime."""

    def __init__(self, node: Any, work: Callable[[], None], delay_ms: int) -> None:
        self.is_over = False
        self._node, self._work, self._epoch = node, work, node.epoch
        node.kernel.at(delay_ms, self._ring)

    @property
    def is_running(self) -> bool:
        """Whether somebody still waits for it."""
        return not self.is_over and self._node.epoch == self._epoch

    def _ring(self) -> None:
        if self.is_running:
            self.is_over = True
            self._node.kernel.here.node = self._node
            self._work()


class Later:
    """What `asyncio` calls a future: one task waits for it."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self._task: Task | None = None
        self._is_done = False

    def done(self) -> bool:
        return self._is_done

    def set_result(self, value: None) -> None:
        self._is_done = True
        if self._task is not None:
            self._here.node.kernel.at(0, self._task.resume, value)

    def _wait(self, task: Task) -> None:
        self._task = task
        if self._is_done:
            task.node.kernel.at(0, task.resume, None)

    def __await__(self) -> Generator[Op, Any, Any]:
        return (yield Op("answer of a host", self._wait))


class Headers:
    """Those of a request or of an answer."""

    def __init__(self, given: dict[str, str]) -> None:
        self._given = {name.lower(): value for name, value in given.items()}
        self.get = self._given.get

    def has(self, name: str) -> bool:
        return name in self._given


class Response:
    """The runtime's answer."""

    def __init__(self, body: bytes | None, init: dict[str, Any]) -> None:
        self.status: int = init["status"]
        self.headers = Headers(init.get("headers", {}))
        self.socket: Line | None = init.get("webSocket")
        self.body = body or b""


class Request:
    """A request to an object, as the runtime has it and as the SDK wraps it."""

    def __init__(self, url: str, init: dict[str, Any]) -> None:
        self.url = url
        self.method: str = init.get("method", "GET")
        self.headers = Headers(init["headers"])
        self._body: str = init.get("body", "")

    @property
    def js_object(self) -> "Request":
        return self

    async def text(self) -> str:
        return self._body


def simulated_js(here: Here) -> ModuleType:
    """Return what of JavaScript the shipped code uses for sockets."""

    def pair() -> Any:
        line = Line(here.world)
        return SimpleNamespace(object_values=lambda: (line.client, line.socket))

    def set_timeout(work: Callable[[], None], delay_ms: int) -> Timeout:
        timer = Timeout(here.node, work, delay_ms)
        here.node.sockets.timer = timer
        return timer

    def clear_timeout(timer: Timeout) -> None:
        timer.is_over = True

    module = ModuleType("js")
    module.__dict__.update(
        WebSocketRequestResponsePair=SimpleNamespace(new=lambda *words: words),
        WebSocketPair=SimpleNamespace(new=pair),
        Response=SimpleNamespace(new=Response),
        setTimeout=set_timeout,
        clearTimeout=clear_timeout,
    )
    return module


class Proxy:
    """A function as JavaScript has it."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work

    def __call__(self) -> None:
        self._work()

    def destroy(self) -> None:
        """Be used no more."""


def simulated_asyncio(here: Here) -> Any:
    """Return what stands for `asyncio` where sockets wait."""
    loop = SimpleNamespace(create_future=lambda: Later(here))
    return SimpleNamespace(get_running_loop=lambda: loop)
