"""From when to when a cue is shown: with what is said, and as long as a reader needs, if it can."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.cue_rules import CueRules
from media_jobs.subtitles.rolling import SHORTEST_MS

__all__ = ["Said", "shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """When the text of a cue is said, and its *length* as the rules count it."""

    start_ms: int
    end_ms: int
    length: float


def shown(said: Sequence[Said], rules: CueRules) -> Iterator[tuple[int, int]]:
    """Yield from when to when each is shown, in order and with the gap of *rules* between them.

    A cue begins with its first word. Its end is put off into the pause behind it until it has
    been there for the shortest time and at the speed of reading; gaps that would flicker are
    closed.
    """
    free_ms = 0
    for number, one in enumerate(said):
        start_ms = max(one.start_ms, free_ms)
        least_ms = start_ms + SHORTEST_MS
        last_ms = start_ms + rules.duration_ms_max
        if number + 1 < len(said):
            next_ms = max(said[number + 1].start_ms, least_ms + rules.gap_ms)
            last_ms = min(last_ms, next_ms - rules.gap_ms)
        read_ms = -(-one.length * 1000 // rules.chars_per_s_max)
        wanted_ms = start_ms + max(rules.duration_ms_min, int(read_ms))
        end_ms = max(min(max(one.end_ms, wanted_ms), last_ms), least_ms)
        if number + 1 < len(said) and next_ms - end_ms < rules.gap_closed_ms:
            end_ms = last_ms
        yield start_ms, end_ms
        free_ms = end_ms + rules.gap_ms
