"""Units: the pieces of what is said between places where a line may end, with their times."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate, pairwise

from media_jobs.subtitles.breaks import Breaks, Quality
from media_jobs.subtitles.cue_rules import CueRules
from media_jobs.subtitles.joining_words import (
    CLINGING,
    CLINGING_UNSPACED,
    CONJUNCTIONS,
    CONJUNCTIONS_UNSPACED,
    JOINING,
    JOINING_UNSPACED,
)
from media_jobs.subtitles.words import Word, text_of

__all__ = ["End", "Spoken", "Unit", "is_unspaced", "units_of"]

_CLOSING = "\"'”’»)]」』）】》›♪ "
_OPENING = "\"'“‘„«¿¡([「『（【《‹♪-– "
_SENTENCE = tuple(".!?…。！？｡؟۔।॥")
# What is no speech stands alone: sounds in brackets, what is sung between notes.
_LAST = frozenset("♪♫]】")
_FIRST = ("[", "【")
_DASHES = frozenset("–—…")
_PARTICLES = frozenset("はがをにでとものへ")
_VIETNAMESE = re.compile(r"[\u1ea0-\u1ef9\u01a1\u01b0]")
_FOLLOWING = re.compile(r"\w[\w'’\u0900-\u0963]*")
_INITIALS = re.compile(r"(?:^|[\s(\[\"'“‘«-])(?:[^\W\d_]\.)+$")
"""Letters with a point each: e.g., U.S., J. R. R."""


class End(IntEnum):
    """What ends with a unit, from the best place for a cue's end."""

    SENTENCE = 0
    CLAUSE = 1
    BREATH = 2
    """Before a conjunction."""
    WORD = 3
    NAME = 4
    """Between two words with capitals: parts of one name, most of the time."""
    TIED = 5
    LETTER = 6
    """Within a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """text[start:end] of what is spoken, spaces around it included, said in these times."""

    start: int
    end: int
    start_ms: int
    end_ms: int
    ends: End
    speaker: str | None


class Spoken:
    """Words as one text, in which lines are measured by *rules*, and characters have times."""

    def __init__(self, words: Sequence[Word], rules: CueRules) -> None:
        self.words = words
        self.rules = rules
        self.text = text_of(words)
        self.starts = [0, *accumulate(len(word.text) for word in words)]
        """Where in the text each word begins, and the end."""
        self._weight = [0.0, *accumulate(rules.weight(one) for one in self.text)]
        self._first, self._last = _visible(self.text)

    def visible(self, start: int, end: int) -> tuple[int, int]:
        """Return text[start:end] without the spaces around it; one without letters is empty."""
        first = self._first[start]
        return (first, self._last[end]) if first < end else (end, end)

    def length(self, start: int, end: int) -> float:
        """Return how much of a line text[start:end] takes."""
        first, last = self.visible(start, end)
        return self._weight[last] - self._weight[first]

    def word_at(self, place: int) -> int:
        """Return the number of the word that the character at *place* belongs to."""
        return bisect_right(self.starts, place) - 1

    def ms_at(self, place: int, *, ends: bool = False) -> int:
        """Return when the character at *place* begins to be said, or the one before it *ends*."""
        number = self.word_at(place - 1 if ends else place)
        word = self.words[number]
        first, last = self.visible(self.starts[number], self.starts[number + 1])
        whole = self._weight[last] - self._weight[first]
        if whole <= 0:
            return word.end_ms if ends else word.start_ms
        said = self._weight[min(max(place, first), last)] - self._weight[first]
        return word.start_ms + round((word.end_ms - word.start_ms) * said / whole)


def _visible(text: str) -> tuple[list[int], list[int]]:
    """Return for each place the first visible character from it on, and the last one's end."""
    first = [len(text)] * (len(text) + 1)
    for at in range(len(text) - 1, -1, -1):
        first[at] = first[at + 1] if text[at].isspace() else at
    last = [0] * (len(text) + 1)
    for at, character in enumerate(text):
        last[at + 1] = last[at] if character.isspace() else at + 1
    return first, last


def units_of(spoken: Spoken, breaks: Breaks) -> list[Unit]:
    """Return the units of a text with these *breaks*; speakers and pauses divide as well."""
    forced = set(_turns_and_pauses(spoken))
    places = sorted({*(at for at, how in breaks.items() if how < Quality.FORCED), *forced})
    inside = [at for at in places if 0 < at < len(spoken.text)]
    return list(_units(spoken, [0, *inside, len(spoken.text)], breaks))


