"""Writing direction: which parts of a paragraph run right to left, and in which order the parts of
a line are drawn. The Unicode Bidirectional Algorithm (UAX #9) with its explicit marks, isolates and
paired brackets; the rules are named where they are applied.

Of the packages for Python, none answers with levels: they give a reordered string, from which the
place of a character in its text can't be told.
"""

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from engine_kit.text.bidi_explicit import (
    ISOLATES,
    REMOVED,
    classes,
    explicit_levels,
    first_strong,
    isolating_runs,
)
from engine_kit.text.bidi_resolve import implicit_level, resolve

__all__ = ["MARKS", "base_level", "in_visual_order", "levels", "line_levels"]

MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""The characters that only direct others."""

_DIRECTING = frozenset({"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", *ISOLATES})
_TRAILING = frozenset({"WS", "S", "B", "PDI", *ISOLATES, *REMOVED})


def base_level(text: str) -> int:
    """Return 1 where the paragraph starts at the right, else 0 (rules P2, P3)."""
    return first_strong(classes(text), 0) or 0


def levels(text: str, *, base: int) -> list[int]:
    """Return the embedding level of each character; odd levels run right to left.

    *base* is the paragraph's own level, 0 or 1. Characters that the algorithm removes (X9) have the
    level of the one before them.
    """
    kinds = classes(text)
    if base == 0 and not _DIRECTING.intersection(kinds):
        return [0] * len(text)
    embedding, resolved = explicit_levels(kinds, base)
    for sequence in isolating_runs(kinds, embedding, base):
        resolve(sequence, resolved, text)
    result, before = [0] * len(text), base
    for at, kind in enumerate(kinds):
        if kind not in REMOVED:
            before = implicit_level(embedding[at], resolved[at])
        result[at] = before
    return result


def line_levels(text: str, whole: Sequence[int], *, base: int) -> list[int]:
    """Return the levels within one line: spaces at its end run as the paragraph does (L1)."""
    line = list(whole)
    for at in range(len(text) - 1, -1, -1):
        if unicodedata.bidirectional(text[at]) not in _TRAILING:
            break
        line[at] = base
    return line


T = TypeVar("T")


def in_visual_order(parts: Sequence[tuple[int, T]]) -> list[tuple[int, T]]:
    """Return (level, part) pairs from left to right as drawn (rule L2)."""
    ordered = list(parts)
    highest = max((level for level, _ in ordered), default=0)
    for threshold in range(highest, 0, -1):
        at = 0
        while at < len(ordered):
            end = at
            while end < len(ordered) and ordered[end][0] >= threshold:
                end += 1
            ordered[at:end] = reversed(ordered[at:end])
            at = max(end, at + 1)
    return ordered
