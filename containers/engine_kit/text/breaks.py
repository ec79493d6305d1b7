"""Where a text may be divided: by ICU, which has UAX #14's rules, UAX #29's graphemes, and the
dictionaries that writing without spaces needs (Thai, Lao, Khmer, Burmese, Chinese, Japanese).
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from icu4py.breakers import BaseBreaker, CharacterBreaker, LineBreaker, WordBreaker

from engine_kit.text.characters import script_of
from media_jobs.subtitles.breaks import Quality

__all__ = ["breaks", "forced_breaks", "graphemes"]

# Vowels that are written before the letter they belong to: Thai and Lao.
_LEADING_VOWELS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_NOT_FIRST = frozenset(
    "!%),.:;?]}\u00a2\u00b0\u00b7\u00bb\u2019\u201d\u2026\u3001\u3002\u3005\u300b\u300d\u300f\u3011"
    "\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\u0e33\u0e2f\u0e46\u0eb3\u0ec6\u060c\u061f\u06d4"
)
_SHORT_WORD = re.compile(r"(?:^|[\s\"'“‘(\[])[^\W\d_]{1,3}$|(?:^|\s)[^\W\d_a-zà-ÿ]\w{0,2}\.$")
"""A word of up to three letters, or an abbreviation that begins with a capital: Mr., St."""
_WITH_SHORT_WORDS = frozenset({"Latn", "Grek", "Cyrl", "Arab", "Hebr"})
"""Scripts whose languages have them before what they belong to; Hindi has them behind it."""
_PUNCTUATION = frozenset(",;:.!?…—–،؛؟।၊။、。，．；：！？")
_CLOSING = "\"'”’»)]」』）】》 "
# In Japanese no line begins with a small kana or a sign of length: CSS's line-break: strict.
_LOCALES = {"zh": "zh", "zh-Hant": "zh", "zh-HK": "zh", "ja": "ja@lb=strict", "ko": "ko"}
_UNIT = re.compile(r"(?:[%‰°′″€$£¥₹₽₩₺]|[^\W\d_]{1,3}(?!\w)|\d{3}(?!\d))")
"""What belongs to the number before it: a unit, a currency, the next three digits."""
_BEFORE_NUMBERS = tuple("$£€¥₹₽₩₺#№§")
_JOINTS = frozenset("._-@/\\&?=#+%~:,;|…")
STUB = 3
"""Of a word that is longer than a line, no fewer letters stand alone."""


def graphemes(text: str) -> list[int]:
    """Return where each grapheme of *text* ends."""
    return _ends(CharacterBreaker(text, "en")) if text else []


def breaks(text: str, language: str) -> dict[int, Quality]:
    """Return where a line of *text* may end, the end of the text left out.

    *language*: of its Han (zh, zh-Hant, zh-HK, ja, ko), "" where there is none. FORCED ones, which
    are all other places between graphemes, are left to `forced_breaks`.
    """
    if not text:
        return {}
    locale = _LOCALES.get(language, "en")
    # A scheme alone at a line's end is no help to anybody.
    ends = _ends(LineBreaker(text, locale))[:-1]
    allowed = [
        end
        for end in ends
        if not text.endswith("://", 0, end)
        # Digits of full width are letters to the rules.
        and not (text[end - 1].isdecimal() and text[end].isdecimal())
    ]
    if not language:
        return {end: _between_words(text, end) for end in allowed}
    # Phrases for Japanese; else words, with what UAX #14 keeps together kept.
    words = set(
        _ends(LineBreaker(text, "ja@lw=phrase"))
        if language == "ja"
        else _ends(WordBreaker(text, locale))
    )
    found: dict[int, Quality] = {}
    for end in allowed:
        before, after = text[end - 1], text[end]
        if script_of(before) == script_of(after) == "Hang":
            # Korean divides at spaces; within a word only where the word is longer than a line.
            continue
        is_word = end in words or before.isspace()
        found[end] = _between_words(text, end) if is_word else Quality.LETTER
    return found


def _between_words(text: str, end: int) -> Quality:
    before = text[max(0, end - 16) : end].rstrip()
    if before[-1:].isdecimal() and _UNIT.match(text, end):
        return Quality.TIED
    if before[-1:] in _BEFORE_NUMBERS and text[end].isdecimal():
        return Quality.TIED
    if _SHORT_WORD.search(before) and script_of(before.rstrip(".")[-1]) in _WITH_SHORT_WORDS:
        return Quality.TIED
    last = before.rstrip(_CLOSING)[-1:]
    return Quality.PHRASE if last and last in _PUNCTUATION else Quality.WORD


def forced_breaks(text: str, ends: Sequence[int], start: int, end: int) -> dict[int, Quality]:
    """Return where text[start:end] may be divided if it must; *ends*: of the text's graphemes.

    The joints of addresses and of words that are written together are better places.
    """
    inside = [place for place in ends if start < place < end]
    if len(inside) >= 2 * STUB:
        inside = inside[STUB - 1 : 1 - STUB]
    return {
        place: Quality.LETTER if _is_joint(text, place) else Quality.FORCED
        for place in inside
        if _may_divide(text, place)
    }


def _may_divide(text: str, place: int) -> bool:
    return (
        text[place - 1] not in _LEADING_VOWELS
        and text[place] not in _NOT_FIRST
        # Of Burmese and Khmer, some signs are graphemes of their own.
        and not unicodedata.category(text[place]).startswith("M")
    )


def _is_joint(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if before in _JOINTS:
        return after not in _JOINTS
    return before.islower() and after.isupper()


def _ends(segments: BaseBreaker) -> list[int]:
    # The segments themselves: their index pairs count UTF-16.
    return list(accumulate(len(segment) for segment in segments))
