"""Rate limits: a token bucket for each API token, and for each address that strangers call from, in
the memory of one isolate.

What that guarantees, and what it does not: docs/decisions/0005-rate-limits-in-memory.md.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from media_jobs.errors import RateLimited

BURST = 600
"""Requests that a token may make at once, after a rest of BURST / PER_SECOND seconds."""

PER_SECOND = 50
"""Requests that a token may make each second, on and on."""

STRANGERS_BURST = 100
"""Look-ups of tokens that this isolate has not seen, at once, from one address."""

STRANGERS_PER_SECOND = 5
"""Such look-ups each second, on and on."""

BUCKETS_MAX = 10_000
"""Buckets kept; over it, the one used longest ago is dropped."""


@dataclass(slots=True)
class Rates:
    """The buckets. Each holds the requests left (a fraction too), and when that was so (Unix, ms).

    A bucket that is full again is the same as none, so those of idle tokens may be dropped.
    *burst*: how much a full one holds; *per_second*: what comes back.
    """

    burst: float = BURST
    per_second: float = PER_SECOND
    _left: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def admit(self, caller: str, now_ms: int, cost: float = 1) -> None:
        """Count one request of *caller*; raises RateLimited with the seconds to wait."""
        left, then_ms = self._left.pop(caller, (self.burst, now_ms))
        # A clock that went back gives nothing and takes nothing.
        left = min(self.burst, left + max(0, now_ms - then_ms) * self.per_second / 1000)
        admitted = left >= cost
        self._left[caller] = (left - cost if admitted else left, now_ms)
        if len(self._left) > BUCKETS_MAX:
            self._left.popitem(last=False)
        if not admitted:
            raise RateLimited("rate_limited", retry_after_s=1, most=int(self.per_second))

    def knows(self, caller: str) -> bool:
        """Whether *caller* was admitted or refused here lately."""
        return caller in self._left

    def forget(self, caller: str) -> None:
        """Drop the bucket of a caller that there is no longer."""
        self._left.pop(caller, None)


def strangers() -> Rates:
    """Return the buckets of addresses."""
    return Rates(STRANGERS_BURST, STRANGERS_PER_SECOND)
