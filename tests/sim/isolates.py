"""Isolates: several Durable Objects live in one, with one clock and one memory, and die with it.

An object is of one isolate for the whole world, as if each were a machine of its own: when it dies,
its objects begin anew there. An object may also be evicted alone; what it had put into the memory
that it shares with others then stays.
"""

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

ISOLATES_MAX = 4
DIES = 0.5
"""How often a crash of an object is its whole isolate's."""


class Isolate:
    """The memory and the clock of some objects. *skew_ms* is what its clock is ahead."""

    def __init__(self, skew_ms: int) -> None:
        self.skew_ms = skew_ms
        self._objects: list[Any] = []
        self._memory: dict[Callable[[], Any], Any] = {}

    def add(self, owner: Any) -> None:
        """Let *owner* live here."""
        self._objects.append(owner)
        owner.skew_ms = self.skew_ms

    def shared(self, make: Callable[[], T]) -> T:
        """Return what *make* has made in this isolate's memory, as `edge.isolate.shared`."""
        if make not in self._memory:
            self._memory[make] = make()
        found: T = self._memory[make]
        return found

    def jump(self, by_ms: int) -> None:
        """Move its clock."""
        self.skew_ms += by_ms
        for owner in self._objects:
            owner.jump(by_ms)

    def die(self) -> None:
        """Lose the memory, and that of all objects here."""
        self._memory.clear()
        for owner in self._objects:
            if owner.instance is not None:
                owner.evict()


class Isolates:
    """The isolates of one world; by a source of its own: with several and one, all else is equal.

    *skew_ms_max*: how much their clocks may be off.
    """

    def __init__(self, seed: int, skew_ms_max: int) -> None:
        self._random = Random(f"isolates {seed}")  # noqa: S311 - a seed must give the same again.
        count = self._random.randint(1, ISOLATES_MAX)
        skews = [self._random.randint(-skew_ms_max, skew_ms_max) for _ in range(count)]
        self._isolates = [Isolate(skew_ms) for skew_ms in skews]

    def place(self, owner: Any) -> Isolate:
        """Return the isolate that *owner* lives in from now on."""
        isolate = self._random.choice(self._isolates)
        isolate.add(owner)
        return isolate

    def dies_too(self) -> bool:
        """Return whether a crash of an object is its whole isolate's."""
        return self._random.random() < DIES
