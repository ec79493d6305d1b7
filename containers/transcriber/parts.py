"""How a long sound is divided into parts, which several hosts may hear. Pure.

Parts are about as long as each other. Where one ends is looked for around its share of the sound,
so that what is said there stays whole (`transcriber.speech.cut_near`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from media_jobs.limits import PIECES_MAX

__all__ = ["Part", "parts_of", "targets_ms", "within_ms"]

_WITHIN_MS = 15_000


@dataclass(frozen=True, slots=True)
class Part:
    """The sound from *start_ms* until before *end_ms*, the *number*th from 0."""

    number: int
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms

    def has(self, ms: int) -> bool:
        """Whether a time is in it, its edges included."""
        return self.start_ms <= ms <= self.end_ms


def targets_ms(duration_ms: int, part_s: int) -> list[int]:
    """Return where to cut a sound into equal parts of *part_s* seconds or a little more.

    More parts than several hosts are given at once there never are: those of days are longer.
    """
    count = max(min(duration_ms // (part_s * 1000), PIECES_MAX), 1)
    return [duration_ms * number // count for number in range(1, count)]


def within_ms(part_s: int) -> int:
    """Return how far from its target a cut between parts of *part_s* seconds may be.

    Among half a minute of talk there is a pause; the shortest parts stay half as long as meant.
    """
    return min(_WITHIN_MS, part_s * 1000 // 4)


def parts_of(cuts_ms: Sequence[int], duration_ms: int) -> list[Part]:
    """Return the parts between these cuts; raises ValueError for cuts that are none."""
    edges = [0, *cuts_ms, duration_ms]
    if cuts_ms and any(after <= before for before, after in pairwise(edges)):
        raise ValueError("the cuts are not in the sound, or not in order")
    return [Part(number, *edge) for number, edge in enumerate(pairwise(edges))]
