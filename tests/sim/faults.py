"""What goes wrong, from the seed. Each fault that happens has a number, by which it can be dropped.

Every world has some kinds of faults, each at its own rate, so that some worlds see one kind alone
and others all at once. The world ends them at last; after that the system must come to rest.
"""

from collections import Counter
from collections.abc import Container, Mapping
from random import Random
from types import MappingProxyType

RATES = {
    # HTTP between two nodes.
    "request lost": 0.10,
    "request late": 0.05,
    "request twice": 0.10,
    "answer lost": 0.10,
    "answer late": 0.08,
    "answered by a proxy": 0.08,
    # A Durable Object called by a Worker.
    "call lost": 0.05,
    "call cut": 0.05,
    "call slow": 0.05,
    # Crashes where a coroutine waits.
    "crash before": 0.015,
    "crash after": 0.015,
    "evicted": 0.05,
    # What a Durable Object does behind its answer.
    "turn lost": 0.05,
    "turn stuck": 0.03,
    # Alarms.
    "alarm lost": 0.06,
    "alarm twice": 0.10,
    "alarm late": 0.10,
    # Storage.
    "write fails": 0.03,
    "bucket fails": 0.08,
    "bucket slow": 0.05,
    "bucket cut": 0.03,
    "database fails": 0.04,
    "database cut": 0.03,
    # Containers, asked when one begins to work.
    "work hangs": 0.15,
    "work crashes": 0.15,
    "work fails": 0.15,
    "work fails for good": 0.08,
    "work lies": 0.15,
    "work stalls": 0.05,
    "work lasts": 0.1,
    "put late": 0.05,
    "part lost": 0.1,
    "container 4xx": 0.03,
    "start comes late": 0.3,
    # Whole nodes, asked once a world.
    "app down": 0.7,
    "orchestrator down": 0.5,
    "container down": 0.8,
    "container hangs": 0.8,
    "container stops": 0.8,
    "clock jumps": 0.8,
    "container clock off": 0.5,
    # Settings, asked once a world: none of them may break anything.
    "secrets rotate": 0.5,
    "urls live minutes": 0.4,
    "events die early": 0.4,
    # People.
    "submitted twice": 0.3,
    "canceled": 0.4,
    "started again": 0.9,
}
"""How often each kind strikes in a world that has it: per call, per work, per world or per job."""

LINE_RATES = {
    # Per frame.
    "line breaks": 0.08,
    "line stalls": 0.05,
    # Each time that an end of a line would be told of the other's.
    "line half open": 0.3,
}
"""The same of the lines of hosts that connect outward, where there are any."""

QUIET_SHARE = 0.1
_MASK = (1 << 64) - 1


class Faults:
    """The faults of one world. *dropped* are numbers of faults that do not happen this time.

    *always*: kinds that it has whatever the seed, and their rates.
    """

    def __init__(
        self,
        seed: int,
        dropped: frozenset[int] = frozenset(),
        always: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.random = Random(f"faults {seed}")  # noqa: S311 - a seed must give the same world again.
        self.dropped = dropped
        self.happened: list[tuple[int, str]] = []
        self._seed = seed
        self._count = 0
        self._state = seed
        self._draw = self.random.random
        self.rates = self._choose() | dict(always)

    def _choose(self) -> dict[str, float]:
        draw = self.random.random
        if draw() < QUIET_SHARE:
            return {}
        share, strength = 0.1 + 0.6 * draw(), 0.3 + 0.7 * draw()
        chosen = {}
        for kind, most in RATES.items():
            if draw() < share:
                chosen[kind] = most * strength
        return chosen

    def add_lines(self) -> None:
        """Have lines fail, too, unless nothing does. By a source of its own, as all that is new."""
        random = Random(f"lines {self._seed}")  # noqa: S311 - as above.
        strength = 0.3 + 0.7 * random.random()
        if self.rates:
            chosen = {kind: most for kind, most in LINE_RATES.items() if random.random() < 0.6}
            self.rates |= {kind: most * strength for kind, most in chosen.items()}

    def hit(self, kind: str) -> bool:
        """Whether a fault of this kind happens here and now."""
        rate = self.rates.get(kind)
        if rate is None or self._draw() >= rate:
            return False
        self._count += 1
        return self.happens(self._count - 1, kind)

    def end(self) -> None:
        """Let nothing strike any more."""
        self.rates = {}

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*: how late, how long, which one.

        Of the fault that happened last, not of the common source: that a fault is dropped changes
        nothing for the others (splitmix64).
        """
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return low + (mixed ^ (mixed >> 31)) % (high - low + 1)

    def happens(self, number: int, kind: str) -> bool:
        """Note fault *number*, unless it is dropped."""
        if number in self.dropped:
            return False
        self._state = (self._seed << 20) + number
        self.happened.append((number, kind))
        return True

    def counts(self) -> Counter[str]:
        """Return how often each kind happened."""
        return Counter(kind for _, kind in self.happened)


class Scripted(Faults):
    """Faults by name and turn: the first, third, … time that a kind could strike."""

    def __init__(self, script: Mapping[str, Container[int]]) -> None:
        super().__init__(0)
        self.rates = dict.fromkeys(script, 1.0)
        self._script = script
        self._turns = Counter[str]()

    def hit(self, kind: str) -> bool:
        """Whether it is this kind's turn."""
        turns = self._script.get(kind)
        if turns is None:
            return False
        turn = self._turns[kind]
        self._turns[kind] += 1
        return turn in turns and self.happens(self._turns.total(), kind)
