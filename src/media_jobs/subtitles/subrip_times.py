r"""The line of a SubRip or SBV cue's times, as people, programs and language models write it.

The usual form is `hh:mm:ss,mmm --> hh:mm:ss,mmm`; a point, fewer digits and missing hours are
common. Read besides: other arrows, separators and signs before the milliseconds, spaces between the
fields, points or letters for the colons, more digits of a fraction, digits of other scripts, marks
of byte order and direction, letters that a text recognition took digits for, times before zero, and
quotes, brackets, bullets, bars and a name around it all.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

__all__ = ["Frames", "TimeLine", "is_timed", "may_be_times", "time_line"]

# Longer lines are no lines of times, and reading them as such would take long.
_LINE_CHARS_MAX = 300

_BLANKS = r"[\s\ufeff]*"
_USUAL_TIME = r"(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{1,3})[.,]([0-9]{1,3})"
_USUAL = re.compile(
    rf"{_BLANKS}{_USUAL_TIME}{_BLANKS}(-->|,){_BLANKS}{_USUAL_TIME}(?![0-9])(.*)", re.DOTALL
)

# Blanks are single ones in what follows: see `_plain`.
_TIME = (
    r"(?:([0-9]{1,6})\s?:\s?)?([0-9]{1,3})\s?:\s?([0-9]{1,3})"
    r"(?:(?!\s?:\s?[0-9]+[.,])\s?[.,:;'`´’·]\s?([0-9]{1,9})(?:[.,][0-9]{1,6})?"
    r"|\s([0-9]{3})(?![0-9:]))?"
)
# What lists, tables and quotations put before the times, the cue's number, and a name of the times.
_BEFORE = r"[^\w:]{0,8}(?:[0-9]{1,6}[^\w:]{1,8})?(?:[^\W\d_]{1,12}\s?:)?[^\w:]{0,4}?"
_ODD = re.compile(
    rf"{_BEFORE}(?P<first>{_TIME})([^0-9:]{{1,14}}){_TIME}(?![0-9]|:[0-9])(.*)", re.DOTALL
)
_WHOLE = r"(?:[0-9]{2}:){2}[0-9]{2}[.,][0-9]{3}"
_ALONE = re.compile(rf"{_WHOLE} ?\w{{1,5}} ?{_WHOLE}")
_SECONDS = re.compile(
    rf"{_BEFORE}([0-9]{{1,6}})[.,]([0-9]{{1,3}})s?\s?-+>\s?([0-9]{{1,6}})[.,]([0-9]{{1,3}})s?"
    r"(?![0-9.,:])(.*)",
    re.DOTALL,
)
_POINTED = re.compile(
    r"(?<![0-9.,:])([0-9]{1,3})\s?[.h-]\s?([0-9]{2})\s?[.m-]\s?([0-9]{2})\s?[.,s]\s?([0-9]{1,3})"
    r"(?![0-9.:])"
)
# As text recognition reads times off a picture.
_RECOGNISED = re.compile(
    r"(?<![A-Za-z])[0-9OolI]{1,2}:[0-9OolI]{1,2}:[0-9OolI]{1,2}[,.:][0-9OolI]{1,3}(?![A-Za-z0-9])"
)
_DIGITS = str.maketrans("OolI", "0011")
_CLOSERS = re.compile(r"[\])}>|*_`]{1,4}\s?")
_FRAMED = re.compile(
    r"(?<![0-9:;.,])([0-9]{1,2}[:;][0-9]{2}[:;][0-9]{2})[:;]([0-9]{2})(?![0-9:;.,])"
)
_FRAMED_READ = 10_000
_CELL = re.compile(r"[\"']?\s?[,;]")
_CELLS = re.compile(r"\s*\t\s*([^\t]|$)")
_BEFORE_ZERO = re.compile(r"-[0-9]")
_LEFT_OVER = re.compile(r"[:|]\s?|(?:[-–—−]+>|→)[\W\d_]*$")
_WORD = re.compile(r"\w")
# WebVTT's settings, and the coordinates of some programs: X1:201 Y2:423.
_PLACE = re.compile(r"[a-zA-Z]+[0-9]?:\S+")
_CLOCK = re.compile(r"[0-9]:[0-9x]")
_WHOLE_TIME = re.compile(r"[0-9]\s?[:.]\s?[0-9x]{1,3}\s?[:.,;'`´’·]?\s?[0-9x]{2,3}")
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_ANY_ARROW = re.compile(r"-\s?->|[-–—=]\s?>|[→⇒➔➜➡⟶]")
_POINTING = re.compile("[>›»→⇒➔➜➡⟶▶►]")

_NOTHING = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
_PLAIN: dict[int, str] = {
    **{0xFF01 + place: chr(0x21 + place) for place in range(0x5E)},
    **{ord(sign): ":" for sign in "︰∶"},
    **{ord(sign): "," for sign in "﹐、"},
    ord("。"): ".",
    # The last one asks for an arrow's colour.
    **dict.fromkeys((*_NOTHING, 0xFE0F), ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Times whose last part counts frames, as editing programs write them: `00:00:01:12`.

    *rate*: how many a second has, as far as the largest number of a file tells it.
    """

    rate: int

    @classmethod
    def of(cls, text: str) -> "Frames | None":
        """Return how *text* counts, None where its times have no such part."""
        found = [int(time[2]) for time in islice(_FRAMED.finditer(text), _FRAMED_READ)]
        most = max(found, default=60)
        return next((cls(rate=rate) for rate in (24, 25, 30, 60) if most < rate), None)

    def counted(self, line: str) -> str | None:
        """Return *line* with the frames of its two times as milliseconds; None for another line."""
        read, count = _FRAMED.subn(self._as_milliseconds, line)
        return read if count == 2 else None

    def _as_milliseconds(self, time: re.Match[str]) -> str:
        return f"{time[1].replace(';', ':')},{int(time[2]) * 1000 // self.rate:03}"


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


