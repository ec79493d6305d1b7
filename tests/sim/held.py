"""Rare meetings, driven: an answer is held back until its job has come to a certain status.

A sampled world needs several rare faults at once for these. Here the world does the one thing that
matters: what was awaited has happened at the other side, and the answer takes its time; or
something in between answers in the receiver's place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.sim.kernel import Op, Task
from tests.sim.lives import FIRST, Life, LifeWorld
from tests.sim.network import Answer
from tests.sim.shipped import Shipped

__all__ = ["HeldWorld", "Hold", "holds"]

LOOK_MS = 20
LOOKS_MAX = 3000
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
        if not self.is_held and task.label == "alarm" and op.name.startswith(self.hold.op):
            self.is_held = True
            begin = op.begin
            op.begin = lambda waiting: begin(_Waiting(self, waiting))  # type: ignore[arg-type]
            if self.hold.status == "canceled":
                self.kernel.at(0, self.clients[0].cancel)
        return super()._fate_of_await(task, op)

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


class _Waiting:
    """Stands before a task, so that its answer can be kept."""

    def __init__(self, world: HeldWorld, task: Task) -> None:
        self._world = world
        self._task = task

    def resume(self, value: Any) -> None:
        self._world.let_go(self._task, value)

    def fail(self, error: Exception) -> None:
        self._task.fail(error)


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
    life = Life("a lie", ("", 0), turns={"work lies": FIRST})
    yield Hold("bucket.head", "canceled", "OutputsRejected", life)
    yield Hold("bucket.head", "canceled", "OutputsVerified", Life("done", ("", 0)))
