"""Where a text may be divided, as data: its line breaker (`engine_kit.text.breaks`) needs ICU."""

from collections.abc import Mapping
from enum import IntEnum

__all__ = ["Breaks", "Quality"]


class Quality(IntEnum):
    """How good a place for a line's end is, from the best."""

    PHRASE = 0
    """Behind punctuation: what is said in one breath stays together."""
    WORD = 1
    """Between words."""
    TIED = 2
    """Behind a short word, as most are articles, prepositions and conjunctions of what follows; and
    before an emoji, which `engine_kit.text.paragraph` knows.
    """
    LETTER = 3
    """Within a word, where the script allows it: Han, kana."""
    FORCED = 4
    """Where no rule allows it: within a word that is longer than a line."""


Breaks = Mapping[int, Quality]
"""Where a line of a text may end: by the number of characters before."""
