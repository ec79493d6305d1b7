"""Cloudflare's list prices of the paid plan, in dollars for a million, before what it includes.

developers.cloudflare.com/workers/platform/pricing, /durable-objects/platform/pricing,
/d1/platform/pricing and /r2/pricing. A call through a service binding is no request of its own, and
setting an alarm is a row written.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """What is billed as one thing: its *name*, *dollars* for a million, and what is counted as it.

    *ends*: the counts whose names end with one of these.
    """

    name: str
    dollars: float
    ends: tuple[str, ...]

    def counted(self, counts: Mapping[str, float]) -> float:
        """Return how many of *counts* are billed as this."""
        return sum(value for name, value in counts.items() if name.endswith(self.ends))


PRICES = (
    Price("Worker requests", 0.30, (": requests",)),
    Price("CPU, ms", 0.02, ("CPU ms",)),
    Price("Durable Object requests", 0.15, ("DO requests",)),
    Price("their rows read", 0.001, ("DO rows read",)),
    Price("their rows written", 1.00, ("DO rows written",)),
    Price("D1 rows read", 0.001, ("D1 rows read",)),
    Price("D1 rows written", 1.00, ("D1 rows written",)),
    Price("R2 class A", 4.50, ("R2 class A",)),
    Price("R2 class B", 0.36, ("R2 class B",)),
    Price("KV writes", 5.00, ("KV writes",)),
)


def dollars_per_thousand(counts: Mapping[str, float]) -> float:
    """Return what a thousand jobs cost of which each has these *counts*."""
    return sum(price.counted(counts) * price.dollars for price in PRICES) / 1000
