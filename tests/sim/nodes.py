"""The nodes that run shipped code: the two Workers, and one Durable Object per job."""

from collections.abc import Callable, Coroutine, Sequence
from inspect import iscoroutine
from typing import Any

from tests.sim.kernel import Gone, Node, Op, Task
from tests.sim.lines import Line, Request, Socket, Sockets
from tests.sim.network import Answer, HttpRequest, Reply
from tests.sim.storage import Disk, JobStore, TicketDisk, TicketStore

CALL_MS = 4
ENDS = ("completed", "failed", "canceled")
ALARM_MS = 3
ALARM_RETRY_MS = 2000
HIBERNATES_MS = 10_000
"""After so long an object with open sockets that nobody asks anything leaves the memory."""


class WorkerNode(Node):
    """A stateless Worker: its entry's `fetch`, and `scheduled` where there is one."""

    def __init__(self, world: Any, name: str, entry: Any) -> None:
        super().__init__(world.kernel, name)
        self.world = world
        self.entry = entry
        self.down_until_ms = 0
        self.secrets: tuple[str, ...] = world.secrets
        self._request = world.shipped["media_jobs.routing"].Request

    def stop(self, duration_ms: int) -> None:
        """Crash, and answer nothing for a while."""
        self.crash()
        self.down_until_ms = self.kernel.now_ms + duration_ms

    def is_silent(self) -> bool:
        """Return False: a request that dies here breaks its connection."""
        return False

    def receive(self, request: HttpRequest, reply: Reply) -> None:
        if self.kernel.now_ms < self.down_until_ms:
            reply(None)
            return

        async def read(limit: int) -> bytes:
            return request.body

        incoming = self._request(
            method=request.method,
            path=request.path,
            query=request.query,
            header=request.headers.get,
            read=read,
        )

        def done(value: Any, error: BaseException | None) -> None:
            reply(None if error is not None else _answer(value))

        self.kernel.here.node = self
        self.kernel.spawn(self, self.entry.fetch(incoming), done, request.path)

    def scheduled(self) -> None:
        """Run the cron, unless the Worker is down."""
        if self.kernel.now_ms >= self.down_until_ms:
            self.kernel.here.node = self
            self.kernel.spawn(self, self.entry.scheduled(None), _ignore, "cron")


def _ignore(value: Any, error: BaseException | None) -> None:
    """Nobody hears how a cron run ends."""


def _answer(reply: Any) -> Answer:
    """Return what a Worker's reply is on its way; a socket goes with the 101 that opens it."""
    socket = reply.body.socket if reply.status == 101 else None
    return Answer(reply.status, "" if socket else str(reply.body), socket=socket)