def time_line(line: str, *, numbered: bool, is_listed: bool = True) -> TimeLine | None:
    """Return the times of *line*, None for another line.

    *numbered*: the line above is a cue's number. Without one, and with another arrow than `-->`,
    times without a fraction are a text, and so are times with a word between them. *is_listed*: a
    dash before the first time is none of its own, unless it is numbered.
    """
    usual = _USUAL.fullmatch(line)
    if usual is not None:
        first, second = usual.group(1, 2, 3, 4), usual.group(6, 7, 8, 9)
        is_cell = usual[5] == "," and usual[10][:1] in (",", ";")
        whole = _time_line(first, second, _rest(usual[10]) if is_cell else usual[10])
        return replace(whole, repaired=is_cell or whole.repaired)
    if len(line) > _LINE_CHARS_MAX:
        return None
    if "\t" in line and not _ANY_ARROW.search(line):
        line = _CELLS.sub(r";\1", line)
    line = _plain(line)
    read = _odd_line(line, numbered=numbered)
    if read is None and "-->" in line:
        line = _POINTED.sub(r"\1:\2:\3,\4", line)
        line = _RECOGNISED.sub(lambda time: time[0].translate(_DIGITS), line)
        read = _odd_line(line, numbered=numbered) or _seconds_line(line)
    is_dash_a_sign = not (numbered or is_listed) and _BEFORE_ZERO.match(line) is not None
    return replace(read, start_ms=0) if read is not None and is_dash_a_sign else read


def _odd_line(line: str, *, numbered: bool) -> TimeLine | None:
    odd = _ODD.fullmatch(line)
    if odd is None:
        return None
    first, second = odd.group(2, 3, 4, 5, 6), odd.group(8, 9, 10, 11, 12)
    between = odd[7].strip()
    points = _POINTING.search(between) is not None
    if all(time[3] or time[4] for time in (first, second)):
        is_said = not between or any(c.isalpha() for c in between)
        if not numbered and is_said and _ALONE.fullmatch(line) is None:
            return None
    elif not (between == "-->" or (numbered and points)):
        return None
    read = replace(_time_line(first, second, _rest(odd[13])), repaired=True)
    begin = odd.start("first")
    if numbered and (line[:begin] == "-" or line[:begin].endswith(" -")):
        # A file that was moved to before its beginning.
        read = replace(read, start_ms=0)
    if points and between.endswith(" -"):
        read = replace(read, end_ms=0)
    return read


def _seconds_line(line: str) -> TimeLine | None:
    match = _SECONDS.fullmatch(line)
    if match is None:
        return None
    first, second = ((None, None, *match.group(n, n + 1)) for n in (1, 3))
    return replace(_time_line(first, second, _rest(match[5])), repaired=True)


def _rest(behind: str) -> str:
    """Return what stands behind times, without what closes a bracket or a table's cell."""
    rest = behind.strip()
    if closer := _CLOSERS.match(rest):
        rest = rest[closer.end() :]
    if cell := _CELL.match(rest):
        # A table of values with commas.
        rest = rest[cell.end() :].strip()
        if rest.startswith('"'):
            rest = rest.removeprefix('"').removesuffix('"').replace('""', '"')
    return rest.rstrip("|*_` ")


def _time_line(first: Sequence[str | None], second: Sequence[str | None], behind: str) -> TimeLine:
    """Return the times, and whether words stand *behind* them, or a place."""
    if left_over := _LEFT_OVER.match(behind.lstrip()):
        behind = behind.lstrip()[left_over.end() :]
    words = behind.split()
    is_text = any(_WORD.search(word) and not _PLACE.fullmatch(word) for word in words)
    return TimeLine(
        start_ms=_milliseconds(*first),
        end_ms=_milliseconds(*second),
        settings="" if is_text else behind,
        text=" ".join(words) if is_text else "",
        repaired=is_text,
    )


def may_be_times(line: str) -> bool:
    """Whether a line below a number may be times in a file where these have the usual arrow.

    Others are said: `10:30 → 11:45` below a year, `from 10:30 to 11:45`.
    """
    if "-->" in line or "--&gt;" in line:
        return True
    if len(line) > _LINE_CHARS_MAX:
        return False
    line = _plain(line)
    found = [time.start() for time in _WHOLE_TIME.finditer(line)]
    return len(found) > 1 and _LONG_WORD.search(line, 0, found[1]) is None


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
    line = line.replace("&gt;", ">").replace("&rarr;", "→").translate(_PLAIN)
    if ":" not in line:
        line = line.replace(";", ":")
    if not line.isascii():
        line = "".join(str(unicodedata.decimal(c, c)) for c in line)
    return " ".join(line.split())


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
