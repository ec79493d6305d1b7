"""LRC, the lyrics format: `[mm:ss.xx]` before each line, one or several.

It has no standard (https://en.wikipedia.org/wiki/LRC_(file_format)). A line stands until the next
one, but through no long pause behind a time at its own end. Lines of one time, or nearly so, are
one cue. Times of words, `<mm:ss.xx>` or, amid a line, `[mm:ss.xx]`, are kept, and `[offset:]`
counts. Transcripts with `[hh:mm:ss]` are read alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.markup import escaped, time_tag
from media_jobs.subtitles.rolling import SHORTEST_MS

__all__ = ["timed_texts"]

_TIME = r"\s*(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,3})(?:[.,]([0-9]{1,9}))?\s*"
_LAST_MS = 5_000
# So many tell how a file's times are to be read.
_STAMPS_READ = 1_000
_STAMP = re.compile(rf"\[{_TIME}\]\s*")
_WORD = re.compile(rf"<{_TIME}>")
_BRACKETED_WORD = re.compile(r"\[((?:[0-9]{1,3}:)?[0-9]{1,4}:[0-9]{1,2}[.,][0-9]{1,9})\]")
# A line that is sung more often, as none is, has no words with times from there on.
_TIMES_OF_WORDS_MAX = 20
_FILLED = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_TAG = re.compile(r"\[\s*[A-Za-z#][^\[\]:\n]*:[^\n]*\]\s*")
_OFFSET = re.compile(
    r"^[^\S\n]*\[[ \t]?offset[ \t]?:[ \t]?([+-]?)"
    r"[ \t]?([0-9]{1,7}(?:[.,][0-9]{1,6})?)[ \t]?(m?s)?[ \t]?\]",
    re.MULTILINE | re.IGNORECASE,
)


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the lines in the order of their times."""
    clock = _Clock(earlier_ms=_offset_ms(text), has_hours=_has_hours(text))
    stamped = sorted(_stamped(text, clock, found), key=lambda one: one.at_ms)
    at = 0
    while at < len(stamped):
        first, said, own_end_ms = stamped[at], list[str](), None
        while at < len(stamped) and stamped[at].at_ms - first.at_ms < (SHORTEST_MS if said else 1):
            one = stamped[at]
            said += [one.words] if one.words else []
            own_end_ms = one.end_ms if one.end_ms is not None else own_end_ms
            at += 1
        if not said:
            continue  # A time without words ends the line before.
        if at == len(stamped) and own_end_ms is None:
            found.add("last_end_assumed", first.line)
        words = "\n".join(said)
        if len(words) > TEXT_CHARS_MAX:
            found.add("cue_text_cut", first.line)
        following_ms = stamped[at].at_ms if at < len(stamped) else None
        yield TimedText(
            start_ms=first.at_ms,
            end_ms=_end_ms(first.at_ms, own_end_ms, following_ms),
            text=words[:TEXT_CHARS_MAX],
            line=first.line,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stamped:
    """A line at one of its times. *end_ms*: the time behind its last word, where one stands."""

    at_ms: int
    end_ms: int | None
    line: int
    words: str


def _end_ms(start_ms: int, own_ms: int | None, following_ms: int | None) -> int:
    """Return when a line ends: one that was sung stands on, but not through a long pause."""
    if following_ms is None:
        return own_ms if own_ms is not None else start_ms + _LAST_MS
    if own_ms is not None and own_ms + _LAST_MS < following_ms:
        return own_ms
    return following_ms


def _offset_ms(text: str) -> int:
    """Return how much earlier all is; in seconds where it has a fraction or says so."""
    offset = _OFFSET.search(text)
    if offset is None:
        return 0
    sign, number, unit = offset.groups()
    value = float(number.replace(",", "."))
    is_seconds = (unit or "").lower() == "s" or (unit is None and not number.isdigit())
    return round(value * (1000 if is_seconds else 1)) * (-1 if sign == "-" else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """How a file's times are read. *has_hours*: of three parts with colons, the first is hours."""

    earlier_ms: int
    has_hours: bool

    def read(self, stamp: re.Match[str]) -> int:
        """Return a time as it stands, in milliseconds."""
        hours, minutes, seconds, fraction = stamp.groups()
        if hours is not None and fraction is None and not self.has_hours:
            hours, minutes, seconds, fraction = None, hours, minutes, seconds
        whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
        return whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])

    def shown_ms(self, time_ms: int) -> int:
        """Return when it is, with the file's offset."""
        return max(time_ms - self.earlier_ms, 0)


def _has_hours(text: str) -> bool:
    """Whether all times have three parts with colons, of which none can only be hundredths."""
    stamps = [stamp.groups() for stamp in islice(_STAMP.finditer(text), _STAMPS_READ)]
    return all(
        hours is not None and fraction is None and len(seconds) == 2 and int(seconds) < 60
        for hours, _, seconds, fraction in stamps
    )


def _stamped(text: str, clock: _Clock, found: Findings) -> Iterator[_Stamped]:
    """Yield each line, once for each of its times."""
    number, counted = 1, 0
    for match in _FILLED.finditer(text):
        number += text.count("\n", counted, match.start())
        counted = match.start()
        line = match[0].strip().lstrip("\ufeff")
        times, position = [], 0
        while (stamp := _STAMP.match(line, position)) is not None:
            times.append(clock.read(stamp))
            position = stamp.end()
        if not times:
            if _TAG.fullmatch(line) is None:
                found.add("text_outside_cues", number)
            continue
        sung = _BRACKETED_WORD.sub(r"<\1>", line[position:].strip())
        first = _WORD.search(sung)
        # Words have the times of the line's last time before them; at the others they are moved.
        sung_ms = max((at for at in times if first and at <= clock.read(first)), default=times[0])
        for count, at_ms in enumerate(times):
            if count == _TIMES_OF_WORDS_MAX:
                sung = _WORD.sub("", sung)
            words, end_ms = _words(sung, clock, at_ms, at_ms - sung_ms)
            yield _Stamped(at_ms=clock.shown_ms(at_ms), end_ms=end_ms, line=number, words=words)


def _words(line: str, clock: _Clock, start_ms: int, later_ms: int) -> tuple[str, int | None]:
    """Return a line with the times of its words, *later_ms* than they stand, and when it ends."""
    parts, position, end_ms = [], 0, None
    for word in _WORD.finditer(line):
        parts.append(escaped(line[position : word.start()]))
        position = word.end()
        at_ms = clock.read(word) + later_ms
        if position == len(line) and at_ms > start_ms:
            end_ms = clock.shown_ms(at_ms)
        elif at_ms > start_ms:
            parts.append(time_tag(clock.shown_ms(at_ms)))
    return "".join([*parts, escaped(line[position:])]).strip(), end_ms
