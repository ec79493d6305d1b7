"""Which effects of a job are being performed now: the guard that its alarm and its requests share.

In memory, as plain data: nothing waits for it. Whoever finds the turn taken leaves, and whoever has
it looks for what else is due before it ends. An eviction ends all turns with the memory; one that
died without a word, as no request of a Durable Object should, gives way after `TURN_MS`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from media_jobs.record import Effect, OutboxEntry

TURN_MS = 120_000
"""Longer than any effect takes: a call is given up after 15 s, an object made of parts in less."""


@dataclass(slots=True, eq=False)
class _Lease:
    kind: type[Effect]
    until_ms: int


class Turn:
    """The effects in flight of one living object, by the ids of their entries."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._leases: dict[int, _Lease] = {}

    def is_free(self) -> bool:
        """Whether nothing is being performed."""
        return not self._running()

    def performs(self, entry_id: int) -> bool:
        """Whether the effect of this entry is being performed."""
        return entry_id in self._running()

    def performs_any(self, *kinds: type[Effect]) -> bool:
        """Whether an effect of one of these *kinds* is being performed."""
        return any(lease.kind in kinds for lease in self._running().values())

    @contextmanager
    def of(self, entry: OutboxEntry) -> Iterator[None]:
        """Hold the turn while the effect of *entry* is performed."""
        lease = _Lease(type(entry.effect), self._now_ms() + TURN_MS)
        self._leases[entry.entry_id] = lease
        try:
            yield
        finally:
            # After its time it may be another's.
            if self._leases.get(entry.entry_id) is lease:
                del self._leases[entry.entry_id]

    def _running(self) -> dict[int, _Lease]:
        if self._leases:
            now_ms = self._now_ms()
            self._leases = {n: held for n, held in self._leases.items() if held.until_ms > now_ms}
        return self._leases
