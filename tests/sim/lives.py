"""Canonical lives, and everything that can strike them: a blow at each await, one at a time.

A life is a small world with one job and a script. It is run once to count its awaits, and then once
for each await and each blow: the node crashes before what it awaits or after it, somebody cancels,
the container's last report comes again, the object is asked for its status, the job is to be begun
again; and the alarms that go off next behave as told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

from tests.sim import earlier
from tests.sim.clients import Client
from tests.sim.containers import Work
from tests.sim.faults import Scripted
from tests.sim.isolates import Isolates
from tests.sim.kernel import Op, Task
from tests.sim.shipped import Shipped
from tests.sim.world import Chance, World

ALARMS = ("once", "twice", "late", "lost")
CRASHES = ("before", "after")
EVENTS = ("cancel", "report again", "status", "again")
STEP_MS = 900


@dataclass(frozen=True)
class Life:
    """What one job's life is to be, and *end*: the status and the attempts it comes to.

    *turns*: which turn of which fault strikes (`Scripted`). *earlier*: the contract of the earlier
    system that its container keeps (`earlier`).
    """

    name: str
    end: tuple[str, int]
    engine: str = "burner-ffmpeg"
    plan: tuple[tuple[str, float], ...] = (("running", 0.5),)
    turns: dict[str, frozenset[int]] = field(default_factory=dict)
    cancel_ms: int | None = None
    again_ms: int | None = None
    full_ms: int = 0
    app_down_ms: int = 0
    large: bool = False
    put_expires_s: int | None = None
    inputs: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    earlier: str = ""


FIRST = frozenset({0})
LIVES = (
    Life(
        "a render",
        ("completed", 1),
        plan=(("running", 0.3), ("running", 0.7), ("uploading", 0.9)),
    ),
    Life("a download", ("completed", 1), "media-downloader"),
    Life(
        "a comment video and a slow bucket",
        ("completed", 1),
        "renderer-remotion",
        turns={"bucket slow": frozenset({2, 3, 4})},
    ),
    Life("a failure and another try", ("completed", 2), turns={"work fails": FIRST}),
    Life("a lie and another try", ("completed", 2), turns={"work lies": FIRST}),
    Life("a container that dies", ("completed", 2), turns={"work crashes": FIRST}),
    Life(
        "a container that hangs",
        ("completed", 2),
        "media-downloader",
        plan=(("fetching_metadata", 0.1),),
        turns={"work hangs": FIRST},
    ),
    Life("a container that is full at first", ("completed", 1), full_ms=2_000),
    Life("a container that refuses", ("failed", 1), turns={"container 4xx": FIRST}),
    Life("canceled while it works", ("canceled", 1), cancel_ms=1_500),
    Life("canceled while it waits", ("canceled", 1), cancel_ms=300, full_ms=20_000),
    Life(
        "failed for good and started again",
        ("completed", 2),
        turns={"work fails for good": FIRST},
        again_ms=60_000,
    ),
    Life("an app that is down at the end", ("completed", 1), app_down_ms=120_000),
    Life(
        "events that are given up while the app is down",
        ("completed", 1),
        turns={"events die early": FIRST},
        app_down_ms=90_000,
    ),
    Life(
        "a render that outlives its URLs",
        ("completed", 1),
        plan=(("running", 0.3), ("running", 0.7)),
        put_expires_s=2,
    ),
    Life(
        "an output in parts, some of them lost",
        ("completed", 1),
        large=True,
        turns={"part lost": frozenset({0, 2})},
    ),
    Life(
        "a render of two tracks, which not every container reads",
        ("completed", 1),
        inputs={"subtitles": "in_subtitles", "subtitles-secondary": "in_another"},
    ),
    Life(
        "a transcript that another try goes on with",
        ("completed", 2),
        "asr-pipeline",
        turns={"work crashes": FIRST},
    ),
    Life(
        "a comment video of the earlier system's, which says nothing at its end",
        ("completed", 1),
        "renderer-remotion",
        plan=(("running", 0.5), ("uploading", 0.95)),
        earlier="E",
    ),
)


@dataclass(frozen=True)
class Strike:
    """A *blow* at await number *index*; the alarms after it behave as *alarms* say, in turn."""

    index: int
    blow: str
    alarms: tuple[str, ...] = ()


class _Steady(Chance):
    """No randomness: the life's plan, and the same time for each step."""

    def __init__(self, life: Life) -> None:
        super().__init__(0)
        self._life = life

    def plan(self) -> list[tuple[str, float]]:
        return list(self._life.plan)

    def pause_ms(self) -> int:
        return STEP_MS

    def large(self) -> bool:
        return self._life.large

    def silent(self) -> bool:
        return False


