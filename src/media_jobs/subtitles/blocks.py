"""The blocks that WebVTT and SubRip are made of: a line with two times, and text below it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from media_jobs.subtitles.notices import Findings

__all__ = ["TEXT_CHARS_MAX", "TimedBlock", "timed_blocks"]

TEXT_CHARS_MAX = 2_000
"""Of one cue. Longer text fills any screen, and libass lays out every character of it."""

_ARROW = "-->"
_TIME_TAG = re.compile(r"<[0-9]+:[0-9]{2}(?::[0-9]{2})?\.[0-9]{3}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedBlock:
    """A cue as it is written. *offset*: where its times stand; *settings*: what follows them."""

    offset: int
    start_ms: int
    end_ms: int
    settings: str
    text: str


def timed_blocks(
    text: str, timing: re.Pattern[str], found: Findings, *, start: int = 0
) -> Iterator[TimedBlock]:
    """Yield the blocks whose times can be read and follow each other; the others are found.

    *timing*: hours, minutes, seconds and their fraction of both times, and what follows. *start*:
    where blocks begin.
    """
    for offset, number, line, body in _arrow_blocks(text, start):
        times = timing.fullmatch(line)
        if times is None:
            found.add("cue_times_unreadable", number)
            continue
        start_ms, end_ms = _milliseconds(times, 1), _milliseconds(times, 5)
        if end_ms <= start_ms:
            found.add("cue_ends_too_early", number)
            continue
        if len(body) > TEXT_CHARS_MAX:
            found.add("cue_text_cut", number)
        if _TIME_TAG.search(body):
            found.add("timed_words_shown_together")
        yield TimedBlock(
            offset=offset,
            start_ms=start_ms,
            end_ms=end_ms,
            settings=times[9],
            text=body[:TEXT_CHARS_MAX],
        )


def _arrow_blocks(text: str, begin: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield offset, number and text of each line that has an arrow, and the text below it.

    Such a line begins a block wherever it stands; the block ends at an empty line, or where the
    next begins. Arrows alone are looked for: so a file of blank lines costs nothing.
    """
    number, counted, start = 1, 0, _next_arrow_line(text, begin)
    while start >= 0:
        number += text.count("\n", counted, start)
        counted = start
        line_end = _find(text, "\n", start, len(text))
        following = _next_arrow_line(text, line_end)
        body_end = _find(text, "\n\n", line_end, len(text) if following < 0 else following)
        body = text[line_end + 1 : body_end].removesuffix("\n")
        yield start, number, text[start:line_end], body
        start = following


def _next_arrow_line(text: str, position: int) -> int:
    """Return where the first line begins that has an arrow behind *position*, or -1."""
    arrow = text.find(_ARROW, position)
    return arrow if arrow < 0 else text.rfind("\n", 0, arrow) + 1


def _find(text: str, wanted: str, start: int, end: int) -> int:
    found = text.find(wanted, start, end)
    return end if found < 0 else found


def _milliseconds(times: re.Match[str], first: int) -> int:
    hours, minutes, seconds, fraction = (times[first + i] or "0" for i in range(4))
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))
