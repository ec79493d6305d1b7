"""The lines of a translated cue, by the rules of its script."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine_kit.text.breaks import breaks

from media_jobs.subtitles.cue_layout import DASH, layout_of, lines_of
from media_jobs.subtitles.cue_rules import CueRules, rules_for
from media_jobs.subtitles.text import Line, Span
from media_jobs.subtitles.units import Spoken, units_of
from media_jobs.subtitles.words import Word
from translator.marking import Segment

__all__ = ["chars_max", "fits", "lines", "rules_of"]

_HAN = frozenset({"zh", "ja", "ko"})


def rules_of(text: str, language: str, line_chars_max: int | None) -> CueRules:
    """Return the rules of a translation's script, with a job's own length of lines if it has one.

    *text*: of a cue, or of many.
    """
    rules = rules_for(text, language)
    return rules if line_chars_max is None else replace(rules, line_chars_max=line_chars_max)


def chars_max(rules: CueRules, turns: int) -> int:
    """Return how many characters each of so many turns of a cue may have."""
    whole = rules.lines_max * rules.line_chars_max
    return whole if turns == 1 else max(1, whole // turns - math.ceil(rules.length(DASH)))


def fits(segments: Sequence[Segment], rules: CueRules, language: str, *, turns: int) -> bool:
    """Say whether a turn fits in its share of the cue's lines."""
    if turns > 1:
        return rules.length("".join(one.text for one in segments)) <= chars_max(rules, turns)
    return _laid_out(segments, rules, language) is not None


def lines(segments: Sequence[Segment], rules: CueRules, language: str, *, turns: int) -> list[Line]:
    """Return the lines of a turn: one where the cue has several turns, else one or two.

    One that is too long stands in two lines that are longer than they may be.
    """
    if turns > 1:
        return [tuple(replace(one.look, text=one.text) for one in segments)]
    found = _laid_out(segments, rules, language)
    length = rules.length("".join(one.text for one in segments))
    wider = max(rules.line_chars_max, math.ceil(length / rules.lines_max))
    while found is None and wider < length:
        # In few steps: a text without a place to end a line may be very long.
        wider += 1 + wider // 32
        found = _laid_out(segments, replace(rules, line_chars_max=wider), language)
    return found or [tuple(replace(one.look, text=one.text) for one in segments)]


def _laid_out(segments: Sequence[Segment], rules: CueRules, language: str) -> list[Line] | None:
    words = [Word(start_ms=0, end_ms=0, text=one.text, look=one.look) for one in segments]
    spoken = Spoken(words, rules)
    base = language.split("-")[0]
    units = units_of(spoken, breaks(spoken.text, language if base in _HAN else ""))
    if not units:
        return None
    layout = layout_of(spoken, units, 0, len(units))
    if layout is None:
        return None
    found = lines_of(spoken, units, 0, len(units), layout)
    return [tuple(_joined(line)) for line in found]


def _joined(line: Line) -> Iterator[Span]:
    """Yield the spans of *line* without times, neighbours of one style as one."""
    pending: Span | None = None
    for span in line:
        plain = replace(span, at_ms=None)
        if pending is not None and replace(pending, text="") == replace(plain, text=""):
            pending = replace(pending, text=pending.text + plain.text)
            continue
        if pending is not None:
            yield pending
        pending = plain
    if pending is not None:
        yield pending
