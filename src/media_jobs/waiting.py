"""When the turns of those that wait are, for the position of each. Pure.

A number for each waiting ticket, sorted by caller: a hundred thousand of them take 0.8 MB, where
the tickets would take a hundred times as much.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from itertools import islice

__all__ = ["CALLERS_MAX", "Waiting"]

CALLERS_MAX = 500
"""Callers whose turns are compared for a position; more are taken to be like these."""


class Waiting:
    """The turns of waiting tickets, in ms, by caller. Any step takes the time of a search."""

    def __init__(self, lines: Mapping[str, Iterable[int]]) -> None:
        self._lines = {caller: array("q", sorted(turns)) for caller, turns in lines.items()}
        self.count = sum(map(len, self._lines.values()))
        """How many wait."""

    def add(self, caller: str, turn_ms: int) -> None:
        """Take note of a ticket that begins to wait."""
        insort(self._lines.setdefault(caller, array("q")), turn_ms)
        self.count += 1

    def remove(self, caller: str, turn_ms: int) -> None:
        """Take note of a ticket that waits no more."""
        line = self._lines[caller]
        del line[bisect_left(line, turn_ms)]
        self.count -= 1
        if not line:
            del self._lines[caller]

    def position(self, caller: str, turn_ms: int, slots: Mapping[str, int]) -> int:
        """Return the place of a waiting ticket: 1 is next. *slots*: what each caller holds.

        Callers take turns, those with fewer slots first. Who came in the same millisecond is not
        counted. Of more than `CALLERS_MAX` callers it is an estimate.
        """
        own = bisect_left(self._lines[caller], turn_ms)
        turn = slots.get(caller, 0) + own
        ahead = seen = 0
        for other, line in islice(self._lines.items(), CALLERS_MAX):
            if other == caller:
                continue
            seen += 1
            before = max(0, turn - slots.get(other, 0))
            ahead += min(before, len(line))
            # In the same turn, who has waited longer is first.
            if turn >= slots.get(other, 0) and before < len(line) and line[before] < turn_ms:
                ahead += 1
        others = len(self._lines) - 1
        return 1 + own + (ahead if seen == others else round(ahead * others / seen))
