"""What is done about characters that no font has: they are drawn as what they stand for, and what
can't be drawn either is told with its place.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from engine_kit.fonts import missing_glyphs
from media_jobs.notices import Notice, listed

__all__ = ["missing_notice", "named", "stand_ins"]

CHARACTERS_TOLD = 10
PLACES_TOLD = 5


def stand_ins(characters: Iterable[str], files: Sequence[Path]) -> Mapping[int, str]:
    """Return, for `str.translate`, what is drawn for those of *characters* that no font has.

    These are Unicode's compatibility forms (NFKC, UAX #15) that fonts have: a letter for its fancy
    copies, a character for its variants.
    """
    missing = missing_glyphs("".join(characters), files)
    forms = {character: unicodedata.normalize("NFKC", character) for character in missing}
    return {
        ord(character): form
        for character, form in forms.items()
        if form != character and not missing_glyphs(form, files)
    }


def missing_notice(missing: Sequence[str], places: Sequence[str]) -> Notice:
    """Return the notice that names the characters without a glyph, and where they stand."""
    names = [named(character) for character in missing]
    return Notice(
        code="glyphs_missing",
        facts={
            "characters": listed(names, most=CHARACTERS_TOLD),
            "places": listed(places, most=PLACES_TOLD),
        },
    )


def named(character: str) -> str:
    """Return the code point and the name of *character*, as Unicode writes them."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"
