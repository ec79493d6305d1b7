"""LRC, the lyrics format: `[mm:ss.xx]` before each line, one or several.

It has no standard (https://en.wikipedia.org/wiki/LRC_(file_format)). A line stands until the next
one; lines of one time are one cue. Times of words, `<mm:ss.xx>` or, amid a line, `[mm:ss.xx]`, are
kept, and `[offset:]` counts. Transcripts with `[hh:mm:ss]` are read alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.markup import escaped, time_tag

__all__ = ["timed_texts"]

_TIME = r"\s*(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,3})(?:[.,]([0-9]{1,3}))?\s*"
_LAST_MS = 5_000
# So many tell how a file's times are to be read.
_STAMPS_READ = 1_000
_STAMP = re.compile(rf"\[{_TIME}\]\s*")
_WORD = re.compile(rf"<{_TIME}>")
_BRACKETED_WORD = re.compile(r"\[((?:[0-9]{1,3}:)?[0-9]{1,4}:[0-9]{1,2}[.,][0-9]{1,3})\]")
_FILLED = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_TAG = re.compile(r"\[\s*[A-Za-z#][^\[\]:\n]*:[^\n]*\]\s*")
_OFFSET = re.compile(
    r"^[^\S\n]*\[\s*offset\s*:\s*([+-]?[0-9]{1,7})\s*\]", re.MULTILINE | re.IGNORECASE
)


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the lines in the order of their times."""
    offset = _OFFSET.search(text)
    clock = _Clock(
        earlier_ms=int(offset[1]) if offset is not None else 0, has_hours=_has_hours(text)
    )
    stamped = sorted(_stamped(text, clock, found), key=lambda one: one[0])
    at = 0
    while at < len(stamped):
        start_ms, line, _ = stamped[at]
        said = []
        while at < len(stamped) and stamped[at][0] == start_ms:
            said.append(stamped[at][2])
            at += 1
        words = "\n".join(one for one in said if one)
        if not words:
            continue  # A time without words ends the line before.
        if at == len(stamped):
            found.add("last_end_assumed", line)
        end_ms = stamped[at][0] if at < len(stamped) else start_ms + _LAST_MS
        if len(words) > TEXT_CHARS_MAX:
            found.add("cue_text_cut", line)
        yield TimedText(start_ms=start_ms, end_ms=end_ms, text=words[:TEXT_CHARS_MAX], line=line)


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
        return whole * 1000 + int((fraction or "0").ljust(3, "0"))

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


def _stamped(text: str, clock: _Clock, found: Findings) -> Iterator[tuple[int, int, str]]:
    """Yield time, number and words of each line, once for each of its times."""
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
        words = _words(line[position:].strip(), clock, times[0])
        for time_ms in times:
            yield clock.shown_ms(time_ms), number, words


def _words(line: str, clock: _Clock, start_ms: int) -> str:
    line = _BRACKETED_WORD.sub(r"<\1>", line)
    parts, position = [], 0
    for word in _WORD.finditer(line):
        parts.append(escaped(line[position : word.start()]))
        at_ms = clock.read(word)
        if at_ms > start_ms:
            parts.append(time_tag(clock.shown_ms(at_ms)))
        position = word.end()
    return "".join([*parts, escaped(line[position:])]).strip()
