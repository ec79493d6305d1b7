"""Divide a paragraph into what is set alike: one family, one script, one direction, one style.

What may not be divided is a unit: a grapheme, or an emoji that has a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine_kit.text.breaks import graphemes
from engine_kit.text.characters import (
    NEUTRAL_SCRIPTS,
    is_wide,
    may_be_wide,
    script_of,
)
from engine_kit.text.emoji import EmojiPictures
from engine_kit.text.faces import Families, Family
from media_jobs.characters import has_own_glyph

_FOREIGN_SHARE = 0.15
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})

__all__ = ["Item", "Unit", "document_language", "han_language", "items_of", "units_of"]


@dataclass(frozen=True, slots=True)
class Unit:
    """text[start:end], the family that draws it, or the picture that stands for it.

    *missing*: no family has glyphs for it.
    """

    start: int
    end: int
    family: Family
    script: str
    picture: Path | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch of units that is shaped as a whole. *style*: an index of the caller's."""

    start: int
    end: int
    family: Family
    script: str
    level: int
    style: int
    picture: Path | None = None


def han_language(text: str, fallback: str = "zh") -> str:
    """Return the language whose Han shapes suit *text*: ja with kana, ko with Hangul.

    Without either it is *fallback*, which is that of the whole document, or Chinese where Japanese
    has not all of the characters; without Han, kana and Hangul "".
    """
    scripts = {script_of(character) for character in text}
    if scripts & {"Hira", "Kana"}:
        return "ja"
    if "Hang" in scripts:
        return "ko"
    if fallback in ("ja", "ko") and not all(map(_is_japanese, _han_in(text))):
        return _chinese(text)
    return fallback if scripts & {"Hani", "Bopo"} else ""


def _han_in(text: str) -> list[str]:
    return [character for character in text if script_of(character) == "Hani"]


@lru_cache(maxsize=8192)
def _is_in(codec: str, character: str) -> bool:
    try:
        return bool(character.encode(codec))
    except UnicodeEncodeError:
        return False


def _is_japanese(character: str) -> bool:
    # JIS X 0208, in which everyday Japanese is written.
    return _is_in("shift_jis", character)


def _chinese(text: str) -> str:
    """Return zh-Hant where more characters are traditional alone than simplified alone, else zh."""
    han = _han_in(text)
    traditional = sum(_is_in("big5", c) and not _is_in("gb2312", c) for c in han)
    simplified = sum(_is_in("gb2312", c) and not _is_in("big5", c) for c in han)
    return "zh-Hant" if traditional > simplified else "zh"


_HAN_OF_REGION = {"HK": "zh-HK", "MO": "zh-HK", "TW": "zh-Hant"}


def _han_of(tag: str) -> str | None:
    """Return the language of the Han in texts of a language (BCP 47), None where it has none."""
    language, *more = tag.split("-")
    if language in ("ja", "ko"):
        return language
    if language not in ("zh", "yue", "cmn", "nan", "wuu", "hak"):
        return None
    region = next((_HAN_OF_REGION[one] for one in more if one in _HAN_OF_REGION), None)
    if "Hans" in more:
        return "zh"
    if "Hant" in more:
        return region or "zh-Hant"
    return region or ("zh-HK" if language == "yue" else "zh")


def document_language(text: str, tag: str | None = None) -> str:
    """Return the language of the Han in *text* that no kana or Hangul is near: zh, ja or ko.

    *tag*: the language of the text (BCP 47), where it is known; it alone can say zh-HK. Without
    one, traditional characters are zh-Hant.
    A Chinese film stays Chinese when one of its names is written in Hangul.
    """
    known = _han_of(tag) if tag else None
    if known is not None:
        return known
    counts = {"Hani": 0, "kana": 0, "Hang": 0}
    for character in text:
        script = script_of(character)
        name = "kana" if script in ("Hira", "Kana") else script
        if name in counts:
            counts[name] += 1
    if counts["kana"] > counts["Hani"] * _FOREIGN_SHARE:
        return "ja"
    return "ko" if counts["Hang"] > counts["Hani"] * _FOREIGN_SHARE else _chinese(text)


def units_of(
    text: str,
    families: Families,
    emoji: EmojiPictures | None,
    *,
    language: str,
    bold: Sequence[bool],
) -> list[Unit]:
    """Divide *text*; *language*: of its Han (han_language). *bold*: of each character."""
    choice = _Choice(text, _resolved_scripts(text), families, language, bold)
    units: list[Unit] = []
    start = 0
    for end in graphemes(text):
        signs = emoji.signs(text[start:end]) if emoji is not None else ()
        if not signs:
            units.append(choice.unit(start, end, units[-1] if units else None))
        for picture, length in signs:
            units.append(Unit(start, start + length, families.main, "Zyyy", picture))
            start += length
        start = end
    return units


def items_of(units: Sequence[Unit], levels: Sequence[int], styles: Sequence[int]) -> list[Item]:
    """Join neighbouring units that are set alike; *levels*, *styles*: of each character."""
    items: list[Item] = []
    for unit in units:
        level, style = levels[unit.start], styles[unit.start]
        last = items[-1] if items else None
        if (
            last is not None
            and unit.picture is None
            and last.picture is None
            and (last.family, last.script, last.level, last.style)
            == (unit.family, unit.script, level, style)
        ):
            items[-1] = Item(last.start, unit.end, last.family, last.script, level, style)
            continue
        items.append(
            Item(unit.start, unit.end, unit.family, unit.script, level, style, unit.picture)
        )
    return items


@dataclass(frozen=True, slots=True)
class _Choice:
    """Chooses families for the letters of a text."""

    text: str
    scripts: Sequence[str]
    families: Families
    language: str
    bold: Sequence[bool]

    def unit(self, start: int, end: int, before: Unit | None) -> Unit:
        """Return text[start:end] as a unit that is drawn by a family."""
        script = self.scripts[start]
        seen = "".join(c for c in self.text[start:end] if has_own_glyph(c))
        if not seen:
            # Spaces stay with the word before them: fewer runs, and a width of that word's face.
            if before is None or before.picture is not None or not before.family.has(" "):
                return Unit(start, end, self.families.main, script)
            return Unit(start, end, before.family, before.script)
        han = is_wide(seen[0]) or (script in _EAST_ASIAN and may_be_wide(seen[0]))
        # A sign that only another family has: the letter decides.
        for wanted in (seen, seen[0]):
            family = self.families.that_draws(
                wanted, han=han, language=self.language or "zh", bold=self.bold[start]
            )
            if family is not None:
                return Unit(start, end, family, script)
        return Unit(start, end, self.families.main, script, missing=True)


def _resolved_scripts(text: str) -> list[str]:
    """Return each character's script; neutral ones take that before them, else that after."""
    scripts = [script_of(character) for character in text]
    last = next((script for script in scripts if script not in NEUTRAL_SCRIPTS), "Zyyy")
    for at, script in enumerate(scripts):
        if script in NEUTRAL_SCRIPTS:
            scripts[at] = last
        else:
            last = script
    return scripts
