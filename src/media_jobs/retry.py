"""When to try again: exponential backoff with a maximum and deterministic jitter."""

from dataclasses import dataclass
from hashlib import sha256

__all__ = ["ATTEMPT", "EVENT", "START", "Backoff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The delays before tries 1, 2, 3, …: *first_ms* doubling up to *most_ms*."""

    first_ms: int
    most_ms: int

    def delay_ms(self, tries: int, spread: str) -> int:
        """Return the delay after *tries* failures (≥ 1): 75–100 % of the nominal one.

        *spread* says who waits. Its hash picks the jitter, so that the rule stays pure and many
        that fail together do not return together.
        """
        assert tries >= 1
        nominal = min(self.most_ms, self.first_ms << min(tries - 1, 40))
        share = sha256(f"{spread}:{tries}".encode()).digest()[0] / 255
        return round(nominal * (0.75 + 0.25 * share))


ATTEMPT = Backoff(first_ms=5_000, most_ms=5 * 60_000)
"""Between two attempts of a job."""

START = Backoff(first_ms=1_000, most_ms=15_000)
"""Between two calls that start the same attempt."""

EVENT = Backoff(first_ms=1_000, most_ms=15 * 60_000)
"""Between two deliveries of one event to the app."""
