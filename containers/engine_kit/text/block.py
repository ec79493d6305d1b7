"""Text that has been set: lines of runs with their places. Figures are pixels."""

from dataclasses import dataclass
from pathlib import Path

from engine_kit.text.faces import Cut, Family
from engine_kit.text.shaping import Ink

__all__ = ["ABOVE", "BELOW", "PITCH", "Block", "Run", "SetLine", "Style"]

PITCH = 1.2
"""From one baseline to the next, in ems."""
ABOVE, BELOW = 0.88, 0.26
"""What a line's letters take above and below its baseline, in ems: Han above, a g below."""
CLEARANCE = 0.06
"""The least distance between the ink of two lines, in ems."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a span asks for beside its text. *colour*: `#rrggbb`, None for the usual one.

    *at_ms*: when it is said, where the file says so; text of another time is a run of its own.
    """

    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: str | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of one line in one face and direction, or an emoji's *picture*.

    *text* is in logical order, without what is not drawn. *level*: odd runs right to left.
    *x*: from the line's left end; *width*: its advance.
    """

    text: str
    family: Family
    cut: Cut
    script: str
    level: int
    style: Style
    x: float
    width: float
    picture: Path | None = None

    @property
    def rtl(self) -> bool:
        """Whether the run runs right to left."""
        return self.level % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """One line: its runs from left to right.

    *text*: what is drawn, in logical order. *ink*: from the left end of the baseline, None where
    nothing is drawn. *base*: 1 where its paragraph runs right to left. *paragraph*: its number.
    """

    runs: tuple[Run, ...]
    text: str
    width: float
    ink: Ink | None
    base: int
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines of one size. *em*: pixels. *missing*: what no family has a glyph for."""

    lines: tuple[SetLine, ...]
    em: float
    missing: frozenset[str] = frozenset()

    @property
    def width(self) -> float:
        """The advance of the widest line."""
        return max((line.width for line in self.lines), default=0.0)

    def baselines(self, pitch: float = PITCH) -> tuple[float, ...]:
        """Return each line's baseline, from the block's top. *pitch*: between two, in ems.

        Lines with more ink above or below than most, as Burmese has, stand further apart.
        """
        found: list[float] = []
        below = 0.0
        for number, line in enumerate(self.lines):
            above = -line.ink.top if line.ink is not None else 0.0
            if number == 0:
                found.append(max(ABOVE * self.em, above))
            else:
                clear = below + above + CLEARANCE * self.em
                found.append(found[-1] + max(pitch * self.em, clear))
            below = line.ink.bottom if line.ink is not None else 0.0
        return tuple(found)

    def height(self, pitch: float = PITCH) -> float:
        """Return the height: from the room of the first line's letters to that of the last's."""
        if not self.lines:
            return 0.0
        ink = self.lines[-1].ink
        return self.baselines(pitch)[-1] + max(BELOW * self.em, ink.bottom if ink else 0.0)
