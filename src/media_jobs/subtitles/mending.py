"""Text with characters that are broken: cut off at the end, damaged, or pasted from elsewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from media_jobs.subtitles.detection import guessed_encoding
from media_jobs.subtitles.encodings import Encoding

__all__ = ["BROKEN", "Mended", "count_of_others", "line_numbers", "mended_utf_8"]

BROKEN = "\ufffd"
"""What decoders put in the place of a broken character."""

_CUT_OFF = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")
_CUT_OFF_BYTES_MAX = 3
# A broken byte, as `surrogateescape` writes it.
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_NO_LETTERS = frozenset("\udcfe\udcff")
_OTHER = re.compile(r"[^\x00-\x7f]")
# What a text must have of whole characters, and one in how many of its lines, to be UTF-8 and
# another encoding: two characters of GBK are valid UTF-8 now and then.
_WHOLE_LEAST = 6
_WHOLE_SHARE = 10
# Of a text in UTF-8. What has more is read as something else.
_BROKEN_MAX = 10_000
# A broken byte alone may be anything.
_GUESSED_FROM = 2


@dataclass(frozen=True, slots=True)
class Mended:
    """A text in UTF-8, with BROKEN where it is damaged.

    *pasted*: the encoding of the lines whose numbers are *pasted_lines*.
    """

    text: str
    pasted: Encoding | None = None
    pasted_lines: tuple[int, ...] = ()


def mended_utf_8(data: bytes, hint: str | None) -> Mended | None:
    """Return the text of *data* where it is UTF-8 but for damage and pasted lines, else None.

    Lines that have more broken bytes than whole characters, ASCII aside, are in another encoding,
    if all of them together have enough to guess it; *hint*: see `detection`.
    """
    cut_off = _CUT_OFF.search(data, max(0, len(data) - _CUT_OFF_BYTES_MAX))
    whole = data[: cut_off.start()] if cut_off else data
    text, valid = whole.decode(errors="surrogateescape"), whole.decode(errors="ignore")
    broken = len(text) - len(valid)
    if broken > _BROKEN_MAX:
        return None
    if count_of_others(valid) <= broken and not (_is_mixed(text) or _has_no_letters(text)):
        return None
    end = BROKEN if cut_off else ""
    pasted = [line for line in _lines_with(_ESCAPED, text) if _is_pasted(text[line])]
    bytes_of = [text[line].encode(errors="surrogateescape") for line in pasted]
    found = None
    if sum(len(_ESCAPED.findall(text[line])) for line in pasted) >= _GUESSED_FROM:
        found = guessed_encoding(b"\n".join(bytes_of), hint)
    if found is None:
        return Mended(_ESCAPED.sub(BROKEN, text) + end)
    parts: list[str] = []
    at = 0
    for line, their in zip(pasted, bytes_of, strict=True):
        parts += (text[at : line.start], found.read(their))
        at = line.stop
    read = "".join((*parts, text[at:], end))
    numbers = line_numbers(text, (line.start for line in pasted))
    return Mended(_ESCAPED.sub(BROKEN, read), found, numbers)


def _is_mixed(text: str) -> bool:
    """Whether so many lines are whole that this is no accident of another encoding."""
    lines = [text[line] for line in _lines_with(_OTHER, text)]
    whole = [line for line in lines if not _ESCAPED.search(line)]
    characters = sum(map(count_of_others, whole))
    return characters >= _WHOLE_LEAST and len(whole) * _WHOLE_SHARE >= len(lines)


def _has_no_letters(text: str) -> bool:
    """Whether all broken bytes are such as hardly begin or are a letter in any encoding.

    FE alone is the `ş` of Turkish; beside FF it is a byte order mark.
    """
    broken = set(_ESCAPED.findall(text))
    return "\udcff" in broken and broken <= _NO_LETTERS


def _lines_with(wanted: re.Pattern[str], text: str) -> Iterator[slice]:
    """Yield where the lines of *text* are that have what is *wanted*."""
    end = 0
    while (found := wanted.search(text, end)) is not None:
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        yield slice(start, end)


def _is_pasted(line: str) -> bool:
    broken = _ESCAPED.findall(line)
    return 2 * len(broken) > count_of_others(line) and not _NO_LETTERS.issuperset(broken)


def count_of_others(text: str) -> int:
    """Return how many characters of *text* are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def line_numbers(text: str | bytes, places: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers of the lines, counted from 1, in which *places* are, which rise."""
    numbers: dict[int, None] = {}
    number, counted = 1, 0
    for place in places:
        number += _line_ends(text, counted, place)
        counted = place
        numbers[number] = None
    return tuple(numbers)


def _line_ends(text: str | bytes, start: int, end: int) -> int:
    if isinstance(text, bytes):
        return text.count(b"\n", start, end) or text.count(b"\r", start, end)
    return text.count("\n", start, end) or text.count("\r", start, end)
