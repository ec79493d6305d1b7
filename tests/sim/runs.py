"""Many worlds in a row; the first that breaks a promise is made small and told in words."""

import gc
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from tests.sim.faults import Faults
from tests.sim.fleets import MIXED, SEVERAL
from tests.sim.outward import OUTWARD
from tests.sim.shipped import Shipped
from tests.sim.split import SHARED
from tests.sim.world import CHAINED, RUNNING, World

SHRINK_RUNS_MAX = 400
TRACE_LINES_MAX = 100
COLLECT_EVERY = 16
Pair = tuple[str, str]
_JOB = re.compile("job_[0-9A-Z]{26}")


@dataclass(frozen=True)
class Failure:
    """A world that broke a promise, made small: some faults left out, some clients."""

    seed: int
    broken: str
    dropped: frozenset[int]
    only: frozenset[int] | None
    faults: tuple[str, ...]
    trace: tuple[str, ...]

    def text(self) -> str:
        """Return the story."""
        lines = [f"seed {self.seed}: {self.broken}", f"faults: {', '.join(self.faults) or 'none'}"]
        cut = len(self.trace) - TRACE_LINES_MAX
        lines += [f"... {cut} lines before"] if cut > 0 else []
        lines += self.trace[-TRACE_LINES_MAX:]
        lines.append(f"again: make sim SEED={self.seed} RUNS=1")
        return "\n".join(lines)


@dataclass
class Report:
    """What a number of worlds came to."""

    worlds: int = 0
    lives: int = 0
    steps: int = 0
    cpu_s: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    failed_seed: int | None = None

    def add(self, world: World) -> None:
        """Count what one world came to."""
        self.worlds += 1
        self.lives += world.lives()
        self.steps += world.kernel.steps
        self.faults.update(world.faults.counts())
        for row in world.database.look("SELECT status, count(*) AS n FROM jobs GROUP BY status"):
            self.ends[row["status"]] += row["n"]

    def text(self) -> str:
        """Return the figures in a few lines."""
        rate = self.lives / self.cpu_s if self.cpu_s else 0.0
        ends = ", ".join(f"{count} {status}" for status, count in sorted(self.ends.items()))
        faults = ", ".join(f"{kind} {count}" for kind, count in self.faults.most_common())
        return (
            f"{self.worlds} worlds, {self.lives} lives ({ends}), {self.steps} steps,"
            f" {self.cpu_s:.1f} s of CPU: {rate:.0f} lives/s\nfaults: {faults}"
        )


def watch(shipped: Shipped) -> Counter[Pair]:
    """Count, from now on, each (status, event) that the loaded machine is asked about."""
    jobs, seen = shipped["orchestrator.jobs.lifecycle"], Counter[Pair]()
    advance, here = jobs.advance, shipped.here

    def watched(job: object, event: object, now_ms: int) -> object:
        decision = advance(job, event, now_ms)
        seen[str(job.status), type(event).__name__] += 1  # type: ignore[attr-defined]  # A record.
        here.world.oracle.advanced(job, event, decision)
        return decision

    jobs.advance = watched
    return seen


def run_seeds(
    shipped: Shipped,
    seeds: Iterable[int],
    budget_s: float | None = None,
    chained: float = CHAINED,
    running: float = RUNNING,
    several: float = SEVERAL,
    shared: float = SHARED,
    outward: float = OUTWARD,
    mixed: float = MIXED,
    enough: Callable[[Report], bool] = lambda report: False,
    always: Mapping[str, float] = MappingProxyType({}),
) -> Report:
    """Run worlds until one breaks a promise, the seeds end, or the CPU time is used up.

    Also when they are *enough*. *chained*: in which share of them some jobs wait for others,
    *running*: somebody runs a recipe, *several*: engines have several hosts, *shared*: burns are
    made in pieces, *outward*: some hosts connect outward. *always*: faults that each has, and their
    rates. *mixed*: burners are of two versions.
    """
    report = Report()
    began = time.process_time()
    # What is loaded stays; what a world leaves behind is collected now and then, not in between.
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for seed in seeds:
            faults = Faults(seed, always=always)
            world = World(
                shipped,
                seed,
                faults=faults,
                chained=chained,
                running=running,
                several=several,
                shared=shared,
                outward=outward,
                mixed=mixed,
            ).run()
            report.add(world)
            if report.worlds % COLLECT_EVERY == 0:
                gc.collect()
            report.cpu_s = time.process_time() - began
            if world.oracle.broken:
                report.failed_seed = seed
                break
            if enough(report) or (budget_s is not None and report.cpu_s >= budget_s):
                break
    finally:
        gc.enable()
        gc.unfreeze()
    return report


def shrink(shipped: Shipped, seed: int, outward: float = OUTWARD) -> Failure:
    """Leave out clients and faults as long as a promise is still broken; return what is left.

    *outward*: as `World` takes it.
    """
    made = partial(World, shipped, seed, outward=outward)
    world = made().run()
    assert world.oracle.broken
    left = [SHRINK_RUNS_MAX]
    kind = _kind(world.oracle.broken[0])

    def fails(dropped: frozenset[int], only: frozenset[int]) -> World | None:
        left[0] -= 1
        tried = made(faults=Faults(seed, dropped), only=only).run()
        same = [what for what in tried.oracle.broken if _kind(what) == kind]
        return tried if same and left[0] >= 0 else None

    only = frozenset(client.number for client in world.clients)
    dropped: frozenset[int] = frozenset()
    for _ in range(2):
        for leave in _portions(sorted(only)):
            smaller = only - leave
            if leave <= only and smaller and fails(dropped, smaller):
                only = smaller
        happened = fails(dropped, only)
        numbers = [number for number, _ in happened.faults.happened] if happened else []
        for leave in _portions(numbers):
            if not leave <= dropped and fails(dropped | leave, only):
                dropped |= leave
    last = made(faults=Faults(seed, dropped), only=only, traced=True).run()
    return Failure(
        seed=seed,
        broken=last.oracle.broken[0],
        dropped=dropped,
        only=only,
        faults=tuple(kind for _, kind in last.faults.happened),
        trace=_about(last.oracle.broken[0], last.kernel.traced or []),
    )


def _kind(broken: str) -> str:
    """Return what was broken, without whose and how much it was."""
    return re.sub(r"[\w/.-]*\d[\w/.-]*", "", broken)


def _about(broken: str, lines: list[str]) -> tuple[str, ...]:
    """Return the lines that tell of the job in *broken*, and those that tell of no job."""
    found = _JOB.search(broken)
    if found is None:
        return tuple(lines)
    return tuple(line for line in lines if found[0] in line or not _JOB.search(line))


def _portions(numbers: list[int]) -> list[frozenset[int]]:
    """Return halves, quarters, … and single numbers, the larger portions first."""
    portions = []
    size = (len(numbers) + 1) // 2
    while size:
        starts = range(0, len(numbers), size)
        portions += [frozenset(numbers[start : start + size]) for start in starts]
        size = (size + 1) // 2 if size > 1 else 0
    return portions
