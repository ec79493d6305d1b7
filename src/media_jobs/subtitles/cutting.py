"""Cues from words: which words are read together.

Of all ways to cut what is said, the cheapest is taken: cues that end with a sentence, else with a
clause, and not between an article and its noun if that can be helped; neither too short nor too
fast to be read. What can't be given (words are said faster than they are read) is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from media_jobs.notices import Notice
from media_jobs.subtitles.breaks import Breaks
from media_jobs.subtitles.cue_layout import DASH, Layout, layout_of, lines_of
from media_jobs.subtitles.cue_rules import CueRules
from media_jobs.subtitles.cue_times import Said, shown
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.units import End, Spoken, Unit, units_of
from media_jobs.subtitles.words import Word, in_order

__all__ = ["CutCues", "broken_rules", "cut"]

_CUE_COST = 1.0
_END_COST = {
    End.SENTENCE: 0.0,
    End.CLAUSE: 0.5,
    End.BREATH: 0.9,
    End.WORD: 1.6,
    End.NAME: 2.6,
    End.TIED: 2.6,
    End.LETTER: 6.0,
}
_BEGUN_COST = 2.4
"""A sentence begins in the cue and ends in another, while one before it has ended."""
_STRADDLED_COST = 1.2
"""Two sentences of a cue whose first line ends within a clause of one."""
_SCRAP_COST = 1.5
"""Few words that are no whole sentence."""
_SCRAP_SHARE = 0.35
_FAST_COST = 4.0
_SHORT_COST = 4.0
_PAUSE_COST = 2.0
_PAUSE_FELT_MS = 200
_PAUSES_ENOUGH_MS = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class CutCues:
    """Cues in their order; *notices*: which of them break a rule, because they can't keep it."""

    cues: tuple[Cue, ...]
    notices: tuple[Notice, ...] = ()


def cut(words: Sequence[Word], breaks: Breaks, rules: CueRules) -> CutCues:
    """Return *words* as cues, each word with its time.

    *breaks*: where lines of `text_of(words)` may end, from `engine_kit.text.breaks`. Cues don't
    overlap and have at most two lines; a word that is longer than a line has one of its own.
    """
    spoken = Spoken(tuple(in_order(words)), rules)
    units = units_of(spoken, breaks)
    pieces = [piece for a, b in _runs(units, rules) for piece in _pieces(spoken, units, a, b)]
    said = [
        Said(
            start_ms=units[first].start_ms,
            end_ms=units[end - 1].end_ms,
            length=spoken.length(units[first].start, units[end - 1].end)
            + layout.is_dialogue * 2 * rules.length(DASH),
        )
        for first, end, layout in pieces
    ]
    times = list(shown(said, rules))
    cues = tuple(
        Cue(start_ms=start_ms, end_ms=end_ms, lines=lines_of(spoken, units, first, end, layout))
        for (first, end, layout), (start_ms, end_ms) in zip(pieces, times, strict=True)
    )
    return CutCues(cues=cues, notices=broken_rules(cues, rules))


_PLACES_KEPT = 100


class _Places(TypedDict):
    cues: tuple[int, ...]
    more: int


_Piece = tuple[int, int, Layout]


def _runs(units: Sequence[Unit], rules: CueRules) -> Iterator[tuple[int, int]]:
    """Yield stretches of units between pauses, in which nobody unknown takes another's turn."""
    start = 0
    for at in range(1, len(units)):
        before, after = units[at - 1], units[at]
        is_turn = before.speaker != after.speaker and None in (before.speaker, after.speaker)
        if after.start_ms - before.end_ms >= rules.pause_ms or is_turn:
            yield start, at
            start = at
    if start < len(units):
        yield start, len(units)


def _pieces(spoken: Spoken, units: Sequence[Unit], start: int, stop: int) -> list[_Piece]:
    """Return units[start:stop] cut where it costs least."""
    best: list[tuple[float, _Piece | None]] = [(0.0, None)]
    for end in range(start + 1, stop + 1):
        cheapest: tuple[float, _Piece | None] = (float("inf"), None)
        for first in range(end - 1, start - 1, -1):
            layout = _layout(spoken, units, first, end)
            if layout is None:
                break
            cost = best[first - start][0] + layout.cost + _cost(spoken, units, first, end, layout)
            if cost < cheapest[0]:
                cheapest = (cost, (first, end, layout))
        best.append(cheapest)
    pieces: list[_Piece] = []
    at = stop
    while at > start:
        piece = best[at - start][1]
        assert piece is not None  # One unit alone is always a way.
        pieces.append(piece)
        at = piece[0]
    return pieces[::-1]


