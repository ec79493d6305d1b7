"""SubRip, which has no standard, read leniently; and SBV, which is its like.

A cue begins at each line of times (see `subrip_times`), whether or not an empty line stands above
it. Empty lines within a text are left out; what follows the last cue behind one belongs to nobody.
The number above the times is no text. Tags are read by `subrip_text`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.settings import NO_SETTINGS, cue_settings
from media_jobs.subtitles.subrip_text import cue_text
from media_jobs.subtitles.subrip_times import Frames, TimeLine, is_timed, may_be_times, time_line

__all__ = ["first_times", "raw_texts", "timed_texts"]

# Lines that may hold times have a colon or a semicolon, or an arrow.
_CANDIDATE = re.compile(r"^[^\n:：;>]*[:：;>][^\n]*$", re.MULTILINE)
_HINT = re.compile(r"\d|--(?:>|&gt;)")
_FILLED = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_MARKS = r"\s\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069*"
_COUNT = r"(?:\d{1,7}|[〇零一二三四五六七八九十百千]{1,7})"
_NUMBER = re.compile(
    rf"[{_MARKS}#(\[【（=_|>–—-]*{_COUNT}[{_MARKS}.):\]】）=_|–—、。．：-]*(?:<br\s?/?>[{_MARKS}]*)?"
)
# Lines that divide, as language models draw them.
_RULE = re.compile(r"\s*([-*_=])\1{2,}\s*")
# A name and a number, as some programs and language models write: Cue 1, Subtitle 2:, 第3条.
_NAMED_NUMBER = re.compile(r"\s*[^\W\d_]{1,12}[ #.]{0,3}\d{1,7}[^\W\d_]?[.):]?\s*")
# WebVTT without its standard's first line: another before it or none, signs around it.
_SIGNATURE = re.compile(r"[\W_]*WEB ?VTT", re.IGNORECASE)
_NEARLY_WEBVTT = re.compile(
    r"[\W_]*(?:(?i:WEB ?VTT)|(?:NOTE|STYLE|REGION)[ \t]*\n|NOTE[ \t]|X-TIMESTAMP-MAP=)"
)
_HEAD_OF_WEBVTT = re.compile(r"\ufeff?WEBVTT[ \t]*")
_HEAD_CHARS = 4_000
_DIGITS = re.compile(r"\d+")
# Lists have a dash before each line of times; alone it is the sign of a time before zero.
_LISTED = re.compile(r"^[^\S\n]*-[0-9][^\n]*--?>", re.MULTILINE)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """A cue whose text is not read yet. *line*: of its times, counted from 1."""

    times: TimeLine
    text: str
    line: int


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    for raw in _raw(text, found):
        read = cue_text(raw.text)
        if read.has_position:
            found.add("positions_not_followed", raw.line)
        if read.has_unknown:
            found.add("unknown_tags_left_out", raw.line)
        yield TimedText(
            start_ms=raw.times.start_ms,
            end_ms=raw.times.end_ms,
            text=read.text,
            settings=cue_settings(raw.times.settings) if read.keypad is None else NO_SETTINGS,
            keypad=read.keypad,
            line=raw.line,
        )


def raw_texts(text: str) -> dict[int, str]:
    """Return the texts of the cues as the file has them, by the line of their times."""
    return {raw.line: raw.text for raw in _raw(text, Findings())}


def _raw(text: str, found: Findings) -> Iterator[_Raw]:
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
    numbers = _Numbers(text)
    is_first, is_usual = True, False
    frames = Frames.of(text)
    is_listed = len(list(islice(_LISTED.finditer(text), 2))) > 1
    for candidate in _CANDIDATE.finditer(text):
        start, line = candidate.start(), candidate[0]
        if _HINT.search(line) is None:
            continue
        number_start = numbers.above(start, end)
        numbered = number_start < start and (not is_usual or may_be_times(line))
        counted = frames.counted(line) if frames is not None else None
        if counted is not None:
            times = time_line(counted, numbered=True)
            times = times and replace(times, repaired=True)
        else:
            times = time_line(line, numbered=numbered, is_listed=is_listed)
        if times is None and not is_timed(line, numbered=numbered):
            continue
        end = candidate.end()
        is_usual = is_usual or (is_first and "-->" in line)
        is_first = False
        number_start = number_start if numbered else start
        numbers.learn(start, number_start)
        yield _Times(start=start, end=end, number_start=number_start, times=times)


class _Numbers:
    """Finds the number above a line of times, in the form that the first one of the file has."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_first = True
        self._apart = False
        self._name: str | None = None

    def above(self, start: int, end: int) -> int:
        """Return where the number above the line at *start* begins, else *start*.

        It stands behind *end*, where the line of times before ends.
        """
        line = self._line_above(start, end, over_blanks=self._apart or self._is_first)
        if line is None or not self._is_number(line[0], line[1]):
            return start
        written = self._text[line[0] : line[1]].strip()
        # Files that were joined or numbered twice.
        while (again := self._line_above(line[0], end, over_blanks=False)) is not None:
            if self._text[again[0] : again[1]].strip() != written:
                break
            line = again
        return line[0]

    def learn(self, start: int, number_start: int) -> None:
        """Take in the first number: whether it stands apart from the times, and its name."""
        if self._is_first and number_start < start:
            number, _, behind = self._text[number_start:start].partition("\n")
            self._apart = not behind.strip() and "\n" in behind
            if _NUMBER.fullmatch(number) is None:
                self._name = _DIGITS.sub("", number).strip()
        self._is_first = False

    def _is_number(self, start: int, end: int) -> bool:
        if _NUMBER.fullmatch(self._text, start, end) is not None:
            return True
        if _NAMED_NUMBER.fullmatch(self._text, start, end) is None:
            return False
        return self._is_first or _DIGITS.sub("", self._text[start:end]).strip() == self._name

    def _line_above(self, start: int, end: int, *, over_blanks: bool) -> tuple[int, int] | None:
        """Return where the line above *start* begins and ends; None: there is none behind *end*."""
        while start > end:
            above = self._text.rfind("\n", end, start - 1) + 1 or end
            if above >= start - 1 or not self._text[above : start - 1].strip():
                if not over_blanks or above >= start:
                    return None
                start = above
                continue
            return above, start - 1
        return None


