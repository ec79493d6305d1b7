"""What a cue may be, by the script that it is written in, so that it can be read in its time.

Figures of published house styles, which nearly agree: the Netflix Timed Text Style Guides
(characters of a line and in a second, 5/6 s to 7 s, two frames between cues, gaps below half a
second closed) and the BBC's subtitle guidelines. Signs that stand on a letter count nothing, and
where the script is wide a narrow character counts a half.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["CueRules", "rules_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRules:
    """The rules of one script.

    *is_wide*: its characters are as wide as high. *pause_ms*: where nothing is said for so long,
    a cue ends. *gap_ms*: what is free between two cues, 2 frames of 24 in a second; a gap that is
    shorter than *gap_closed_ms* is closed to it.
    """

    line_chars_max: int
    chars_per_s_max: float
    is_wide: bool = False
    lines_max: int = 2
    duration_ms_min: int = 833
    duration_ms_max: int = 7_000
    gap_ms: int = 84
    gap_closed_ms: int = 500
    pause_ms: int = 1_000

    def weight(self, character: str) -> float:
        """Return how much *character* counts."""
        width = _width(character)
        if self.is_wide:
            return width / 2
        # A wide one fills a line, and takes a reader's time, as in the rules of Han.
        return _WIDE_IN_NARROW if width == 2 else width

    def length(self, text: str) -> float:
        """Return how much *text* counts, of *line_chars_max* or *chars_per_s_max*."""
        return sum(map(self.weight, text))


_WIDE_IN_NARROW = 42 / 16


@lru_cache(maxsize=8192)
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "FW" else 1


_LATIN = CueRules(line_chars_max=42, chars_per_s_max=20)
_ABUGIDA = CueRules(line_chars_max=42, chars_per_s_max=22)
_CHINESE = CueRules(line_chars_max=16, chars_per_s_max=9, is_wide=True)
# 4 characters in a second are for translations, which say it shorter: of what is said itself, 7.
_JAPANESE = CueRules(line_chars_max=13, chars_per_s_max=7, is_wide=True)
_KOREAN = CueRules(line_chars_max=16, chars_per_s_max=12, is_wide=True)

# By the first word of a character's name in Unicode.
_RULES: Mapping[str, CueRules] = {
    "LATIN": _LATIN,
    "GREEK": CueRules(line_chars_max=42, chars_per_s_max=17),
    "CYRILLIC": CueRules(line_chars_max=39, chars_per_s_max=17),
    "ARABIC": CueRules(line_chars_max=42, chars_per_s_max=20),
    "HEBREW": CueRules(line_chars_max=42, chars_per_s_max=17),
    "DEVANAGARI": _ABUGIDA,
    "TAMIL": _ABUGIDA,
    "TELUGU": _ABUGIDA,
    "THAI": CueRules(line_chars_max=35, chars_per_s_max=17),
    "CJK": _CHINESE,
    "HIRAGANA": _JAPANESE,
    "KATAKANA": _JAPANESE,
    "HANGUL": _KOREAN,
}
_JAPANESE_SHARE = 0.05
"""Of Han, so much kana makes a text Japanese: a Chinese one has a name of it now and then."""
_READ_CHARS = 20_000


def rules_for(text: str, language: str | None = None) -> CueRules:
    """Return the rules of the script that most of *text* is written in, Latin's for unknown ones.

    *language* (BCP 47), where it is known, tells Japanese without kana from Chinese.
    """
    counts: dict[str, int] = {}
    for character in text[:_READ_CHARS]:
        if character.isalpha():
            script = unicodedata.name(character, "").partition(" ")[0]
            counts[script] = counts.get(script, 0) + 1
    kana = counts.pop("HIRAGANA", 0) + counts.pop("KATAKANA", 0)
    han = counts.get("CJK", 0) + kana
    # A character of Han says as much as several letters.
    weighed = {**counts, "CJK": 3 * han, "HANGUL": 3 * counts.get("HANGUL", 0)}
    script = max(weighed, key=weighed.__getitem__)
    if script == "CJK" and han:
        is_japanese = kana > han * _JAPANESE_SHARE or (language or "").split("-")[0] == "ja"
        return _JAPANESE if is_japanese else _CHINESE
    return _RULES.get(script, _LATIN) if weighed[script] else _LATIN
