"""SubRip, which has no standard, read leniently; and SBV, which is its like.

A cue begins at each line of times (see `subrip_times`), whether or not an empty line stands above
it. Empty lines within a text are left out; what follows the last cue behind one belongs to nobody.
The number above the times is no text. Tags are read by `subrip_text`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.settings import NO_SETTINGS, cue_settings
from media_jobs.subtitles.subrip_text import cue_text
from media_jobs.subtitles.subrip_times import TimeLine, is_timed, time_line

__all__ = ["first_times", "timed_texts"]

# Lines that may hold times have a colon, or an arrow.
_CANDIDATE = re.compile(r"^[^\n:：>]*[:：>][^\n]*$", re.MULTILINE)
_HINT = re.compile(r"[0-9０-９]|--(?:>|&gt;)")
_FILLED = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_MARKS = r"\s\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069*"
_NUMBER = re.compile(rf"[{_MARKS}#]*\d{{1,7}}[{_MARKS}.):]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """A line of times: where it stands, and where the number above it begins (else *start*).

    *times*: None where they can't be read.
    """

    start: int
    end: int
    number_start: int
    times: TimeLine | None


def first_times(text: str) -> int | None:
    """Return where the first line stands that holds the times of a cue, readable or not."""
    return next((at.start for at in _time_lines(text)), None)


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    reader = _Reader(text, found)
    before: _Times | None = None
    for at in _time_lines(text):
        reader.learn(at)
        if before is None:
            reader.tell_above(at)
        else:
            yield from reader.cue(before, at)
        before = at
    if before is not None:
        yield from reader.cue(before, None)


def _time_lines(text: str) -> Iterator[_Times]:
    end = 0
    for candidate in _CANDIDATE.finditer(text):
        start, line = candidate.start(), candidate[0]
        if _HINT.search(line) is None:
            continue
        above = text.rfind("\n", end, max(start - 1, end)) + 1 or end
        numbered = above < start and _NUMBER.fullmatch(text, above, start - 1) is not None
        times = time_line(line, numbered=numbered)
        if times is None and not is_timed(line, numbered=numbered):
            continue
        end = candidate.end()
        number_start = above if numbered else start
        yield _Times(start=start, end=end, number_start=number_start, times=times)


class _Reader:
    """Reads what stands between lines of times; what it learns of the file counts from there on."""

    def __init__(self, text: str, found: Findings) -> None:
        self._text = text
        self._found = found
        self._line, self._counted = 1, 0
        self._with_number = self._without_number = 0
        self._follows_closely = False
        first = text.partition("\n")[0].strip("\ufeff ").upper()
        self._is_webvtt = first.startswith("WEBVTT")
        if self._is_webvtt:
            found.add("read_as_subrip")

    def learn(self, at: _Times) -> None:
        """Count whether cues have numbers: where they have none, a number is a text."""
        if at.number_start < at.start:
            self._with_number += 1
        else:
            self._without_number += 1

    def tell_above(self, first: _Times) -> None:
        """Note the text above the first cue."""
        for line in _FILLED.finditer(self._text, 0, first.number_start):
            is_signature = self._is_webvtt and line.start() == 0
            if not is_signature and _NUMBER.fullmatch(line[0]) is None:
                self._found.add("text_outside_cues", self._number(line.start()))
                return

    def cue(self, at: _Times, following: _Times | None) -> Iterator[TimedText]:
        """Yield the cue of the times *at*, if it can be shown."""
        number, times = self._number(at.start), at.times
        if self._follows_closely:
            self._found.add("empty_lines_missing", number)
        lines = self._lines(at, following, number)
        if times is None:
            self._found.add("cue_times_unreadable", number)
            return
        if times.end_ms <= times.start_ms:
            self._found.add("cue_ends_too_early", number)
            return
        if times.repaired:
            self._found.add("cue_times_repaired", number)
        text = "\n".join([times.text, *lines] if times.text else lines)
        if len(text) > TEXT_CHARS_MAX:
            self._found.add("cue_text_cut", number)
        read = cue_text(text[:TEXT_CHARS_MAX])
        if read.has_position:
            self._found.add("positions_not_followed", number)
        yield TimedText(
            start_ms=times.start_ms,
            end_ms=times.end_ms,
            text=read.text,
            settings=cue_settings(times.settings) if read.keypad is None else NO_SETTINGS,
            keypad=read.keypad,
            line=number,
        )

    def _lines(self, at: _Times, following: _Times | None, number: int) -> list[str]:
        """Return the lines of the text below *at*, as many as a cue may have."""
        lines: list[str] = []
        stop = self._stop(following)
        end, chars, inside, spread = at.end, 0, False, False
        last_only = following is None or self._is_webvtt
        for line in _FILLED.finditer(self._text, at.end, stop):
            gap = line.start() - end > 1
            if gap and not lines:
                # Every line has an empty one behind it.
                spread = True
            elif gap and last_only and not spread:
                self._found.add("text_outside_cues", self._number(line.start()))
                break
            inside = inside or gap
            end = line.end()
            if chars <= TEXT_CHARS_MAX:
                lines.append(line[0])
                chars += len(line[0]) + 1
        self._follows_closely = bool(lines) and end + 1 == stop < len(self._text)
        if spread and following is not None and lines and _NUMBER.fullmatch(lines[-1]):
            lines.pop()
        if inside:
            self._found.add("empty_lines_inside", number)
        return lines

    def _stop(self, following: _Times | None) -> int:
        if following is None:
            return len(self._text)
        numbered = self._with_number >= self._without_number
        return following.number_start if numbered else following.start

    def _number(self, position: int) -> int:
        """Return the number of the line that begins at *position*; these only grow."""
        self._line += self._text.count("\n", self._counted, position)
        self._counted = max(position, self._counted)
        return self._line
