"""What kind of character this is, as far as drawing text needs to know. Pure."""

import unicodedata

_CJK_RANGES = (
    (0x1100, 0x11FF),  # Hangul jamo.
    (0x2E80, 0x303F),  # Radicals, ideographic punctuation.
    (0x3040, 0x30FF),  # Kana.
    (0x3100, 0x31FF),  # Bopomofo, hangul compatibility jamo, kana extensions.
    (0x3200, 0x4DBF),  # Enclosed letters, compatibility, extension A.
    (0x4E00, 0x9FFF),  # Unified ideographs.
    (0xA960, 0xA97F),  # Hangul jamo extended.
    (0xAC00, 0xD7FF),  # Hangul syllables.
    (0xF900, 0xFAFF),  # Compatibility ideographs.
    (0xFE30, 0xFE4F),  # Compatibility forms.
    (0xFF00, 0xFFEF),  # Full and half width forms.
    (0x20000, 0x3FFFF),  # Extensions B and on.
)

# Characters that only direct or hide: left in, they'd be drawn as boxes or reorder other text.
_UNSEEN = frozenset("\u00ad\u034f\u061c\u180e\u200b\u2060\ufeff\ufff9\ufffa\ufffb\ufffc")


def is_cjk(character: str) -> bool:
    """Say whether *character* is written in the Chinese, Japanese or Korean manner."""
    code = ord(character)
    return code >= 0x1100 and any(low <= code <= high for low, high in _CJK_RANGES)


def is_mark(character: str) -> bool:
    """Say whether *character* belongs to the one before it: accents, vowel signs, joiners."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me"} or character in "\u200c\u200d"


def plain(text: str) -> str:
    """Return *text* without control characters, with composed letters and single line breaks.

    Explicit direction marks go too: a comment must not turn the rest of its card around.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = [" " if character == "\t" else character for character in composed if _seen(character)]
    lines = [" ".join(line.split()) for line in "".join(kept).split("\n")]
    return "\n".join(_without_blank_runs(lines)).strip("\n")


def _seen(character: str) -> bool:
    code = ord(character)
    if character in "\n\t":
        return True
    directs = 0x200E <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    hidden = directs or character in _UNSEEN
    return not hidden and unicodedata.category(character) not in {"Cc", "Cs"}


def _without_blank_runs(lines: list[str]) -> list[str]:
    return [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
