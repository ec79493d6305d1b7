"""MicroDVD: `{first frame}{last frame}text|second line`, counted in frames.

It has no standard (https://en.wikipedia.org/wiki/MicroDVD). A first line `{1}{1}25.000` says how
many frames a second has. Control codes are read by `subrip_text`; a line behind `/` is in italics.
"""

import re
from collections.abc import Iterator

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.subrip_text import cue_text

__all__ = ["FRAME_RATE", "timed_texts"]

FRAME_RATE = 24_000 / 1001
"""Frames a second where the file does not say it: that of films."""

_FRAMES = r"\{([0-9]{1,9})\}\{([0-9]{0,9})\}"
_LAST_MS = 5_000
_LINE = re.compile(rf"^[ \t\ufeff]*{_FRAMES}([^\n]*)$", re.MULTILINE)
_FILLED = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
# Pieces that were joined without a line end.
_JOINED = re.compile(r"(?<=[^\s{}])(?=\{[0-9]{1,9}\}\{[0-9]{1,9}\}\S)")
_RATE = re.compile(r"\s*([0-9]{1,3}(?:[.,][0-9]{1,6})?)\s*(?:fps\b[^\n]*|movie info[^\n]*)?", re.I)
_ITALICS = re.compile(r"^/", re.MULTILINE)


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    lines = _lines(text, found)
    before = next(lines, None)
    own = _own_rate(before)
    if own is not None:
        before = next(lines, None)
    elif before is not None:
        found.add("frame_rate_assumed")
    rate = own or FRAME_RATE
    for line in lines:
        if before is not None:
            yield from _cue(before, line, rate, found)
        before = line
    if before is not None:
        yield from _cue(before, None, rate, found)


_Line = tuple[int, re.Match[str]]


def _lines(text: str, found: Findings) -> Iterator[_Line]:
    number, counted = 1, 0
    for filled in _FILLED.finditer(text):
        number += text.count("\n", counted, filled.start())
        counted = filled.start()
        line = _LINE.fullmatch(filled[0])
        if line is not None:
            parts = _JOINED.split(filled[0])
            if len(parts) > 1:
                found.add("empty_lines_missing", number)
            yield from ((number, match) for part in parts if (match := _LINE.fullmatch(part)))
        elif not filled[0].startswith("{DEFAULT}"):
            found.add("text_outside_cues", number)


def _own_rate(line: _Line | None) -> float | None:
    if line is None or line[1][1] not in ("0", "1") or line[1][2] not in ("0", "1"):
        return None
    match = _RATE.fullmatch(line[1][3])
    rate = float(match[1].replace(",", ".")) if match else 0
    return rate if 1 <= rate <= 300 else None


def _cue(line: _Line, following: _Line | None, rate: float, found: Findings) -> Iterator[TimedText]:
    number, match = line
    start_ms = _milliseconds(match[1], rate)
    if match[2]:
        end_ms = _milliseconds(match[2], rate)
    elif following is not None:
        end_ms = _milliseconds(following[1][1], rate)
    else:
        end_ms = start_ms + _LAST_MS
        found.add("last_end_assumed", number)
    if end_ms <= start_ms:
        found.add("cue_ends_too_early", number)
        return
    if len(match[3]) > TEXT_CHARS_MAX:
        found.add("cue_text_cut", number)
    lines = match[3][:TEXT_CHARS_MAX].replace("|", "\n")
    read = cue_text(_ITALICS.sub("{y:i}", lines))
    if read.has_unknown:
        found.add("unknown_tags_left_out", number)
    yield TimedText(
        start_ms=start_ms, end_ms=end_ms, text=read.text, keypad=read.keypad, line=number
    )


def _milliseconds(frames: str, rate: float) -> int:
    return int(int(frames) * 1000 / rate + 0.5)
