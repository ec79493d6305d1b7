"""Writing direction: which parts of a line run right to left, and in which order they are drawn.

A reduced Unicode Bidirectional Algorithm (UAX 9): paragraph direction by the first strong
character (P2, P3), numbers (W2, W4, W7), neutrals (N1, N2), levels (I1, I2) and reordering (L2).
Explicit embeddings and isolates are left out: `characters.plain` has removed them.
"""

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

_NEUTRAL = {"B", "S", "WS", "ON", "BN", "ET", "ES", "CS"}


def runs_right_to_left(text: str) -> bool:
    """Say whether the paragraph *text* starts at the right: its first strong character decides."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def levels(text: str, *, base: int) -> list[int]:
    """Return the embedding level of each character; odd levels run right to left.

    *base* is the paragraph's own level, 0 or 1.
    """
    kinds = _kinds(text, base)
    resolved = [_level(kind, base) for kind in kinds]
    at = 0
    while at < len(kinds):
        if kinds[at] not in _NEUTRAL:
            at += 1
            continue
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _side(kinds[at - 1]) if at else base
        after = _side(kinds[end]) if end < len(kinds) else base
        # N1: between equal sides neutrals follow them; N2: otherwise the paragraph.
        inside = base + 1 if before == after != base else base
        resolved[at:end] = [inside] * (end - at)
        at = end
    return resolved


def _side(kind: str) -> int:
    # N1: a number counts as right-to-left where its neighbours are concerned.
    return 0 if kind == "L" else 1


def _level(kind: str, base: int) -> int:
    if kind == "R":
        return 1
    if kind == "L":
        return base * 2
    return 2 if kind == "N" else base


def _kinds(text: str, base: int) -> list[str]:
    """Reduce the classes to L, R, N (a number among right-to-left text) and neutrals."""
    strong = "R" if base else "L"
    kinds: list[str] = []
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            strong = "L" if kind == "L" else "R"
            kinds.append(strong)
        elif kind == "EN":
            kinds.append("L" if strong == "L" else "N")
        elif kind == "AN":
            kinds.append("N")
        elif kind == "NSM":
            kinds.append(kinds[-1] if kinds else strong)
        else:
            kinds.append(kind if kind in _NEUTRAL else "ON")
    for at in range(1, len(kinds) - 1):
        separates = unicodedata.bidirectional(text[at]) in {"ES", "CS"}
        if separates and kinds[at - 1] == kinds[at + 1] == "N":
            kinds[at] = "N"  # W4: a separator between two digits belongs to the number.
    return kinds


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
