"""Numbers that change over time: once as FFmpeg's expression, once as Python. Pure.

The video is put together by FFmpeg and a preview by Pillow. Both take positions from the same
tracks, so that they cannot differ.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Ease = Literal["out", "both", "linear"]
"""Fast at first (cubic), slow at both ends, or even."""


class Motion(Protocol):
    """A number over time."""

    def at(self, time_s: float) -> float:
        """Return the number at *time_s*."""

    def expression(self) -> str:
        """Return the same in FFmpeg's language; `t` is the time in seconds."""


def number(value: float) -> str:
    """Return *value* as FFmpeg reads it: never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change by *distance*, begun at *start_s* and over after *length_s*; 0 is at once."""

    distance: float
    start_s: float
    length_s: float
    ease: Ease = "out"

    def at(self, time_s: float) -> float:
        """Return how much of the distance is passed at *time_s*."""
        return self.distance * self._share(time_s)

    def _share(self, time_s: float) -> float:
        if self.length_s == 0:
            return 1.0 if time_s >= self.start_s else 0.0
        passed = min(max((time_s - self.start_s) / self.length_s, 0.0), 1.0)
        match self.ease:
            case "out":
                return 1 - (1 - passed) ** 3
            case "both":
                return passed * passed * (3 - 2 * passed)
            case "linear":
                return passed

    def expression(self) -> str:
        distance, start = number(self.distance), number(self.start_s)
        if self.length_s == 0:
            return f"{distance}*gte(t,{start})"
        passed = f"clip((t-{start})/{number(self.length_s)},0,1)"
        match self.ease:
            case "out":
                return f"{distance}*(1-pow(1-{passed},3))"
            case "both":
                return f"{distance}*st(0,{passed})*ld(0)*(3-2*ld(0))"
            case "linear":
                return f"{distance}*{passed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """*start* and what is added to it over time."""

    start: float
    steps: tuple[Step, ...] = ()

    def at(self, time_s: float) -> float:
        return self.start + sum(step.at(time_s) for step in self.steps)

    def expression(self) -> str:
        return _sum([number(self.start), *(step.expression() for step in self.steps)])

    def moved(self, distance: float) -> "Track":
        """Return the track with another start."""
        return Track(start=self.start + distance, steps=self.steps)

    def reversed(self) -> "Track":
        """Return the track with the other sign."""
        steps = (
            Step(distance=-s.distance, start_s=s.start_s, length_s=s.length_s, ease=s.ease)
            for s in self.steps
        )
        return Track(start=-self.start, steps=tuple(steps))

    def plus(self, *steps: Step) -> "Track":
        """Return the track with more *steps*."""
        return Track(start=self.start, steps=(*self.steps, *steps))


Spans = tuple[tuple[float, float], ...]
"""Beginnings and ends in seconds, in order and without overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """0, *size*, 2 * *size*, …: *count* steps of equal length in each of *spans*, and 0 outside."""

    spans: Spans
    count: int
    size: int

    def at(self, time_s: float) -> float:
        for start_s, end_s in self.spans:
            if start_s <= time_s < end_s:
                return self.size * math.floor((time_s - start_s) * self.count / (end_s - start_s))
        return 0.0

    def expression(self) -> str:
        rate = [self.count / (end_s - start_s) for start_s, end_s in self.spans]
        terms = [
            f"{_within(span)}*floor((t-{number(span[0])})*{number(per_s)})"
            for span, per_s in zip(self.spans, rate, strict=True)
        ]
        return f"{self.size}*{_sum(terms)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondsLeft:
    """*size* times the seconds, begun ones included, until the end of the span; 0 outside."""

    spans: Spans
    size: int

    def at(self, time_s: float) -> float:
        for start_s, end_s in self.spans:
            if start_s <= time_s < end_s:
                return float(self.size * math.ceil(end_s - time_s))
        return 0.0

    def expression(self) -> str:
        terms = [f"{_within(span)}*ceil({number(span[1])}-t)" for span in self.spans]
        return f"{self.size}*{_sum(terms)}"


def _within(span: tuple[float, float]) -> str:
    return f"gte(t,{number(span[0])})*lt(t,{number(span[1])})"


def fixed(value: float) -> Track:
    """Return a number that stays."""
    return Track(start=value)


def through(
    stops: Sequence[float], starts_s: Sequence[float], length_s: float, ease: Ease
) -> Track:
    """Return what goes from stop to stop, one transition of *length_s* at each start."""
    steps = [
        Step(distance=after - before, start_s=start_s, length_s=length_s, ease=ease)
        for before, after, start_s in zip(stops, stops[1:], starts_s, strict=False)
        if after != before
    ]
    return Track(start=stops[0], steps=tuple(steps))


def _sum(terms: Sequence[str]) -> str:
    """Return the sum as a balanced tree: FFmpeg refuses a chain of a hundred operators."""
    if len(terms) == 1:
        return f"({terms[0]})"
    middle = len(terms) // 2
    return f"({_sum(terms[:middle])}+{_sum(terms[middle:])})"
