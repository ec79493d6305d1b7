"""The part of UAX #9 that reads explicit marks: embeddings, overrides and isolates (P2 to X10)."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = [
    "ISOLATES",
    "REMOVED",
    "IsolatingRun",
    "classes",
    "direction_of",
    "explicit_levels",
    "first_strong",
    "isolating_runs",
]

_DEPTH_MAX = 125
_STRONG = ("L", "R", "AL")
_EMBEDDINGS = {"LRE": (0, None), "RLE": (1, None), "LRO": (0, "L"), "RLO": (1, "R")}
ISOLATES = {"LRI": 0, "RLI": 1, "FSI": None}
"""The classes that open an isolate, and its direction; None: that of its first strong letter."""
REMOVED = frozenset({*_EMBEDDINGS, "PDF", "BN"})
"""The classes that take no part in what follows (X9)."""


def classes(text: str) -> list[str]:
    """Return the bidirectional class of each character."""
    # Unassigned characters have none in Python's table; outside of the right-to-left blocks
    # Unicode's default is L.
    return [unicodedata.bidirectional(character) or "L" for character in text]


def first_strong(kinds: Sequence[str], start: int) -> int | None:
    """Return the level that the first strong character from *start* gives, isolates passed over."""
    depth = 0
    for kind in kinds[start:]:
        if kind in ISOLATES:
            depth += 1
        elif kind == "PDI":
            if depth == 0 and start:
                return None
            depth = max(0, depth - 1)
        elif depth == 0 and kind in _STRONG:
            return 0 if kind == "L" else 1
    return None


@dataclass(slots=True)
class _Status:
    """An entry of the directional status stack (X1)."""

    level: int
    override: str | None = None
    isolate: bool = False


@dataclass(slots=True)
class _Reading:
    """The state of X1 to X8 while the characters are read. *kinds*: their classes."""

    kinds: Sequence[str]
    base: int
    stack: list[_Status]
    levels: list[int] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    isolates: int = 0
    too_deep_isolates: int = 0
    too_deep_embeddings: int = 0

    def read(self, at: int, kind: str) -> None:
        """Take the next character."""
        if kind in ISOLATES:
            self._keep(kind)
            direction = ISOLATES[kind]
            if direction is None:
                direction = first_strong(self.kinds, at + 1) or 0
            if self._opens(direction, None, isolate=True):
                self.isolates += 1
            else:
                self.too_deep_isolates += 1
        elif kind in _EMBEDDINGS:
            self._keep(kind, removed=True)
            if not self._opens(*_EMBEDDINGS[kind]) and not self.too_deep_isolates:
                self.too_deep_embeddings += 1
        elif kind == "PDI":
            self._close_isolate()
            self._keep(kind)
        elif kind == "PDF":
            self._keep(kind, removed=True)
            self._close_embedding()
        elif kind == "B":
            self.levels.append(self.base)
            self.resolved.append(kind)
        else:
            self._keep(kind, removed=kind == "BN")

    def _keep(self, kind: str, *, removed: bool = False) -> None:
        top = self.stack[-1]
        self.levels.append(top.level)
        self.resolved.append(kind if removed else top.override or kind)

    def _opens(self, direction: int, override: str | None, *, isolate: bool = False) -> bool:
        level = self.stack[-1].level + 1
        level += level % 2 != direction
        if level > _DEPTH_MAX or self.too_deep_isolates or self.too_deep_embeddings:
            return False
        self.stack.append(_Status(level, override, isolate))
        return True

    def _close_isolate(self) -> None:
        if self.too_deep_isolates:
            self.too_deep_isolates -= 1
        elif self.isolates:
            self.too_deep_embeddings = 0
            while not self.stack[-1].isolate:
                self.stack.pop()
            self.stack.pop()
            self.isolates -= 1

    def _close_embedding(self) -> None:
        if self.too_deep_isolates:
            return
        if self.too_deep_embeddings:
            self.too_deep_embeddings -= 1
        elif not self.stack[-1].isolate and len(self.stack) > 1:
            self.stack.pop()


def explicit_levels(kinds: Sequence[str], base: int) -> tuple[list[int], list[str]]:
    """Return each character's explicit level, and its class under overrides (X1 to X8)."""
    reading = _Reading(kinds, base, [_Status(base)])
    for at, kind in enumerate(kinds):
        reading.read(at, kind)
    return reading.levels, reading.resolved


@dataclass(slots=True)
class IsolatingRun:
    """An isolating run sequence (X10): places in the text, and what stands before and after."""

    places: list[int]
    level: int
    before: str = "L"
    after: str = "L"


def direction_of(level: int) -> str:
    return "R" if level % 2 else "L"


def isolating_runs(
    kinds: Sequence[str], embedding: Sequence[int], base: int
) -> Iterable[IsolatingRun]:
    """Yield the sequences in which classes influence each other; *embedding*: explicit levels."""
    kept = [at for at, kind in enumerate(kinds) if kind not in REMOVED]
    runs: list[list[int]] = []
    for at in kept:
        if runs and embedding[runs[-1][-1]] == embedding[at]:
            runs[-1].append(at)
        else:
            runs.append([at])
    matching = _matching_isolates(kinds)
    by_start = {run[0]: run for run in runs}
    order = {at: place for place, at in enumerate(kept)}
    continued = {closed for opened, closed in matching.items()}
    for run in runs:
        if run[0] in continued and kinds[run[0]] == "PDI":
            continue
        places = list(run)
        while kinds[places[-1]] in ISOLATES and places[-1] in matching:
            places += by_start[matching[places[-1]]]
        level = embedding[places[0]]
        first, last = order[places[0]], order[places[-1]]
        left = embedding[kept[first - 1]] if first else base
        open_end = kinds[places[-1]] in ISOLATES
        right = embedding[kept[last + 1]] if last + 1 < len(kept) and not open_end else base
        yield IsolatingRun(
            places, level, direction_of(max(left, level)), direction_of(max(right, level))
        )


def _matching_isolates(kinds: Sequence[str]) -> dict[int, int]:
    """Return the place of each isolate's end, by the place of its begin (BD9)."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for at, kind in enumerate(kinds):
        if kind in ISOLATES:
            opened.append(at)
        elif kind == "PDI" and opened:
            found[opened.pop()] = at
    return found
