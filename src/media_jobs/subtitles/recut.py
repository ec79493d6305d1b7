"""Cues of a file as words, to be cut anew: what stands together is one text, whoever cut it before.

Cues of one place are one text; those that stand at one time are several, so that nobody's words
come between another's. Signs belong to the picture and stay as they are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from media_jobs.subtitles.breaks import Breaks, Quality
from media_jobs.subtitles.cue_rules import CueRules
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.cutting import CutCues, broken_rules, cut
from media_jobs.subtitles.settings import CueSettings
from media_jobs.subtitles.text import Line, Span
from media_jobs.subtitles.units import Spoken, is_unspaced
from media_jobs.subtitles.words import Word

__all__ = ["Strand", "recut", "strands_of"]

_DASH = re.compile(r"[-‐-―－]\s?(?=[^\s\d-])")
"""What stands before a line of another speaker; before a digit, it is a minus."""
_OPENING_NOTE = re.compile(r"^([♪♫#]) (?=\S)")
_CLOSING_NOTE = re.compile(r"(?<=\S) ([♪♫#])$")
NO_BREAK = "\u00a0"
_BOUND_NOTE = re.compile(rf"(?<=[♪♫#]){NO_BREAK}|{NO_BREAK}(?=[♪♫#])")
_OVERLAP_SHARE = 0.5
"""Of a cue. What overlaps by less is a matter of sloppy times, and no second voice."""
_ENDED = (".", "!", "?", "…", "。", "！", "？", '"', "”", "»", "؟", "।")
_UNTIMED = -1
_WORD_MS_LEAST = 400
_CHARACTER_MS_MAX = 100
_CUE_MS_LEAST = 7_000
_STANDING_MS_MAX = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """What is said in one place and by one voice at a time. *place*: as in `Cue`."""

    words: tuple[Word, ...]
    settings: CueSettings
    keypad: int | None


def strands_of(cues: Iterable[Cue]) -> tuple[list[Strand], list[Cue]]:
    """Return what is said in *cues*, which are in order of their start, and the signs among them.

    Words have the times of the file, where it has such; else a line is a word, until it is divided.
    """
    places: dict[tuple[CueSettings, int | None], list[list[Cue]]] = {}
    signs: list[Cue] = []
    for cue in cues:
        if cue.sign:
            signs.append(cue)
        else:
            _append(places.setdefault((cue.settings, cue.keypad), []), cue)
    strands = [
        Strand(words=tuple(_words(lane)), settings=settings, keypad=keypad)
        for (settings, keypad), lanes in places.items()
        for lane in lanes
    ]
    return strands, signs


def _append(lanes: list[list[Cue]], cue: Cue) -> None:
    """Put *cue* behind the first one that it may follow, whose end is cut where both overlap."""
    for lane in lanes:
        last = lane[-1]
        shared_ms = last.end_ms - cue.start_ms
        shorter_ms = min(last.end_ms - last.start_ms, cue.end_ms - cue.start_ms)
        if shared_ms < shorter_ms * _OVERLAP_SHARE:
            lane[-1] = replace(last, end_ms=min(last.end_ms, cue.start_ms))
            lane.append(cue)
            return
    lanes.append([cue])


class _Turns:
    """Who speaks: lines that begin with a dash are another's than the one before, all named by
    numbers; None while there are no dashes.
    """

    def __init__(self) -> None:
        self._count = 0
        self.speaker: str | None = None

    def changes(self) -> None:
        self._count += 1
        self.speaker = str(self._count)


def _words(cues: Sequence[Cue]) -> Iterator[Word]:
    turns = _Turns()
    before = ""
    is_punctuated = any(sign in cue.text for cue in cues for sign in "，。、")
    for cue in cues:
        if before.rstrip().endswith(_ENDED) and not any(map(_dash, cue.lines)):
            turns.speaker = None
        said: list[Word] = []
        for number, line in enumerate(map(_bound, cue.lines)):
            dash = _dash(line)
            if dash:
                turns.changes()
            for at, span in enumerate(_without(line, dash)):
                ends_cue = number == 0 and not is_punctuated
                space = "" if at else _space(before, span.text, ends_cue=ends_cue)
                said.append(
                    Word(
                        start_ms=_UNTIMED if span.at_ms is None else span.at_ms,
                        end_ms=_UNTIMED,
                        text=space + span.text,
                        speaker=turns.speaker,
                        look=replace(span, text="", at_ms=None),
                    )
                )
                before = span.text
        yield from _timed(said, cue)


def _space(before: str, text: str, *, ends_cue: bool) -> str:
    """Return what stands between *before* and *text*, of another line or cue: a space, or nothing.

    Where words have no spaces, and the file no commas, the end of a cue is one: there, a space.
    """
    if not before or before[-1].isspace() or text[0].isspace():
        return ""
    return " " if ends_cue or not (is_unspaced(before[-1]) and is_unspaced(text[0])) else ""


def _dash(line: Line) -> int:
    """Return how many characters the dash is long that *line* begins with."""
    dash = _DASH.match(_text(line))
    return dash.end() if dash is not None else 0


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def _bound(line: Line) -> Line:
    """Return *line* without spaces around it, and with its notes tied to what is sung."""
    text = _text(line)
    line = _without(line, len(text) - len(text.lstrip()))
    if not line:
        return line
    first = replace(line[0], text=_OPENING_NOTE.sub(rf"\1{NO_BREAK}", line[0].text))
    line = (first, *line[1:])
    last = replace(line[-1], text=_CLOSING_NOTE.sub(rf"{NO_BREAK}\1", line[-1].text.rstrip()))
    return (*line[:-1], last)


def _without(line: Line, characters: int) -> Line:
    """Return *line* without its first *characters*."""
    kept: list[Span] = []
    for span in line:
        cut = min(characters, len(span.text))
        characters -= cut
        if cut < len(span.text):
            kept.append(replace(span, text=span.text[cut:]))
    return tuple(kept)


def _timed(said: Sequence[Word], cue: Cue) -> Iterator[Word]:
    """Yield words of a cue; those without a time belong to the one before, by their length.

    A word lasts until the next begins, but not much longer than anybody speaks: then it is still.
    A cue without times of words that stands for very long is also not said so slowly.
    """
    groups: list[list[Word]] = []
    for word in said:
        if groups and word.start_ms == _UNTIMED:
            groups[-1].append(word)
        else:
            groups.append([word])
    latest_ms = cue.start_ms
    starts: list[int] = []
    for group in groups:
        latest_ms = min(max(group[0].start_ms, latest_ms), cue.end_ms)
        starts.append(latest_ms)
    for group, (start_ms, end_ms) in zip(groups, pairwise([*starts, cue.end_ms]), strict=True):
        length = sum(1 + 2 * is_unspaced(one) for word in group for one in word.text.strip())
        if len(groups) > 1:
            longest_ms = max(_WORD_MS_LEAST, length * _CHARACTER_MS_MAX)
        else:
            longest_ms = max(_CUE_MS_LEAST, length * _STANDING_MS_MAX)
        end_ms = min(end_ms, start_ms + longest_ms)
        yield from _shared(group, start_ms, end_ms)


def _shared(group: Sequence[Word], start_ms: int, end_ms: int) -> Iterator[Word]:
    """Yield *group* with its time divided by the length of its words."""
    whole = sum(len(word.text.strip()) for word in group) or 1
    done = 0
    for word in group:
        begin_ms = start_ms + (end_ms - start_ms) * done // whole
        done += len(word.text.strip())
        stop_ms = start_ms + (end_ms - start_ms) * done // whole
        yield replace(word, start_ms=begin_ms, end_ms=stop_ms)


def recut(
    strands: Sequence[Strand], breaks: Sequence[Breaks], signs: Sequence[Cue], rules: CueRules
) -> CutCues:
    """Return the cues of *strands*, cut anew, and *signs*, in order of their start.

    *breaks*: where lines of the text of each strand may end. The times of words are those of the
    file; where it has none, they follow from the length of words.
    """
    made = [
        replace(_unbound(cue), settings=strand.settings, keypad=strand.keypad)
        for strand, places in zip(strands, breaks, strict=True)
        for cue in cut(_divided(strand.words, places, rules), places, rules).cues
    ]
    cues = sorted([*made, *signs], key=lambda cue: cue.start_ms)
    return CutCues(cues=tuple(cues), notices=broken_rules(cues, rules))


def _unbound(cue: Cue) -> Cue:
    if NO_BREAK not in cue.text:
        return cue
    lines = tuple(
        tuple(replace(span, text=_BOUND_NOTE.sub(" ", span.text)) for span in line)
        for line in cue.lines
    )
    return replace(cue, lines=lines)


def _divided(words: Sequence[Word], breaks: Breaks, rules: CueRules) -> tuple[Word, ...]:
    """Return *words* divided wherever a word ends, with the time of each by its length.

    *breaks*: of their text. A word of a language without spaces ends where `Quality.WORD` or a
    better one says it.
    """
    spoken = Spoken(words, rules)
    ends = {at for at, quality in breaks.items() if quality is not Quality.LETTER}
    places = sorted({*ends, *spoken.starts, len(spoken.text)})
    found: list[Word] = []
    for start, end in pairwise(places):
        word = words[spoken.word_at(start)]
        first, last = spoken.visible(start, end)
        if first == last:
            first = last = start
        found.append(
            replace(
                word,
                text=spoken.text[start:end],
                start_ms=spoken.ms_at(first),
                end_ms=spoken.ms_at(last, ends=True) if last > first else spoken.ms_at(first),
            )
        )
    return tuple(found)