class DurableObject(Node):
    """A Durable Object: called by name, with a disk and one alarm, evicted at any time.

    One alarm handler runs at a time. An alarm is taken when its handler begins; a handler that did
    not end is repeated. Calls get in whenever the object waits. *set_back_ms*: by how much the
    clock was set back since the alarm was set.
    """

    def __init__(self, world: Any, name: str, make: Callable[[Any, Any], Any]) -> None:
        super().__init__(world.kernel, name)
        self.world = world
        self.disk: Any = None
        self.instance: Any = None
        self.isolate = world.isolates.place(self)
        self.alarm_ms: int | None = None
        self.alarm_lost = False
        self.set_back_ms = 0
        self._make = make
        self._version = 0
        self._late = False
        self.ringing = False
        self._missed = False
        self._begun_later = 0
        self._stuck: list[Task] = []

    def crash(self) -> None:
        """Die, and sometimes with all that lives in the same isolate."""
        self.evict()
        if self.world.isolates.dies_too():
            self.isolate.die()

    def evict(self) -> None:
        """Drop this object alone from memory."""
        self.instance = None
        self._begun_later = 0
        self.disk.forget_memory()
        super().crash()

    def jump(self, by_ms: int) -> None:
        """Move this object's clock. An alarm that has gone off and is late still comes."""
        self.skew_ms += by_ms
        self.set_back_ms += max(0, -by_ms)
        if self.alarm_ms is not None and not self._late:
            self._schedule(self.alarm_ms)

    def call(self, method: str, args: tuple[Any, ...]) -> Op:
        """Return the wait for a method's answer, as another Worker waits for it."""
        world, kernel = self.world, self.kernel

        def begin(task: Task) -> None:
            def done(value: Any, error: BaseException | None) -> None:
                if error is not None or world.faults.hit("call cut"):
                    kernel.at(CALL_MS, task.fail, Gone(self.name))
                    return
                slow = world.faults.hit("call slow")
                delay_ms = world.faults.between(100, 10_000) if slow else CALL_MS
                kernel.at(delay_ms, task.resume, value)

            if world.faults.hit("call lost"):
                kernel.at(CALL_MS, task.fail, Gone(self.name))
            else:
                kernel.at(CALL_MS, self._enter, method, args, done)

        return Op(f"rpc {method}", begin)

    def _enter(self, method: str, args: tuple[Any, ...], done: Callable[..., None]) -> None:
        if self.world.faults.hit("evicted"):
            self.evict()
        self.kernel.trace(self.name, f"is asked: {method}")
        try:
            value = getattr(self._awake(), method)(*args)
        except Exception as error:
            # What a handler raises reaches the caller without its type.
            self.kernel.trace(self.name, f"fails: {error}")
            done(None, error)
            return

        def finished(value: Any, error: BaseException | None) -> None:
            if method == "urls" and error is None:
                self.world.oracle.granted(self, args[0], value)
            self._look()
            done(value, error)

        if iscoroutine(value):
            self.kernel.spawn(self, value, finished, method)
        else:
            finished(value, None)

    # --- what is done behind an answer ----------------------------------------------------------

    def later(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *work* behind the present answer, as `edge.background.Background`.

        Sometimes it does not begin, or is never heard of again.
        """
        self._begun_later += 1
        self.kernel.at(0, self._begin, work, self.epoch)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]], epoch: int) -> None:
        if epoch != self.epoch:
            return
        self._begun_later -= 1
        faults = self.world.faults
        if faults.hit("turn lost"):
            self.kernel.trace(self.name, "loses its turn")
            self._look()
            return
        self.kernel.here.node = self
        task = self.kernel.spawn(self, work(), lambda value, error: self._look(), "turn")
        if faults.hit("turn stuck"):
            self.kernel.at(faults.between(0, 3_000), self._stick, task)

    def _stick(self, task: Task) -> None:
        if task in self.tasks:
            self.kernel.trace(self.name, "is stuck in its turn")
            self._stuck.append(task)
            task.stick()
            self._look()

    def _awake(self) -> Any:
        self.kernel.here.node = self
        if self.instance is None:
            # Whoever wakes the object sets a lost alarm again.
            self.alarm_lost = False
            self.instance = self._make(self, None)
        return self.instance

    def _look(self) -> None:
        """Let the oracle look, once nothing runs here; a lost alarm is no fault of the object."""
        busy = self.tasks or self._begun_later or self.ringing
        if not busy and not self.alarm_lost:
            self.world.oracle.idle(self)

    # --- the alarm ------------------------------------------------------------------------------

    def set_alarm(self, due_ms: int | None) -> None:
        """Set or delete the alarm, by this object's clock."""
        self.set_back_ms = 0
        self._schedule(due_ms)

    def _schedule(self, due_ms: int | None) -> None:
        self.alarm_ms = due_ms
        self.alarm_lost = self._late = False
        self._version += 1
        if due_ms is not None:
            delay_ms = max(0, due_ms - self.now_ms()) + ALARM_MS
            self.kernel.at(delay_ms, self._ring, self._version)

    def _ring(self, version: int) -> None:
        if version != self._version or self.alarm_ms is None:
            return
        if self.ringing:
            self._missed = True
            return
        fate = self.world.alarm_fate()
        if fate == "lost":
            self.kernel.trace(self.name, "loses its alarm")
            self.alarm_lost = True
            self.alarm_ms = None
            self._version += 1
            if self._version % 2:
                # As often as not with the object itself: the machine it lived on is gone.
                self.crash()
                self.alarm_lost = True
        elif fate == "late":
            self._late = True
            self.kernel.at(self.world.lateness_ms(), self._ring_late, version)
        else:
            self.alarm_ms = None
            self._version += 1
            self._run(again=fate == "twice")

    def _ring_late(self, version: int) -> None:
        if version == self._version and not self.ringing:
            self.alarm_ms = None
            self._version += 1
            self._run(again=False)

    def _run(self, *, again: bool) -> None:
        self.kernel.trace(self.name, "alarm")
        self.ringing = True

        def done(value: Any, error: BaseException | None) -> None:
            self.ringing = False
            if error is not None and self.alarm_ms is None:
                self.set_alarm(self.now_ms() + ALARM_RETRY_MS)
            if again:
                self._run(again=False)
            elif self._missed:
                self._missed = False
                self._schedule(self.alarm_ms)
            self._look()

        self.kernel.spawn(self, self._awake().alarm(), done, "alarm")


class JobObject(DurableObject):
    """The Durable Object of one job."""

    def __init__(self, world: Any, name: str, make: Callable[[Any, Any], Any]) -> None:
        super().__init__(world, name, make)
        self.disk = Disk()

    def is_needed(self) -> bool:
        """Whether there is something to wait for."""
        job = self.disk.written
        return job is not None and (
            job.status not in ENDS or any(not entry.dead for entry in job.outbox)
        )

    def due_ms(self) -> int | None:
        """Return when the first effect is due; clocks are not counted."""
        job = self.disk.written
        dues = [entry.due_ms for entry in job.outbox if not entry.dead] if job else []
        return min(dues, default=None)

    def job_store(self) -> JobStore:
        """Return the storage of the instance that wakes now."""
        return JobStore(self)


class DispatcherObject(DurableObject):
    """The Durable Object of one engine's dispatcher."""

    def __init__(self, world: Any, name: str, make: Callable[[Any, Any], Any]) -> None:
        super().__init__(world, name, make)
        self.disk = TicketDisk(world.shipped["media_jobs.dispatch"].DispatchState())
        self.sockets = Sockets(self)
        self._asked = 0

    def is_needed(self) -> bool:
        """Whether a ticket holds a slot, or waits where there are hosts: else one that comes."""
        held = any(ticket.granted_ms is not None for ticket in self.disk.tickets.values())
        return held or bool(self.disk.tickets and self._has_hosts())

    def _has_hosts(self) -> bool:
        names = {line.name for line in self.sockets.lines}
        is_connected = any(self.sockets.newest(name) is not None for name in names)
        return is_connected or not self.world.outwards.are_alone(self.name)

    def due_ms(self) -> int | None:
        """Return when the first holder is to be asked; now, if somebody waits for a free slot."""
        checks = [t.check_ms for t in self.disk.tickets.values() if t.check_ms is not None]
        if self.world.oracle.placement.is_anybody_kept_waiting(self):
            checks.append(self.now_ms())
        return min(checks, default=None)

    def ticket_store(self) -> TicketStore:
        """Return the storage of the instance that wakes now."""
        return TicketStore(self)

    # --- hosts that connect outward: the context's sockets, and hibernation -----------------------

    def getWebSockets(self, tag: str | None = None) -> list[Socket]:
        return self.sockets.listed(tag)

    def getTags(self, socket: Socket) -> tuple[str, str]:
        return socket.tags

    def acceptWebSocket(self, socket: Socket, tags: Sequence[str]) -> None:
        self.sockets.accept(socket, tags)

    def setWebSocketAutoResponse(self, words: object) -> None:
        """Pings cost nothing, and are not simulated."""

    def evict(self) -> None:
        """Lose the memory, and with it all sockets."""
        self.sockets.lose()
        super().evict()

    def _enter(self, method: str, args: tuple[Any, ...], done: Callable[..., None]) -> None:
        self._asked += 1
        if method != "fetch":
            super()._enter(method, args, done)
            return
        (request,) = args

        def fetched(value: Any, error: BaseException | None) -> None:
            if error is None:
                self.world.oracle.lines.fetched(self, request, value)
            done(value, error)

        super()._enter(method, args, fetched)

    def comes(self, event: str, line: Line, *what: str) -> None:
        """Have the object handle what has come over a line, or the line's end."""
        self._asked += 1
        if event == "webSocketClose":
            line.has_ended = True
            self.sockets.lines.remove(line)
        else:
            self.world.oracle.lines.answered(self, line, *what)
        getattr(self._awake(), event)(line.socket, *what)
        if line.has_ended:
            self.world.oracle.lines.ended(line)
        self._look()

    def calls(self, line: Line, frame: str) -> None:
        """Look at a call that goes out."""
        self.world.oracle.lines.called(self, line, frame)

    def _look(self) -> None:
        super()._look()
        if self.sockets.lines:
            self.kernel.at(HIBERNATES_MS, self._hibernate, self._asked)

    def _hibernate(self, asked: int) -> None:
        """Leave the memory, and keep the sockets, when nothing has been asked for a while."""
        busy = self.tasks or self.ringing
        if asked == self._asked and not busy and self.instance is not None:
            self.kernel.trace(self.name, "hibernates")
            self.instance = None
            self.disk.forget_memory()


class _Once:
    """Stands for a task that hears of the first of several ends."""

    __slots__ = ("_task",)

    def __init__(self, task: Task) -> None:
        self._task: Task | None = task

    def resume(self, value: Any) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.resume(value)

    def fail(self, error: Exception) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.fail(error)


class Namespace:
    """A Durable Object binding: objects by name, made when first asked for."""

    def __init__(self, make: Callable[[str], DurableObject]) -> None:
        self._make = make
        self.objects: dict[str, DurableObject] = {}

    def getByName(self, name: str) -> "Stub":
        return Stub(self.find(name))

    def find(self, name: str) -> DurableObject:
        """Return the object called *name*."""
        known = self.objects.get(name)
        if known is None:
            known = self.objects[name] = self._make(name)
        return known


class Stub:
    """What a Worker holds of an object: every method is a call."""

    __slots__ = ("_target",)

    def __init__(self, target: DurableObject) -> None:
        self._target = target

    def fetch(self, url: str, init: dict[str, Any]) -> Op:
        """Return the wait for an answer over HTTP; `signal` is after how many ms it is given up."""
        op = self._target.call("fetch", (Request(url, init),))
        begin, limit_ms = op.begin, init.get("signal")

        def begin_within(task: Task) -> None:
            once = _Once(task)
            if limit_ms is not None:
                task.node.kernel.at(limit_ms, once.fail, Gone("AbortError"))
            begin(once)  # type: ignore[arg-type]  # Stands where a task does.

        op.begin = begin_within
        return op

    def __getattr__(self, method: str) -> Callable[..., Op]:
        target = self._target
        return lambda *args: target.call(method, args)
