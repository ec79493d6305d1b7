"""The part of UAX #9 that gives each character of an isolating run a direction (W1 to I2)."""

import unicodedata
from collections.abc import Sequence

from engine_kit.text.bidi_explicit import ISOLATES, IsolatingRun, direction_of

__all__ = ["implicit_level", "resolve"]

_NEUTRAL = frozenset({"B", "S", "WS", "ON", "PDI", *ISOLATES})
_OPENING = "([{\u2329\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\u301a\uff08\uff3b\uff5b\uff5f"
_CLOSING = ")]}\u232a\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b\uff09\uff3d\uff5d\uff60"
_BRACKETS = dict(zip(_OPENING, _CLOSING, strict=True))
_CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}
_BRACKETS_DEEP_MAX = 63


def resolve(sequence: IsolatingRun, kinds: list[str], text: str) -> None:
    """Replace the classes of *sequence* in *kinds* by L, R, EN and AN (W1 to N2)."""
    _marks_and_numbers(sequence, kinds)
    _separators(sequence.places, kinds)
    _latin_numbers(sequence, kinds)
    _paired(sequence, kinds, text)
    _neutral(sequence, kinds)


def _marks_and_numbers(sequence: IsolatingRun, kinds: list[str]) -> None:
    before, strong = sequence.before, sequence.before
    for at in sequence.places:
        if kinds[at] == "NSM":  # W1
            kinds[at] = "ON" if before in (*ISOLATES, "PDI") else before
        elif kinds[at] == "EN" and strong == "AL":  # W2
            kinds[at] = "AN"
        before = kinds[at]
        if before in ("L", "R", "AL"):
            strong = before
    for at in sequence.places:
        if kinds[at] == "AL":  # W3
            kinds[at] = "R"


def _latin_numbers(sequence: IsolatingRun, kinds: list[str]) -> None:
    strong = sequence.before
    for at in sequence.places:
        if kinds[at] in ("L", "R"):
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "L":  # W7
            kinds[at] = "L"


def _separators(places: Sequence[int], kinds: list[str]) -> None:
    for number in range(1, len(places) - 1):  # W4
        left, right = kinds[places[number - 1]], kinds[places[number + 1]]
        kind = kinds[places[number]]
        if left == right and (
            (kind == "CS" and left in ("EN", "AN")) or (kind == "ES" and left == "EN")
        ):
            kinds[places[number]] = left
    number = 0
    while number < len(places):  # W5
        end = number
        while end < len(places) and kinds[places[end]] == "ET":
            end += 1
        if end > number:
            near = [kinds[places[n]] for n in (number - 1, end) if 0 <= n < len(places)]
            for place in places[number:end]:
                kinds[place] = "EN" if "EN" in near else "ON"  # W5, W6
        number = max(end, number + 1)
    for place in places:
        if kinds[place] in ("ES", "CS"):  # W6
            kinds[place] = "ON"


def _strong_of(kind: str) -> str | None:
    if kind in ("R", "EN", "AN"):
        return "R"
    return "L" if kind == "L" else None


def _paired(sequence: IsolatingRun, kinds: list[str], text: str) -> None:
    """Give both brackets of a pair the direction of what they hold (N0)."""
    places, own = sequence.places, direction_of(sequence.level)
    for opened, closed in _bracket_pairs(places, kinds, text):
        inside = {_strong_of(kinds[places[n]]) for n in range(opened + 1, closed)} - {None}
        if own in inside:
            direction = own
        elif inside:
            direction = next(
                (
                    strong
                    for n in range(opened - 1, -1, -1)
                    if (strong := _strong_of(kinds[places[n]])) is not None
                ),
                sequence.before,
            )
        else:
            continue
        for number in (opened, closed):
            kinds[places[number]] = direction
            for after in places[number + 1 :]:
                # Marks on a bracket follow it.
                if unicodedata.bidirectional(text[after]) != "NSM":
                    break
                kinds[after] = direction


def _bracket_pairs(places: Sequence[int], kinds: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Return the pairs of brackets as numbers within *places*, in order (BD16)."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for number, at in enumerate(places):
        character = text[at]
        if kinds[at] != "ON":
            continue
        if character in _BRACKETS:
            if len(opened) == _BRACKETS_DEEP_MAX:
                break
            closing = _BRACKETS[character]
            opened.append((_CANONICAL.get(closing, closing), number))
        else:
            character = _CANONICAL.get(character, character)
            for place in range(len(opened) - 1, -1, -1):
                if opened[place][0] == character:
                    pairs.append((opened[place][1], number))
                    del opened[place:]
                    break
    return sorted(pairs)


def _neutral(sequence: IsolatingRun, kinds: list[str]) -> None:
    """Resolve what has no direction of its own (N1, N2)."""
    places, number = sequence.places, 0
    while number < len(places):
        if kinds[places[number]] not in _NEUTRAL:
            number += 1
            continue
        end = number
        while end < len(places) and kinds[places[end]] in _NEUTRAL:
            end += 1
        before = _strong_of(kinds[places[number - 1]]) if number else sequence.before
        after = _strong_of(kinds[places[end]]) if end < len(places) else sequence.after
        chosen = before if before == after and before else direction_of(sequence.level)
        for place in places[number:end]:
            kinds[place] = chosen
        number = end


def implicit_level(level: int, kind: str) -> int:
    """Return the level of a resolved character (I1, I2)."""
    if level % 2 == 0:
        return level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return level + (0 if kind == "R" else 1)
