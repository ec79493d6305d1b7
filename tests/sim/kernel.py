"""Simulated time: events in order, coroutines stepped by hand, nodes that can die.

A use case runs as a coroutine. Whatever it awaits reaches the kernel as an `Op`, which begins
something and later resumes the coroutine. A node that crashes drops its coroutines where they
stand, as an isolate does. One seed makes one order: nothing here reads a clock or a random source.
"""

from collections.abc import Callable, Coroutine, Generator, Sized
from heapq import heappop, heappush
from typing import Any

Done = Callable[[Any, BaseException | None], None]
"""What becomes of a task: its value, or why there is none."""


class Gone(Exception):
    """The node died while it worked, or failed; whoever waits for it learns no more than that.

    To shipped code it is what the runtime raises, whose errors have a name.
    """

    name = "Gone"


class Op:
    """Something to wait for. *begin* is called with the task, which it resumes or fails later."""

    __slots__ = ("begin", "name")

    def __init__(self, name: str, begin: "Callable[[Task], None]") -> None:
        self.name = name
        self.begin = begin

    def __await__(self) -> "Generator[Op, Any, Any]":
        return (yield self)


class Node:
    """Something that runs coroutines and may crash. *skew_ms* is what its clock is ahead."""

    def __init__(self, kernel: "Kernel", name: str) -> None:
        self.kernel = kernel
        self.name = name
        self.epoch = 0
        self.skew_ms = 0
        self.tasks: dict[Task, None] = {}

    def now_ms(self) -> int:
        """Return the time on this node's clock."""
        return self.kernel.now_ms + self.skew_ms

    def crash(self) -> None:
        """Drop everything in memory; storage is the subclass's."""
        self.epoch += 1
        self.kernel.trace(self.name, "crashes")
        tasks, self.tasks = list(self.tasks), {}
        for task in tasks:
            task.coro.close()
            task.done(None, Gone(self.name))


class Task:
    """One coroutine on one node."""

    __slots__ = ("coro", "done", "doomed", "epoch", "label", "node")

    def __init__(self, node: Node, coro: Coroutine[Any, Any, Any], done: Done, label: str) -> None:
        self.node = node
        self.coro = coro
        self.done = done
        self.label = label
        self.epoch = node.epoch
        self.doomed = False

    def resume(self, value: Any) -> None:
        """Go on with *value*."""
        self._step(value, None)

    def fail(self, error: Exception) -> None:
        """Go on with *error* raised where the task waits."""
        self._step(None, error)

    def stick(self) -> None:
        """Never go on, and hear nothing of that: not even what stands after it is run."""
        self.epoch = -1
        self.node.tasks.pop(self, None)

    def _step(self, value: Any, error: Exception | None) -> None:
        node = self.node
        if node.epoch != self.epoch:
            return
        if self.doomed:
            node.crash()
            return
        kernel = node.kernel
        kernel.here.node, kernel.here.task = node, self
        try:
            op = self.coro.send(value) if error is None else self.coro.throw(error)
        except StopIteration as stop:
            node.tasks.pop(self, None)
            self.done(stop.value, None)
        except Exception as failure:
            node.tasks.pop(self, None)
            self.done(None, failure)
        else:
            kernel.await_op(self, op)


class Here:
    """Whose code runs now: what the simulated runtime's functions act for."""

    def __init__(self) -> None:
        self.node: Any = None
        self.task: Any = None
        self.world: Any = None


class Kernel:
    """The clock and the events. *on_await* may crash the node, before or after what is awaited."""

    def __init__(self, here: Here, start_ms: int) -> None:
        self.here = here
        self.now_ms = start_ms
        self.start_ms = start_ms
        self.heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self.order = 0
        self.steps = 0
        self.on_await: Callable[[Task, Op], str | None] | None = None
        self.traced: list[str] | None = None

    def at(self, delay_ms: int, work: Callable[..., None], *args: Any) -> None:
        """Call *work* after *delay_ms*."""
        self.order += 1
        heappush(self.heap, (self.now_ms + delay_ms, self.order, work, args))

    def spawn(
        self, node: Node, coro: Coroutine[Any, Any, Any], done: Done, label: str = ""
    ) -> Task:
        """Run *coro* on *node*; *done* hears of its end, or of the node's."""
        task = Task(node, coro, done, label)
        node.tasks[task] = None
        task.resume(None)
        return task

    def await_op(self, task: Task, op: Op) -> None:
        """Begin what *task* awaits, unless its node dies just here."""
        fate = self.on_await(task, op) if self.on_await is not None else None
        if fate == "before":
            task.node.crash()
            return
        if fate == "after":
            task.doomed = True
        op.begin(task)

    def run(self, broken: Sized, until_ms: int) -> None:
        """Run events in order until none is left, time is up, or something is *broken*."""
        heap = self.heap
        while heap:
            time_ms, _, work, args = heappop(heap)
            if time_ms > until_ms:
                self.now_ms = until_ms
                return
            if time_ms > self.now_ms:
                self.now_ms = time_ms
            work(*args)
            self.steps += 1
            if broken:
                return

    def trace(self, who: str, what: str) -> None:
        """Note what happens, if somebody will read it."""
        if self.traced is not None:
            at_s = (self.now_ms - self.start_ms) / 1000
            self.traced.append(f"{at_s:10.3f} s  {who:<22} {what}")
