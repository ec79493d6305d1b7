"""The simulated platform keeps what the real one promises: no fault is the simulator's own."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.sim.faults import Scripted
from tests.sim.kernel import Here, Kernel
from tests.sim.nodes import DurableObject
from tests.sim.oracle import Oracle
from tests.sim.storage import Disk

NOON_MS = 1_000_000


@dataclass
class _World:
    """As much of a world as an object and its alarm need. *fates*: of the alarms, in turn."""

    fates: list[str] = field(default_factory=list)
    kernel: Kernel = field(default_factory=lambda: Kernel(Here(), NOON_MS))
    faults: Scripted = field(default_factory=lambda: Scripted({}))
    rung: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.oracle = Oracle(self)

    def alarm_fate(self) -> str:
        return self.fates.pop(0) if self.fates else "once"

    def lateness_ms(self) -> int:
        return 60_000


class _Sleeper(DurableObject):
    """An object with something to do at *wanted_ms*, until its alarm has rung."""

    def __init__(self, world: _World, wanted_ms: int) -> None:
        super().__init__(world, "sleeper", lambda ctx, env: _Rings(world))
        self.disk = Disk()
        self.wanted_ms = wanted_ms

    def is_needed(self) -> bool:
        return not self.world.rung

    def due_ms(self) -> int:
        return self.wanted_ms


class _Rings:
    def __init__(self, world: _World) -> None:
        self._world = world

    async def alarm(self) -> None:
        self._world.rung.append(self._world.kernel.now_ms - NOON_MS)


def test_an_alarm_that_has_gone_off_and_is_late_comes_though_the_clock_is_set_back() -> None:
    world = _World(fates=["late"])
    sleeper = _Sleeper(world, NOON_MS)
    sleeper.set_alarm(NOON_MS)

    world.kernel.at(10_000, sleeper.jump, -600_000)
    world.kernel.run((), NOON_MS + 700_000)

    assert world.rung == [60_003]


@pytest.mark.parametrize(("set_for_ms", "broken"), [(5_000, False), (30_000, True)])
def test_an_alarm_is_judged_by_the_clock_at_which_it_was_set(set_for_ms: int, broken: bool) -> None:
    """What is set for five seconds later is in time, and stays so when the clock is set back."""
    world = _World()
    sleeper = _Sleeper(world, NOON_MS - 300_000)
    sleeper.set_alarm(NOON_MS + set_for_ms)

    sleeper.jump(-200_000)
    world.oracle.idle(sleeper)

    assert bool(world.oracle.broken) is broken


def test_an_alarm_set_anew_after_the_clock_was_set_back_is_judged_by_the_new_clock() -> None:
    world = _World()
    sleeper: Any = _Sleeper(world, NOON_MS - 300_000)
    sleeper.jump(-200_000)
    sleeper.set_alarm(NOON_MS)

    world.oracle.idle(sleeper)

    assert world.oracle.broken == ["sleeper: sleeps 200000 ms too long"]
