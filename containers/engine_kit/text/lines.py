"""Choose where lines end, from where they may: few lines, then good places, then even lengths.

Pure: widths and places are numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.breaks import Quality

__all__ = ["Measure", "balanced", "first_fit"]

_COST = {
    Quality.PHRASE: 0.0,
    Quality.WORD: 0.06,
    Quality.LETTER: 0.14,
    Quality.TIED: 0.24,
    Quality.FORCED: 0.56,
}
"""Beside the squares of what each line differs from the mean, as shares of it."""
_LINE_COST = 1000.0
_OVERFULL_COST = 1e6
_DIVISIONS_MAX = 4000
"""Longer texts are broken line by line: evenness is for what is seen at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Widths of a paragraph. *stops*: where each character begins, and the end, in pixels.

    *visible_end*: where the last character before a place ends that is not a space.
    *extra*: what a line that ends at a place needs more: a hyphen.
    """

    stops: Sequence[float]
    visible_end: Sequence[int]
    extra: Mapping[int, float]

    def width(self, start: int, end: int) -> float:
        """Return the width of a line from *start* to *end*, without the spaces at its end."""
        last = max(self.visible_end[end], start)
        return self.stops[last] - self.stops[start] + self.extra.get(end, 0.0)


def first_fit(
    measure: Measure, places: Mapping[int, Quality], end: int, width_max: float
) -> list[int]:
    """Return where lines end if each takes what fits. *end*: of the text, the last line's."""
    ends: list[int] = []
    start, fits = 0, 0
    for place in [*sorted(places), end]:
        while measure.width(start, place) > width_max and fits > start:
            ends.append(fits)
            start = fits
        fits = place
    return [*ends, end]


def balanced(
    measure: Measure, places: Mapping[int, Quality], end: int, width_max: float
) -> list[int]:
    """Return where lines end if as few as can be are of about the same length.

    A line without a place to end is wider than *width_max*: it is the caller's to offer more.
    """
    greedy = first_fit(measure, places, end, width_max)
    if len(greedy) == 1 or len(places) > _DIVISIONS_MAX:
        return greedy
    target = measure.width(0, end) / len(greedy)
    return _cheapest(measure, {**places, end: Quality.WORD}, width_max, _raggedness(target))


def _raggedness(target: float) -> Callable[[float], float]:
    return lambda width: ((width - target) / target) ** 2


def _cheapest(
    measure: Measure,
    places: Mapping[int, Quality],
    width_max: float,
    raggedness: Callable[[float], float],
) -> list[int]:
    """Return the ends whose lines cost least in all: Knuth and Plass's search, without stretch."""
    ends = [0, *sorted(places)]
    costs: list[tuple[float, int]] = [(0.0, 0)]
    for at in range(1, len(ends)):
        place = ends[at]
        best = (float("inf"), at - 1)
        for before in range(at - 1, -1, -1):
            width = measure.width(ends[before], place)
            too_wide = width > width_max
            if too_wide and before < at - 1:
                break
            cost = costs[before][0] + _LINE_COST + raggedness(width) + _COST[places[place]]
            best = min(best, (cost + _OVERFULL_COST * too_wide, before))
        costs.append(best)
    chosen: list[int] = []
    at = len(ends) - 1
    while at:
        chosen.append(ends[at])
        at = costs[at][1]
    return chosen[::-1]
