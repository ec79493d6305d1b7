"""The lines of one cue: one, or two of about one length that end where a reader takes breath."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from media_jobs.subtitles.text import Line, Span
from media_jobs.subtitles.units import End, Spoken, Unit

__all__ = ["DASH", "Layout", "layout_of", "lines_of"]

DASH = "- "
"""Before what each of two speakers of one cue says."""

_END_COST = {
    End.SENTENCE: 0.0,
    End.CLAUSE: 0.05,
    End.BREATH: 0.1,
    End.WORD: 0.25,
    End.NAME: 1.2,
    End.TIED: 2.0,
    End.LETTER: 2.0,
}
_UNEVEN_COST = 1.2
_TOP_HEAVY_COST = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the first of two lines ends; None: there is one. *cost*: how far from good it is."""

    cost: float
    second: int | None = None
    is_dialogue: bool = False


def layout_of(spoken: Spoken, units: Sequence[Unit], first: int, end: int) -> Layout | None:
    """Return how units[first:end] stand in a cue, None where they don't fit."""
    rules = spoken.rules
    turns = [at for at in range(first + 1, end) if units[at].speaker != units[at - 1].speaker]
    if turns:
        return _dialogue(spoken, units, first, turns, end)
    length = spoken.length(units[first].start, units[end - 1].end)
    if length <= rules.line_chars_max:
        return Layout(cost=0.0)
    if length > 2 * rules.line_chars_max + 1 or rules.lines_max < 2:
        return None
    return _two_lines(spoken, units, first, end)


def _dialogue(
    spoken: Spoken, units: Sequence[Unit], first: int, turns: Sequence[int], end: int
) -> Layout | None:
    """Return two speakers, known ones, each on a line."""
    if len(turns) > 1 or spoken.rules.lines_max < 2:
        return None
    second = turns[0]
    if units[first].speaker is None or units[second].speaker is None:
        return None
    room = spoken.rules.line_chars_max - spoken.rules.length(DASH)
    upper = spoken.length(units[first].start, units[second - 1].end)
    lower = spoken.length(units[second].start, units[end - 1].end)
    if max(upper, lower) > room:
        return None
    return Layout(cost=0.0, second=second, is_dialogue=True)


def _two_lines(spoken: Spoken, units: Sequence[Unit], first: int, end: int) -> Layout | None:
    best: Layout | None = None
    line_max = spoken.rules.line_chars_max
    for second in range(first + 1, end):
        upper = spoken.length(units[first].start, units[second - 1].end)
        if upper > line_max:
            break
        lower = spoken.length(units[second].start, units[end - 1].end)
        if lower > line_max:
            continue
        uneven = (upper - lower) / (upper + lower)
        cost = _END_COST[units[second - 1].ends] + _UNEVEN_COST * uneven * uneven
        cost += _TOP_HEAVY_COST * (uneven > 0)
        if best is None or cost < best.cost:
            best = Layout(cost=cost, second=second)
    return best


def lines_of(
    spoken: Spoken, units: Sequence[Unit], first: int, end: int, layout: Layout
) -> tuple[Line, ...]:
    """Return the lines of units[first:end]; each word has its time."""
    middle = layout.second if layout.second is not None else end
    spans = [(first, middle), (middle, end)] if middle < end else [(first, end)]
    lines = [_line(spoken, units[a].start, units[b - 1].end) for a, b in spans]
    if layout.is_dialogue:
        lines = [(replace(line[0], text=DASH, at_ms=None), *line) for line in lines]
    return tuple(lines)


def _line(spoken: Spoken, start: int, end: int) -> Line:
    start, end = spoken.visible(start, end)
    spans: list[Span] = []
    at = start
    while at < end:
        number = spoken.word_at(at)
        word = spoken.words[number]
        stop = min(spoken.starts[number + 1], end)
        text = spoken.text[at:stop]
        at = stop
        bare = text.lstrip()
        if spans and len(bare) < len(text):
            # A space is no part of the word that begins behind it.
            spans[-1] = replace(spans[-1], text=spans[-1].text + text[: len(text) - len(bare)])
        if bare:
            spans.append(replace(word.look, text=bare, at_ms=word.start_ms))
    return tuple(spans)
