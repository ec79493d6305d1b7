"""Text that has been set: lines of runs with their places. Figures are pixels."""

from dataclasses import dataclass
from pathlib import Path

from engine_kit.text.faces import Cut, Family
from engine_kit.text.shaping import Ink

__all__ = ["Block", "Run", "SetLine", "Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """What a span asks for beside its text."""

    bold: bool = False
    italic: bool = False
    underline: bool = False


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