def _turns_and_pauses(spoken: Spoken) -> Iterator[int]:
    for number, (before, after) in enumerate(pairwise(spoken.words), 1):
        pause_ms = after.start_ms - before.end_ms
        if after.speaker != before.speaker or pause_ms >= spoken.rules.pause_ms:
            # Behind the space that the word begins with, where a line may end as well.
            yield spoken.visible(spoken.starts[number], len(spoken.text))[0]


def _units(spoken: Spoken, places: Sequence[int], breaks: Breaks) -> Iterator[Unit]:
    start = 0
    for end in places[1:]:
        first, last = spoken.visible(start, end)
        if first == last and end < len(spoken.text):
            continue
        if first == last:
            return
        speaker = spoken.words[spoken.word_at(first)].speaker
        is_turn = end < len(spoken.text) and spoken.words[spoken.word_at(end)].speaker != speaker
        ends = _what_ends(spoken.text, last, end, breaks.get(end, Quality.WORD))
        yield Unit(
            start=start,
            end=end,
            start_ms=spoken.ms_at(first),
            end_ms=spoken.ms_at(last, ends=True),
            ends=End.SENTENCE if is_turn else ends,
            speaker=speaker,
        )
        start = end


def _what_ends(text: str, last: int, end: int, quality: Quality) -> End:
    """Return what ends at *end*, the last visible character before which ends at *last*."""
    before = text[max(0, last - 24) : last].rstrip(_CLOSING)
    after = text[end : end + 24].lstrip()
    if text[last - 1] in _LAST or after[:1] in _FIRST:
        return End.SENTENCE
    if _is_inside_word(text, last, end):
        return End.LETTER
    after = after.lstrip(_OPENING)
    word, following = before.rpartition(" ")[2].lstrip(_OPENING), _FOLLOWING.match(after)
    if before.endswith(_SENTENCE) and not _is_abbreviated(before, quality):
        # A sentence goes on in small letters behind an ellipsis or an abbreviation.
        return End.CLAUSE if after[:1].islower() else End.SENTENCE
    next_word = following[0].lower() if following is not None else ""
    if quality is Quality.TIED and _VIETNAMESE.search(text, max(0, last - 24), end + 24):
        # Most of its words are short, because each syllable is written as one.
        quality = Quality.WORD
    if quality is Quality.TIED or word.lower() in JOINING or next_word in CLINGING:
        return End.TIED
    return _within_sentence(text, last, end, quality, word, next_word)


def _is_abbreviated(before: str, quality: Quality) -> bool:
    return quality is Quality.TIED or _INITIALS.search(before) is not None


def _within_sentence(
    text: str, last: int, end: int, quality: Quality, word: str, next_word: str
) -> End:
    # Where words have no spaces, a space is a pause.
    if quality is Quality.PHRASE or (is_unspaced(text[last - 1]) and last < end):
        return End.CLAUSE
    if quality is Quality.LETTER:
        return End.LETTER
    if word.endswith(JOINING_UNSPACED) or text.startswith(CLINGING_UNSPACED, end):
        return End.TIED
    if next_word in CONJUNCTIONS or text.startswith(CONJUNCTIONS_UNSPACED, end):
        return End.BREATH
    is_name = word[1:] and word[0].isupper() and text[end : end + 2].lstrip()[:1].isupper()
    return End.NAME if is_name else End.WORD


def _is_inside_word(text: str, last: int, end: int) -> bool:
    """Whether no word ends at *end*: it is within an address, behind a hyphen, in an inflection."""
    if last < end or end == len(text) or text[last - 1] in _DASHES:
        return False
    before, after = text[last - 1], text[end]
    if not is_unspaced(before):
        return not is_unspaced(after)
    # Hiragana without a particle between them are one word of Japanese.
    return all("\u3041" <= one <= "\u309f" for one in (before, after)) and before not in _PARTICLES


def is_unspaced(character: str) -> bool:
    """Whether *character* is Han, kana, Thai, Lao, Khmer or Burmese: written without spaces."""
    return any(low <= character <= high for low, high in _UNSPACED)


_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3000", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff00", "\uffef"),
    ("\U00020000", "\U0003ffff"),
)
