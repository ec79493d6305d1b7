"""What a recogniser says again and again although it was said once: its loops. Pure.

Whisper's decoder sometimes falls into a loop over noise and music. People repeat themselves, too,
so that a word may come eight times, a phrase four, a sentence three; what goes on longer is kept
once.
"""

import re
from collections.abc import Sequence

from media_jobs.subtitles.words import Word

_UNIT_MAX = 40
"""Words of the longest phrase that is looked for."""
_LETTERS = re.compile(r"[^\w]+")


def without_repeats(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """Return *words* with each loop once, and the first words of what was left out of each."""
    plain = [_LETTERS.sub("", word.text).casefold() for word in words]
    kept: list[Word] = []
    left_out: list[Word] = []
    at = 0
    while at < len(words):
        unit, times = _loop(plain, at)
        if unit:
            kept += words[at : at + unit]
            left_out.append(words[at + unit])
            at += unit * times
        else:
            kept.append(words[at])
            at += 1
    return kept, left_out


def _times_max(unit: int, letters: int) -> int:
    """Return how often people say a phrase of *unit* words in a row."""
    if unit == 1:
        return 8
    return 3 if unit >= 5 or letters >= 20 else 4


def _loop(plain: Sequence[str], at: int) -> tuple[int, int]:
    """Return the words of the phrase that is repeated from *at* on, and how often it is there.

    0 words where there is no loop.
    """
    for unit in range(1, min(_UNIT_MAX, (len(plain) - at) // 3) + 1):
        if plain[at] != plain[at + unit] or not any(plain[at : at + unit]):
            continue
        phrase = plain[at : at + unit]
        times = 1
        while plain[at + unit * times : at + unit * (times + 1)] == phrase:
            times += 1
        if times > _times_max(unit, len("".join(phrase))):
            return unit, times
    return 0, 0
