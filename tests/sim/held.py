"""Rare meetings, driven: an answer is held back until its job has come to a certain status.

A sampled world needs several rare faults at once for these. Here the world does the one thing that
matters: what was awaited has happened at the other side, and the answer takes its time; or
something in between answers in the receiver's place.

The same shows what cannot be: effects are done one after the other, so while one is awaited its
job comes to no status that needs another one, however long that takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.sim.kernel import Gone, Op, Task
from tests.sim.lives import FIRST, Life, LifeWorld
from tests.sim.network import Answer
from tests.sim.shipped import Shipped

LOOK_MS = 20
LOOKS_MAX = 4000
TOTAL_S = 60
"""Of an attempt: less than an answer is held back."""
DEFERRED_AFTER_MS = 8_000
"""By then a request for a slot whose answer was lost is due again."""

PLAN = (("running", 0.5), ("uploading", 0.9))
START_ANSWERS = {"StartAnswered": None, "StartDeferred": 503, "StartRefused": 422}


@dataclass(frozen=True)
class Hold:
    """Hold the first *op* of the alarm back until the job is *status*, then answer *answer*.

    *answer* is an HTTP status, or None for the true answer. *event* is what the machine is asked.
    """

    op: str
    status: str
    event: str
    life: Life
    answer: int | None = None


class HeldWorld(LifeWorld):
    """One canonical life with one answer held back. *met*: whether the status came."""

    def __init__(self, shipped: Shipped, hold: Hold, *, traced: bool = False) -> None:
        self.hold = hold
        self.is_held = False
        self.met = False
        super().__init__(shipped, hold.life, traced=traced)

    def _fate_of_await(self, task: Task, op: Op) -> str | None:
        if not self.is_held and task.label in ("alarm", "turn"):
            self._meet(op)
        return super()._fate_of_await(task, op)

    def _meet(self, op: Op) -> None:
        """Look at what an alarm awaits."""
        if op.name.startswith(self.hold.op):
            self._hold(op)

    def _hold(self, op: Op) -> None:
        self.is_held = True
        begin = op.begin

        def wait(task: Task) -> None:
            begin(_Stand(partial(self.let_go, task), task.fail))  # type: ignore[arg-type]  # A task.

        op.begin = wait
        if self.hold.status == "canceled":
            self.kernel.at(0, self.clients[0].cancel)

    def _now(self) -> str:
        return str(next(iter(self.jobs.objects.values())).disk.written.status)

    def let_go(self, task: Task, value: Any, looks: int = 0) -> None:
        """Resume *task* once the job is as wished."""
        self.met = self._now() == self.hold.status
        if not self.met and looks < LOOKS_MAX:
            self.kernel.at(LOOK_MS, self.let_go, task, value, looks + 1)
        else:
            answer = self.hold.answer
            task.resume(value if answer is None else Answer(answer, "<html>"))


class RegrantedWorld(HeldWorld):
    """A slot granted twice: the second time to an attempt that works.

    The answer to the first request for the slot is lost; the job is told of its grant otherwise. A
    proxy says 503 to its start call, and lets it through when the slot is asked for again.
    """

    def __init__(self, shipped: Shipped, hold: Hold) -> None:
        self.requests = 0
        self.start: Callable[[Any], None] | None = None
        super().__init__(shipped, hold)

    def _meet(self, op: Op) -> None:
        begin = op.begin
        if op.name == "rpc request":
            self.requests += 1
            if self.requests == 1:
                op.begin = partial(self._cut, begin)
            elif self.start is not None:
                self._hold(op)
                self.kernel.at(0, self.start, _Stand(_ignore, _ignore))
        elif op.name.endswith("/render"):
            self.start, full = begin, Answer(503, "<html>")
            op.begin = lambda waiting: self.kernel.at(DEFERRED_AFTER_MS, waiting.resume, full)

    def _cut(self, begin: Callable[[Any], None], task: Task) -> None:
        """Begin what *task* waits for, whose answer is lost."""
        begin(_Stand(lambda value: task.fail(Gone("cut")), task.fail))


class _Stand:
    """Stands where a task waits, and does otherwise with what comes."""

    def __init__(self, resume: Callable[[Any], None], fail: Callable[[Exception], None]) -> None:
        self.resume = resume
        self.fail = fail


def _ignore(what: object) -> None:
    """Nobody waits for it."""


_CLAIMS = {
    "OutputsVerified": Life("done", ("", 0)),
    "OutputsRejected": Life("a lie", ("", 0), turns={"work lies": FIRST}),
}
"""What the look at the bucket comes to, and the life in which it does."""


def holds() -> Iterator[Hold]:
    """Yield every answer to a start call at every status that can overtake it, and a lie's end."""
    for event, answer in START_ANSWERS.items():
        for status in ("preparing", "running", "uploading", "failed", "canceled"):
            turns = {"work fails for good": FIRST} if status == "failed" else {}
            life = Life("overtaken", ("", 0), plan=PLAN, turns=turns)
            yield Hold("http POST burner.sim /render", status, event, life, answer)
        life = Life("overtaken", ("", 0), "media-downloader", plan=PLAN)
        start = "http POST downloader.sim /render"
        yield Hold(start, "fetching_metadata", event, life, answer)
    for event, life in _CLAIMS.items():
        yield Hold("bucket.head", "canceled", event, life)
        for status, attempts in (("queued", 2), ("failed", 1)):
            # The time of the attempt ends while the bucket is asked.
            limits = {"totalS": TOTAL_S, "maxAttempts": attempts}
            yield Hold("bucket.head", status, event, replace(life, limits=limits))


def regrants() -> Iterator[Hold]:
    """Yield a second grant, for `RegrantedWorld`, at every status that can overtake it."""
    for status in ("preparing", "running", "uploading", "failed"):
        turns = {"work fails for good": FIRST} if status == "failed" else {}
        yield Hold(
            "rpc request", status, "SlotGranted", Life("overtaken", ("", 0), plan=PLAN, turns=turns)
        )
    life = Life("overtaken", ("", 0), "media-downloader", plan=PLAN)
    yield Hold("rpc request", "fetching_metadata", "SlotGranted", life)


def never() -> Iterator[Hold]:
    """Yield what is awaited and a status that its job does not come to meanwhile."""
    yield Hold("rpc request", "completed", "SlotGranted", Life("kept", ("", 0)))
    for event in START_ANSWERS:
        yield Hold("http POST burner.sim /render", "completed", event, Life("kept", ("", 0)))
    for event, life in _CLAIMS.items():
        yield Hold("bucket.head", "completed", event, life)
