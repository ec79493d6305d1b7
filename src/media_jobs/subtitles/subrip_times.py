r"""The line of a SubRip or SBV cue's times, as people, programs and language models write it.

The usual form is `hh:mm:ss,mmm --> hh:mm:ss,mmm`; a point, fewer digits and missing hours are
common. Read besides: other arrows, other signs before the milliseconds, spaces between the fields,
more digits of a fraction, full-width digits and colons, marks of byte order and direction, quotes
and brackets around it all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = ["TimeLine", "is_timed", "time_line"]

# Longer lines are no lines of times, and reading them as such would take long.
_LINE_CHARS_MAX = 300

_BLANKS = r"[\s\ufeff]*"
_USUAL_TIME = r"(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{1,3})[.,]([0-9]{1,3})"
_USUAL = re.compile(
    rf"{_BLANKS}{_USUAL_TIME}{_BLANKS}(-->|,){_BLANKS}{_USUAL_TIME}(?![0-9])(.*)", re.DOTALL
)

_TIME = (
    r"(?:([0-9]{1,6})\s*:\s*)?([0-9]{1,3})\s*:\s*([0-9]{1,3})"
    r"(?:\s*[.,:;'`´’]\s*([0-9]{1,9})|\s+([0-9]{3})(?![0-9:]))?"
)
_ARROW = r"([-–—−‐‑‒―=~]+\s?[>›»]+|[→⇒➔➜➡⟶▶►]|[-–—−]{1,3})"
# A number before the times, and what a list or a quotation puts around them.
_QUOTES = r"[\s`'\"*_]{0,8}"
_BEFORE = rf"{_QUOTES}(?:[0-9]{{1,6}}[.)]?\s+)?{_QUOTES}([\[(]?)\s?"
_ODD = re.compile(rf"{_BEFORE}{_TIME}\s*{_ARROW}\s*{_TIME}(?![0-9:])([\s\S]*)")
_WORD = re.compile(r"\w")
# WebVTT's settings, and the coordinates of some programs: X1:201 Y2:423.
_PLACE = re.compile(r"[a-zA-Z]+[0-9]?:\S+")
_CLOCK = re.compile(r"[0-9]:[0-9x]")
_ANY_ARROW = re.compile(r"-\s?->|[-–—=]\s?>|[→⇒➔➜➡⟶]")
_DASHES = re.compile(r"[-–—−]{1,3}")

_NOTHING = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_PLAIN: dict[int, str] = {
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **{ord(sign): ":" for sign in "：︰∶"},
    **{ord(sign): "," for sign in "，﹐、"},
    **{ord(sign): "." for sign in "．。"},
    **dict.fromkeys(_NOTHING, ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Two times and what stands behind them; *repaired*: their form was not a usual one.

    *settings*: such of WebVTT, perhaps. *text*: words that stand in the line.
    """

    start_ms: int
    end_ms: int
    settings: str = ""
    text: str = ""
    repaired: bool = False


def time_line(line: str, *, numbered: bool) -> TimeLine | None:
    """Return the times of *line*, None for another line.

    *numbered*: the line above is a cue's number. Without one, and with another arrow than `-->`,
    times without a fraction are a text.
    """
    usual = _USUAL.fullmatch(line)
    if usual is not None:
        first, second = usual.group(1, 2, 3, 4), usual.group(6, 7, 8, 9)
        return _time_line(first, second, usual[10])
    if len(line) > _LINE_CHARS_MAX:
        return None
    odd = _ODD.fullmatch(_plain(line))
    if odd is None:
        return None
    first, second = odd.group(2, 3, 4, 5, 6), odd.group(8, 9, 10, 11, 12)
    exact = all(time[3] or time[4] for time in (first, second))
    if not exact and (not numbered or _DASHES.fullmatch(odd[7])) and odd[7] != "-->":
        return None
    rest = odd[13].strip()
    if odd[1] and rest.startswith(("]", ")")):
        rest = rest[1:].lstrip()
    return replace(_time_line(first, second, rest), repaired=True)


def _time_line(first: Sequence[str | None], second: Sequence[str | None], behind: str) -> TimeLine:
    """Return the times, and whether words stand *behind* them, or a place."""
    words = behind.split()
    is_text = any(_WORD.search(word) and not _PLACE.fullmatch(word) for word in words)
    return TimeLine(
        start_ms=_milliseconds(*first),
        end_ms=_milliseconds(*second),
        settings="" if is_text else behind,
        text=" ".join(words) if is_text else "",
        repaired=is_text,
    )


def is_timed(line: str, *, numbered: bool) -> bool:
    """Whether a *line* that can't be read was meant to hold times."""
    if len(line) > _LINE_CHARS_MAX:
        return False
    line = _plain(line)
    clocks = len(_CLOCK.findall(line))
    if "-->" in line:
        return numbered or clocks > 0
    return numbered and clocks > (0 if _ANY_ARROW.search(line) else 1)


def _plain(line: str) -> str:
    """Return *line* in ASCII's digits and signs, without marks and with single blanks."""
    return " ".join(line.replace("&gt;", ">").translate(_PLAIN).split())


def _milliseconds(
    hours: str | None,
    minutes: str | None,
    seconds: str | None,
    fraction: str | None,
    spaced: str | None = None,
) -> int:
    digits = fraction or spaced
    if digits is None and len(seconds or "") == 3 and hours is not None:
        # Minutes, seconds, milliseconds, all with colons.
        return _milliseconds(None, hours, minutes, seconds)
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((digits or "0").ljust(3, "0")[:3])
