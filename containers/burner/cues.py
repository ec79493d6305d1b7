"""Reads WebVTT (https://www.w3.org/TR/webvtt1/), and SubRip, which differs by a comma.

Forgiving like the standard's parser: a damaged block is skipped, the rest is kept. Beyond it, times
may have SubRip's comma, and fewer digits than two and three. Regions, style blocks, comments and
times within a cue are not drawn; cue settings are kept for who follows them. The place that SubRip
files borrow from ASS, `{\\an8}` at the start of a text, is such a setting.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from burner.cue_settings import Settings, valid_settings
from burner.cue_text import Line, Span, text_lines

__all__ = [
    "Cue",
    "Line",
    "Span",
    "has_block",
    "has_timed_parts",
    "is_webvtt",
    "timed_cues",
    "unreadable_cues",
]

TEXT_CHARS_MAX = 2_000
"""Of one cue. Longer text fills any screen, and libass lays out every character of it."""

_ARROW = "-->"
_TIME = r"(?:(\d{1,6}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
# Nothing need stand between the second time and the settings, but for a digit more.
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?!\d)(.*)", re.ASCII)
_KEYPAD = re.compile(r"\{\\an([1-9])\}", re.ASCII)
_TIME_TAG = re.compile(r"<\d+:\d\d(?::\d\d)?\.\d{3}>", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from *start_ms* until before *end_ms*, and the settings it came with."""

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]
    settings: Settings = ()

    @property
    def text(self) -> str:
        """All characters of the cue."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)


def is_webvtt(lines: list[str]) -> bool:
    """Whether the file's first line says so."""
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def has_block(lines: list[str], name: str) -> bool:
    """Whether a block *name*, REGION or STYLE, stands where such blocks count: before all cues."""
    before = ""
    for line in lines:
        if _ARROW in line:
            return False
        if not before and line.rstrip() == name:
            return True
        before = line
    return False


def has_timed_parts(lines: list[str]) -> bool:
    """Whether the text of a cue is to appear bit by bit."""
    return any(_TIME_TAG.search(line) for line in lines)


def unreadable_cues(lines: list[str]) -> int:
    """Return how many cues have no times that can be read, or end before they begin."""
    timings = (_TIMING.fullmatch(line) for line in lines if _ARROW in line)
    return sum(1 for timing in timings if timing is None or _ends(timing) <= _starts(timing))


def timed_cues(lines: list[str]) -> Iterator[Cue]:
    """Yield the cues that have a text and a duration, in the file's order."""
    webvtt = is_webvtt(lines)
    position = 0
    while position < len(lines):
        timing = _TIMING.fullmatch(lines[position])
        position += 1
        if timing is None:
            continue
        payload = []
        # A cue ends at an empty line, or where the next begins without one.
        while position < len(lines) and lines[position] and _ARROW not in lines[position]:
            payload.append(lines[position])
            position += 1
        text = "\n".join(payload)[:TEXT_CHARS_MAX]
        settings = valid_settings(timing[9])
        if not webvtt and (keypad := _KEYPAD.match(text)):
            text, settings = text[keypad.end() :], (("an", keypad[1]),)
        spans = text_lines(text)
        start_ms, end_ms = _starts(timing), _ends(timing)
        if spans and end_ms > start_ms:
            yield Cue(start_ms=start_ms, end_ms=end_ms, lines=spans, settings=settings)


def _starts(timing: re.Match[str]) -> int:
    return _milliseconds(timing, 1)


def _ends(timing: re.Match[str]) -> int:
    return _milliseconds(timing, 5)


def _milliseconds(match: re.Match[str], first: int) -> int:
    hours, minutes, seconds, fraction = (match[first + i] or "0" for i in range(4))
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))
