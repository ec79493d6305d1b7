"""What kind of character this is, as far as setting text needs to know. Pure."""

import re
import unicodedata
from functools import lru_cache

from fontTools.unicodedata import script as _script_of  # type: ignore[import-untyped]

from engine_kit.text.bidi import MARKS

__all__ = [
    "NEUTRAL_SCRIPTS",
    "SOFT_HYPHEN",
    "cleaned",
    "is_unseen",
    "is_wide",
    "may_be_wide",
    "script_of",
]

NEUTRAL_SCRIPTS = frozenset({"Zyyy", "Zinh", "Zzzz"})
"""Common, inherited, unknown: what takes the script of its neighbours."""
SOFT_HYPHEN = "\u00ad"
_UNSEEN = frozenset("\u00ad\u034f\u180e\u200b\u2060\ufeff\ufff9\ufffa\ufffb\ufffc")
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo", "Yiii"})
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
MARKS_MAX = 3
"""More signs than this on one letter are ornament that would run over other lines."""


@lru_cache(maxsize=8192)
def script_of(character: str) -> str:
    """Return the ISO 15924 code of a character's script."""
    return str(_script_of(character))


def is_wide(character: str) -> bool:
    """Whether *character* is written in the Chinese, Japanese or Korean manner."""
    return script_of(character) in _EAST_ASIAN or (
        ord(character) < 0x1F000 and unicodedata.east_asian_width(character) in "FW"
    )


def may_be_wide(character: str) -> bool:
    """Whether *character* is wide among wide ones: quotation marks, dashes, ellipses."""
    return is_wide(character) or unicodedata.east_asian_width(character) == "A"


def is_unseen(character: str) -> bool:
    """Whether *character* directs how text is set and is itself not drawn."""
    return character in _UNSEEN or character in MARKS


def cleaned(text: str) -> str:
    """Return *text* as long as before, with controls and too many stacked signs made harmless.

    A tab or a line's end within it is a space; other controls, and what is above MARKS_MAX signs
    on one letter, become U+2060, which is not drawn.
    """
    text = _CONTROLS.sub("\u2060", _SPACES.sub(" ", text))
    if text.isascii():
        return text
    stacked = 0
    kept: list[str] = []
    for character in text:
        is_sign = unicodedata.combining(character) != 0 and script_of(character) == "Zinh"
        stacked = stacked + 1 if is_sign else 0
        kept.append("\u2060" if stacked > MARKS_MAX else character)
    return "".join(kept)