class LifeWorld(World):
    """One canonical life, struck at most once."""

    def __init__(
        self, shipped: Shipped, life: Life, strike: Strike | None = None, *, traced: bool = False
    ) -> None:
        self.life = life
        self.strike = strike
        self.fates: list[str] = []
        self.awaits: list[str] = []
        self.reports: list[tuple[Any, ...]] = []
        super().__init__(
            shipped,
            0,
            faults=Scripted(life.turns),
            traced=traced,
            several=0.0,
            outward=0.0,
            mixed=0.0,
        )

    def _chance(self) -> Chance:
        return _Steady(self.life)

    def latency(self, base_ms: int) -> int:
        return base_ms

    def _isolates(self) -> Isolates:
        return Isolates(self.seed, 0)

    def _skewed(self, node: Any) -> Any:
        return node

    def _make_clients(self, only: frozenset[int] | None) -> list[Client]:
        limits = {"heartbeatS": 15, **self.life.limits}
        client = Client(self, 0, 1, self.life.engine, limits, self.life.inputs)
        at = self.kernel.at
        at(0, client.submit)
        if self.life.cancel_ms is not None:
            at(self.life.cancel_ms, client.cancel)
        if self.life.again_ms is not None:
            at(self.life.again_ms, client.retry)
        return [client]

    def _plan_faults(self) -> None:
        self.containers[0].capacity = 0 if self.life.full_ms else 1
        if self.life.earlier:
            for host in self.containers:
                host.earlier, host.old = self.life.earlier, True
            for name, text in earlier.INPUTS.items():
                self.bucket.put(f"media/med_1/inputs/up_1/{name}", text)
        self.kernel.at(self.life.full_ms, self._make_room)
        if self.life.app_down_ms:
            self.kernel.at(2 * STEP_MS, self.app.stop, self.life.app_down_ms)

    def _make_room(self) -> None:
        self.containers[0].capacity = 1

    def capacity(self, host: str) -> int:
        return 1

    def _make_settings(self) -> None:
        super()._make_settings()
        self.put_expires_s = self.life.put_expires_s or self.put_expires_s

    def alarm_fate(self) -> str:
        return self.fates.pop(0) if self.fates else "once"

    def lateness_ms(self) -> int:
        return 45_000

    def _is_struck_at_awaits(self) -> bool:
        return True

    def _fate_of_await(self, task: Task, op: Op) -> str | None:
        number = len(self.awaits)
        self.awaits.append(_place(task))
        if self.strike is None or number != self.strike.index:
            return None
        self.fates = list(self.strike.alarms)
        blow = self.strike.blow
        self._trace_crash(task, op, blow)
        if blow in ("before", "after"):
            return blow
        if op.name != "forget":
            self.kernel.at(0, self._let_in, blow)
        return None

    def _let_in(self, blow: str) -> None:
        """Let an event in while something is awaited."""
        job_id = next(iter(self.jobs.objects), None)
        if job_id is None or job_id in self.oracle.retired:
            return
        if blow == "again":
            self.clients[0].retry()
            return
        if blow == "report again":
            works = [work for host in self.containers for work in host.works.values()]
            for work in works:
                _report_again(work)
            return
        arguments = (job_id, 1, "by the test") if blow == "cancel" else ()
        op = self.jobs.objects[job_id].call(blow, arguments)
        self.kernel.spawn(self.orchestrator, _wait(op), lambda value, error: None, blow)

    def end(self) -> tuple[str, int]:
        """Return the status that the app has in the end, and how many attempts it took."""
        row = self.database.look("SELECT status, attempt FROM jobs")[0]
        return row["status"], row["attempt"]


async def _wait(op: Op) -> Any:
    return await op


def _report_again(work: Work) -> None:
    """Send what the container would say or ask now, at once, whatever it waits for."""
    if work.outputs is not None and not work.over:
        work.outputs.ask_again()
    if work.in_flight or work.dead:
        return
    work.fresh = True
    work._send()


def _place(task: Task) -> str:
    """Return where in the shipped code the task waits: files and lines, the innermost last."""
    places = []
    at: Any = task.coro
    while at is not None:
        frame = getattr(at, "cr_frame", None)
        if frame is not None and "/tests/sim/" not in frame.f_code.co_filename:
            places.append(f"{frame.f_code.co_filename.rpartition('/src/')[2]}:{frame.f_lineno}")
        at = getattr(at, "cr_await", None)
    return " ".join(places)


def strikes(
    count: int, blows: Sequence[str], alarms: int, draw: Random | None = None
) -> Iterator[Strike]:
    """Yield every blow at each of *count* awaits, with all behaviours of the next *alarms*.

    With *draw*, with one behaviour that it draws.
    """
    behaviours = list(product(ALARMS, repeat=alarms))
    for index in range(count):
        for blow in blows:
            for fates in behaviours if draw is None else [draw.choice(behaviours)]:
                yield Strike(index, blow, fates)
