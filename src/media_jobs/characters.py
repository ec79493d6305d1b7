"""Which characters are seen, and so need a glyph. Pure."""

import unicodedata
from functools import lru_cache

__all__ = ["has_own_glyph", "is_invisible"]

_DEFAULT_IGNORABLE = (
    (0x00AD, 0x00AD),  # Soft hyphen.
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),  # Hangul fillers.
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),  # Mongolian variation selectors.
    (0x200B, 0x200F),  # Zero width, joiners, directions.
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),  # Hangul filler.
    (0xFE00, 0xFE0F),  # Variation selectors.
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),  # Halfwidth Hangul filler.
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # Tags and variation selectors.
)
"""Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, unassigned ones included."""

_BLANK = "\u2800"
"""Its own font draws it as nothing: the braille pattern without dots."""
_SEEN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Prepended_Concatenation_Mark of PropList.txt: drawn, although their category is Cf."""


@lru_cache(maxsize=8192)
def is_invisible(character: str) -> bool:
    """Say whether nothing is seen of *character*: white space, controls, joiners, fillers."""
    code = ord(character)
    if character == _BLANK or any(low <= code <= high for low, high in _DEFAULT_IGNORABLE):
        return True
    # Private (Co) and unassigned (Cn) characters are in C too, and fonts draw boxes for them.
    invisible = unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"}
    return invisible and character not in _SEEN_FORMATS


def has_own_glyph(character: str) -> bool:
    """Say whether a font that lacks *character* would draw a box, or the wrong width, for it."""
    return character == _BLANK or not is_invisible(character)
