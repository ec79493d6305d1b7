"""Chooses at which times the finished video is compared with what should be seen. Pure.

By the cues, and by how long the source is shown: where the plan puts a frame or a text is nothing
that counts here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from burner.verdict import DrawnCue

SAMPLES_MAX = 12
SAMPLES_MIN = 3
SECONDS_PER_SAMPLE = 8
"""Of a short video less is looked at: it costs a hundredth of the burn, whatever its length."""
KEY_FRAMES_FROM_S = 6.0
SHORTEST_MS = 200
"""A cue that stands for a shorter time may have no frame in its middle."""
GAP_MS, AWAY_MS_MAX = 400, 500
"""Where so much time has no cue at all, it is looked at, at most so far from a cue."""
END_MS = 100
"""The last tenth of a second holds no frame for sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A time, and a cue whose letters are seen then or, *beside* it, are not."""

    number: int
    time_ms: int
    beside: bool = False


def samples_of(
    drawn: Sequence[DrawnCue],
    standing_ms: Sequence[tuple[int, int]],
    shown_until_s: float,
    worst: Sequence[int] = (),
) -> tuple[Sample, ...]:
    """Return when to look, in order of time: in the middle of cues, and beside them.

    Of cues with letters the first, the last, the shortest and the *worst* (numbers) are among
    those, and others spread between them. *standing_ms*: when any cue at all is seen.
    """
    until_ms = round(shown_until_s * 1000) - END_MS
    # Of two tracks the cues of one come after those of the other.
    in_order = sorted(drawn, key=lambda one: one.cue.start_ms)
    found = [one for one in in_order if _can_be_looked_at(one, until_ms)]
    if not found:
        return ()
    most = min(max(until_ms // (1000 * SECONDS_PER_SAMPLE), SAMPLES_MIN), SAMPLES_MAX)
    chosen = _chosen(found, worst, most)
    within = [Sample(number=one.number, time_ms=_middle_ms(one)) for one in chosen]
    beside = list(_beside(chosen, standing_ms, until_ms))[: -(-most // 2)]
    # One frame can't tell of two times.
    samples = {sample.time_ms: sample for sample in (*beside, *within)}
    return tuple(samples[time_ms] for time_ms in sorted(samples))


def key_frames_of(samples: Sequence[Sample], shown_until_s: float) -> tuple[float, ...]:
    """Return the times, in seconds, whose frames are to be key frames; none in a short video.

    There they would come so often that the picture is worse, and reading all of it costs little.
    """
    if shown_until_s < KEY_FRAMES_FROM_S:
        return ()
    return tuple(sample.time_ms / 1000 for sample in samples)


def _can_be_looked_at(one: DrawnCue, until_ms: int) -> bool:
    lasts_ms = one.cue.end_ms - one.cue.start_ms
    return one.box is not None and lasts_ms >= SHORTEST_MS and _middle_ms(one) < until_ms


def _middle_ms(one: DrawnCue) -> int:
    return (one.cue.start_ms + one.cue.end_ms) // 2


def _chosen(found: Sequence[DrawnCue], worst: Sequence[int], most: int) -> list[DrawnCue]:
    shortest = min(found, key=lambda one: one.cue.end_ms - one.cue.start_ms)
    bad = (one for one in found if one.number in worst)
    wanted = {one.number: one for one in (found[0], found[-1], shortest, *bad)}
    others = [one for one in found if one.number not in wanted]
    count = max(min(most - len(wanted), len(others)), 0)
    spread = (others[(2 * n + 1) * len(others) // (2 * count)] for n in range(count))
    return [*list(wanted.values())[:most], *spread]


def _beside(
    chosen: Sequence[DrawnCue], standing_ms: Sequence[tuple[int, int]], until_ms: int
) -> Iterator[Sample]:
    """Yield times near *chosen* at which no cue stands: behind one, before the next, in turn."""
    free = list(_free(standing_ms, until_ms))
    after = {start: (start, end) for start, end in free}
    before = {end: (start, end) for start, end in free}
    behind = (
        Sample(number=one.number, time_ms=start + min((end - start) // 2, AWAY_MS_MAX), beside=True)
        for one in chosen
        if (gap := after.get(one.cue.end_ms)) is not None
        for start, end in [gap]
    )
    ahead = (
        Sample(number=one.number, time_ms=end - min((end - start) // 2, AWAY_MS_MAX), beside=True)
        for one in chosen
        if (gap := before.get(one.cue.start_ms)) is not None
        for start, end in [gap]
    )
    pairs = chain.from_iterable(zip_longest(behind, ahead))
    yield from (sample for sample in pairs if sample is not None)


def _free(standing_ms: Sequence[tuple[int, int]], until_ms: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of GAP_MS or more in which no cue stands."""
    at = 0
    for start, end in (*sorted(standing_ms), (until_ms, until_ms)):
        if min(start, until_ms) - at >= GAP_MS:
            yield at, start
        at = max(at, end)