class _Reader:
    """Reads what stands between lines of times; what it learns of the file counts from there on."""

    def __init__(self, text: str, found: Findings) -> None:
        self._text = text
        self._found = found
        self._line, self._counted = 1, 0
        self._with_number = self._without_number = 0
        self._follows_closely = False
        self._is_webvtt = _NEARLY_WEBVTT.match(text, 0, _HEAD_CHARS) is not None
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
            is_signature = self._is_webvtt and _SIGNATURE.match(line[0]) is not None
            if not is_signature and _NUMBER.fullmatch(line[0]) is None:
                self._found.add("text_outside_cues", self._number(line.start()))
                return

    def cue(self, at: _Times, following: _Times | None) -> Iterator[_Raw]:
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
        yield _Raw(times=times, text=text[:TEXT_CHARS_MAX], line=number)

    def _lines(self, at: _Times, following: _Times | None, number: int) -> list[str]:
        """Return the lines of the text below *at*, as many as a cue may have."""
        lines: list[str] = []
        stop = self._stop(at, following)
        end, chars, inside, spread = at.end, 0, False, False
        last_only = following is None or self._is_webvtt
        for line in _FILLED.finditer(self._text, at.end, stop):
            if _HEAD_OF_WEBVTT.fullmatch(line[0]):
                # Another file was joined to this one.
                self._found.add("text_outside_cues", self._number(line.start()))
                break
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
        if inside and len(lines) > 1 and _RULE.fullmatch(lines[-1]):
            self._found.add("text_outside_cues", self._number(end - len(lines.pop())))
        self._follows_closely = bool(lines) and end + 1 == stop < len(self._text)
        if self._follows_closely and following is not None:
            self._cut_number(lines, at, following)
        if inside:
            self._found.add("empty_lines_inside", number)
        return lines

    def _cut_number(self, lines: list[str], at: _Times, following: _Times) -> None:
        """Take the number of the *following* cue off the end of a text that it was joined to."""
        if following.number_start < following.start or at.number_start == at.start:
            return
        digits = _DIGITS.search(self._text, at.number_start, at.start)
        if digits is not None and lines[-1].endswith(str(int(digits[0]) + 1)):
            lines[-1] = lines[-1].removesuffix(str(int(digits[0]) + 1))

    def _stop(self, at: _Times, following: _Times | None) -> int:
        if following is None:
            return len(self._text)
        numbered = self._with_number >= self._without_number
        if self._with_number == self._without_number and at.number_start == at.start:
            # The first two cues: what is all that one without a number says, is its text.
            numbered = following.number_start > at.end + 1
        return following.number_start if numbered else following.start

    def _number(self, position: int) -> int:
        """Return the number of the line that begins at *position*; these only grow."""
        self._line += self._text.count("\n", self._counted, position)
        self._counted = max(position, self._counted)
        return self._line
