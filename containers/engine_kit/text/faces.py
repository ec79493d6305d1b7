"""The families that text is set in, and which of them draws which character.

Neither libass nor Pillow is left to fall back from one family to another: each run of a text names
its own. A family is what its files say of themselves (name, OS/2 and fvar tables), so a font that
is installed is used without a list here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine_kit.fonts import FAMILY, coverage

__all__ = ["BOLD", "REGULAR", "Cut", "Families", "Family", "families_in"]

REGULAR, BOLD = 400, 700
# Set narrower, for user interfaces, or as ornament.
_NOT_FOR_TEXT = frozenset({"Mono", "Display", "UI", "Condensed"})
_HAN = {
    "Noto Sans CJK SC": "zh",
    "Noto Sans CJK TC": "zh-Hant",
    "Noto Sans CJK HK": "zh-HK",
    "Noto Sans CJK JP": "ja",
    "Noto Sans CJK KR": "ko",
    # Fewer characters, but a weight axis.
    "Noto Sans SC": "zh",
    "Noto Sans TC": "zh-Hant",
    "Noto Sans JP": "ja",
    "Noto Sans KR": "ko",
}
_SYMBOLS = ("Noto Sans Symbols", "Noto Sans Math", "Noto Music")
_EMOJI = "Noto Emoji"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One face of a family: a file, its place in a collection, and its weight on a weight axis.

    *weight*: 400 regular, 700 bold. *variable*: the file has a weight axis, which is set to it.
    """

    path: Path
    index: int = 0
    weight: int = REGULAR
    italic: bool = False
    variable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family by the name that libass finds it with. *language*: of its Han shapes, if any.

    *line_per_em*: OS/2 winAscent + winDescent over the em, which is what ASS calls a font's size;
    *ascent_per_em*: the first of both.
    """

    name: str
    cuts: tuple[Cut, ...]
    line_per_em: float
    ascent_per_em: float
    language: str = ""

    def cut(self, *, bold: bool = False, italic: bool = False) -> Cut:
        """Return the face for a weight and a slope, or the nearest there is: slope first."""
        weight = BOLD if bold else REGULAR
        return min(self.cuts, key=lambda cut: (cut.italic is not italic, abs(cut.weight - weight)))

    def has_weight(self, *, bold: bool) -> bool:
        """Whether a cut is of that weight, so that libass need not thicken another."""
        return any(cut.weight == (BOLD if bold else REGULAR) for cut in self.cuts)

    def has(self, text: str) -> bool:
        """Whether the family has a glyph for each character of *text*."""
        codes = coverage(self.cuts[0].path, self.cuts[0].index)
        return all(ord(character) in codes for character in text)


@dataclass(slots=True, eq=False)
class Families:
    """Families in order of preference: Noto Sans, single scripts, symbols, Han, emoji."""

    all: tuple[Family, ...]
    _chosen: dict[tuple[str, bool, str, bool], Family | None] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of all families, each once."""
        return tuple(dict.fromkeys(cut.path for family in self.all for cut in family.cuts))

    @property
    def main(self) -> Family:
        """The family of Latin, Greek and Cyrillic."""
        return self.all[0]

    def that_draws(
        self, text: str, *, han: bool, language: str, bold: bool = False
    ) -> Family | None:
        """Return the first family with glyphs for *text*, None where there is none.

        *han*: families of Chinese, Japanese and Korean come first. Of those, one that has the
        weight comes before one that has not, and then the one of *language* before the others.
        """
        asked = (text, han, language, bold)
        if asked not in self._chosen:
            ordered = sorted(
                self.all,
                key=lambda family: (
                    han and not family.language,
                    bool(family.language) and not family.has_weight(bold=bold),
                    bool(family.language) and family.language != language,
                ),
            )
            self._chosen[asked] = next((family for family in ordered if family.has(text)), None)
        return self._chosen[asked]


@lru_cache(maxsize=16)
def families_in(files: tuple[Path, ...]) -> Families:
    """Return the families that *files* hold; raises ValueError when Noto Sans is not among them."""
    cuts: dict[str, list[Cut]] = {}
    for path in files:
        for name, cut in _cuts(path):
            if not _NOT_FOR_TEXT & set(name.split()):
                cuts.setdefault(name, []).append(cut)
    if FAMILY not in cuts:
        raise ValueError(f"{FAMILY} is not installed")
    return Families(tuple(sorted((_family(n, c) for n, c in cuts.items()), key=_rank)))


def _rank(family: Family) -> tuple[bool, bool, bool, bool, bool, str]:
    return (
        family.name == _EMOJI,
        "Serif" in family.name,
        bool(family.language),
        family.name.startswith(_SYMBOLS),
        family.name != FAMILY,
        family.name,
    )


def _family(name: str, cuts: Iterable[Cut]) -> Family:
    # The regular cut leads: its character map and its metrics are the family's.
    ordered = sorted(cuts, key=lambda cut: (cut.italic, cut.weight != REGULAR, cut.weight))
    ascent, descent = _win_metrics(ordered[0])
    return Family(
        name=name,
        cuts=tuple(ordered),
        line_per_em=ascent + descent,
        ascent_per_em=ascent,
        language=_HAN.get(name, ""),
    )


def _cuts(path: Path) -> Iterable[tuple[str, Cut]]:
    """Yield the family and the cuts of each face of a file."""
    # Slow to import, and not needed by an engine that draws no text. It has no type marker.
    from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

    is_collection = path.suffix.lower() in (".ttc", ".otc")
    with TTCollection(path, lazy=True) if is_collection else TTFont(path, lazy=True) as opened:
        for index, font in enumerate(opened.fonts if is_collection else (opened,)):
            names, metrics = font["name"], font["OS/2"]
            name = str(names.getDebugName(16) or names.getDebugName(1))
            italic = bool(metrics.fsSelection & 1)
            weights = _weights(font)
            for weight in weights or (metrics.usWeightClass,):
                yield (
                    name,
                    Cut(
                        path=path,
                        index=index,
                        weight=weight,
                        italic=italic,
                        variable=bool(weights),
                    ),
                )


def _weights(font: Any) -> list[int]:  # fontTools' TTFont has no types.
    """Return which of our weights a font's weight axis has."""
    axes = {axis.axisTag: axis for axis in font["fvar"].axes} if "fvar" in font else {}
    if "wght" not in axes:
        return []
    return [w for w in (REGULAR, BOLD) if axes["wght"].minValue <= w <= axes["wght"].maxValue]


def _win_metrics(cut: Cut) -> tuple[float, float]:
    from fontTools.ttLib import TTFont  # As above.

    with TTFont(cut.path, fontNumber=cut.index, lazy=True) as font:
        em = font["head"].unitsPerEm
        return font["OS/2"].usWinAscent / em, font["OS/2"].usWinDescent / em
