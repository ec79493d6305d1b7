"""Text whose letters became question marks when a program wrote it in an encoding without them."""

import re
from itertools import islice

__all__ = ["has_lost_letters", "is_lost"]

# Who has no blank behind a question goes on with a capital, and addresses have `?v=`.
_AMID_WORD = re.compile(r"[^\W\d_]\?(?=[^\W\d_A-Z])(?!\w{1,30}=)")
_AMID_LEAST = 2
# So many words may have one for each that does by mistake.
_WORDS = 200
_LETTERS = re.compile(r"[^\W\d_]")
_MARKS_LEAST = 8


def has_lost_letters(text: str) -> bool:
    """Whether words of *text* have question marks for letters: `d?j? vu`."""
    amid = sum(1 for _ in islice(_AMID_WORD.finditer(text), len(text) // _WORDS + _AMID_LEAST))
    return amid >= _AMID_LEAST and amid * _WORDS >= text.count(" ")


def is_lost(text: str) -> bool:
    """Whether *text* has more question marks than letters: nothing of it is left."""
    marks = text.count("?")
    if marks < _MARKS_LEAST:
        return False
    return sum(1 for _ in islice(_LETTERS.finditer(text), marks)) < marks