def _layout(spoken: Spoken, units: Sequence[Unit], first: int, end: int) -> Layout | None:
    if end - first == 1:
        return Layout(cost=0.0)
    if units[end - 1].end_ms - units[first].start_ms > spoken.rules.duration_ms_max:
        return None
    return layout_of(spoken, units, first, end)


def _cost(spoken: Spoken, units: Sequence[Unit], first: int, end: int, layout: Layout) -> float:
    rules = spoken.rules
    length = spoken.length(units[first].start, units[end - 1].end)
    last = units[end - 1]
    pause_ms = units[end].start_ms - last.end_ms if end < len(units) else rules.pause_ms
    cost = _CUE_COST + _END_COST[last.ends] * (1 - 0.8 * min(1.0, pause_ms / _PAUSES_ENOUGH_MS))
    cost += _time_cost(rules, units, first, end, length)
    ended = [_has_ended(units, at, rules) for at in range(first, end)]
    begins = first == 0 or _has_ended(units, first - 1, rules)
    if True in ended and not ended[-1]:
        cost += _BEGUN_COST
    elif layout.second is not None and True in ended[:-1]:
        cost += _STRADDLED_COST * (units[layout.second - 1].ends > End.CLAUSE)
    if length < _SCRAP_SHARE * rules.line_chars_max and not (begins and ended[-1]):
        cost += _SCRAP_COST
    return cost + _pauses_cost(rules, units, first, end)


def _has_ended(units: Sequence[Unit], at: int, rules: CueRules) -> bool:
    """Whether a sentence ends with a unit, or whoever speaks is silent then."""
    if units[at].ends is End.SENTENCE or at + 1 == len(units):
        return True
    return units[at + 1].start_ms - units[at].end_ms >= rules.pause_ms


def _time_cost(
    rules: CueRules, units: Sequence[Unit], first: int, end: int, length: float
) -> float:
    room_ms = rules.duration_ms_max
    if end < len(units):
        room_ms = min(room_ms, units[end].start_ms - rules.gap_ms - units[first].start_ms)
    room_ms = max(room_ms, 1)
    fast = length * 1000 / (room_ms * rules.chars_per_s_max) - 1
    short = 1 - room_ms / rules.duration_ms_min
    return _FAST_COST * max(0.0, min(fast, 2.0)) + _SHORT_COST * max(0.0, short)


def _pauses_cost(rules: CueRules, units: Sequence[Unit], first: int, end: int) -> float:
    """Return what it costs that somebody pauses within the cue."""
    cost = 0.0
    for at in range(first + 1, end):
        pause_ms = units[at].start_ms - units[at - 1].end_ms
        if pause_ms > _PAUSE_FELT_MS:
            cost += _PAUSE_COST * pause_ms / rules.pause_ms
    return cost


def broken_rules(cues: Sequence[Cue], rules: CueRules) -> tuple[Notice, ...]:
    """Return which of *cues*, signs left out, break which of the rules."""
    wide: list[int] = []
    fast: list[int] = []
    short: list[int] = []
    for number, cue in enumerate(cues, 1):
        if cue.sign:
            continue
        lengths = [rules.length("".join(span.text for span in line)) for line in cue.lines]
        lasts_ms = cue.end_ms - cue.start_ms
        if max(lengths) > rules.line_chars_max:
            wide.append(number)
        if lasts_ms < rules.duration_ms_min:
            short.append(number)
        if sum(lengths) * 1000 > rules.chars_per_s_max * lasts_ms:
            fast.append(number)
    return (
        *([Notice(code="cues_lines_too_long", **_places(wide))] if wide else []),
        *([Notice(code="cues_too_fast", **_places(fast))] if fast else []),
        *([Notice(code="cues_too_short", **_places(short))] if short else []),
    )


def _places(cues: Sequence[int]) -> _Places:
    kept = tuple(cues[:_PLACES_KEPT])
    return {"cues": kept, "more": len(cues) - len(kept)}
