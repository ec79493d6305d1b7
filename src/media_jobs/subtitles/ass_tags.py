r"""The override tags of ASS, as they stand within braces (`{\an8\b1}`).

Their meaning: http://www.tcax.org/docs/ass-specs.htm, appendix A, and what libass adds to it.
"""

import re

__all__ = ["ASS_TAG", "keypad_of", "keypad_of_alignment"]

ASS_TAG = re.compile(
    r"\\\s*(fn|[1-4]?[ca](?=&|H|\\|$)|an|a(?=\d)|pos|move|org|i?clip|fad[e]?|[xy]?(?:bord|shad)|be|blur"
    r"|fsc[xy]|fsp|fr[xyz]?|fa[xy]|fs|fe|k[fot]?|K|pbo|p|q|r|t(?=\()|alpha|[bisu](?=\d|\\|$|\s))"
    r"(\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\\]*)"
)
"""Name and value of each tag; a value in brackets keeps them."""

# Alignments of SSA: 1 to 3 below, and 4 more above, 8 more in the middle.
_OLDER = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}


def keypad_of(name: str, value: str) -> int | None:
    r"""Return the key of `\an` or of the older `\a`; None for other tags and wrong values."""
    value = value.strip()
    if not value.isascii() or not value.isdigit() or len(value) > 2:
        return None
    if name == "an":
        return int(value) if 1 <= int(value) <= 9 else None
    return _OLDER.get(int(value)) if name == "a" else None


def keypad_of_alignment(value: str, *, older: bool) -> int | None:
    """Return the key of a style's alignment; *older*: the script is SSA's."""
    return keypad_of("a" if older else "an", value)
