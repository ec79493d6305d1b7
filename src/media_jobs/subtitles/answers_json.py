"""Subtitles in JSON, as language models and transcription programs answer: a whole file as a string
in an object, or a list of cues with their times.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from pydantic_core import from_json

__all__ = ["cues_of_json", "json_of"]

_BEGIN = re.compile(r"^[\ufeff \t]{0,99}(?:\{\s{0,99}[\"}]|\[\s{0,99}[\"{\]])", re.MULTILINE)
_CUES = re.compile(r"-->|→|^\s*(?:\[\d+:\d\d|Dialogue:)", re.MULTILINE)
_DEPTH_MAX = 6
_START = ("start", "begin", "from", "starttime", "startms", "in", "startseconds")
_END = ("end", "to", "stop", "until", "endtime", "endms", "out", "endseconds")
_TIMES = ("time", "times", "timestamp", "timestamps", "timecode", "timecodes", "timing")
_TEXT = ("text", "content", "translation", "translated", "subtitle", "caption", "line", "value")
_SECONDS = re.compile(r"\d{1,7}(?:[.,]\d{1,6})?s?")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,6}))?")
# Cues that last so many seconds last milliseconds.
_SECONDS_MAX = 150


def json_of(text: str) -> object:
    """Return what *text* says as JSON; None where it is none."""
    try:
        said: object = from_json(text)
    except ValueError:
        return None
    return said


def cues_of_json(text: str) -> str | None:
    """Return the subtitles that *text* holds as JSON, as SubRip or as they are; None: none.

    YouTube's own kind has a reader of its own.
    """
    if _BEGIN.search(text) is None or '"' not in text or '"tStartMs"' in text:
        return None
    whole = _whole(text.strip("\ufeff \t\n"))
    if whole is None:
        return None
    files = [one for one in _strings(whole, 0) if "\n" in one and _CUES.search(one)]
    if files:
        return "\n\n".join(files) + "\n"
    lists = [_cues(one) for one in _lists(whole, 0)]
    return next(filter(None, lists), None)


def _whole(text: str) -> object:
    """Return what *text* says, which may be one object a line, or have sentences around it."""
    said = json_of(text)
    if said is not None:
        return said
    begin, end = _BEGIN.search(text), max(text.rfind("}"), text.rfind("]"))
    if begin is None or end < begin.start():
        return None
    inside = text[begin.start() : end + 1].lstrip("\ufeff \t\n")
    said = json_of(inside)
    if said is not None:
        return said
    lines = [json_of(line) for line in inside.split("\n") if line.strip()]
    return None if None in lines else lines


def _strings(said: object, depth: int) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif depth < _DEPTH_MAX:
        for one in _children(said):
            yield from _strings(one, depth + 1)


def _lists(said: object, depth: int) -> Iterator[Sequence[object]]:
    if isinstance(said, list):
        yield said
    if depth < _DEPTH_MAX:
        for one in _children(said):
            yield from _lists(one, depth + 1)


def _children(said: object) -> Sequence[object]:
    if isinstance(said, Mapping):
        return tuple(said.values())
    return said if isinstance(said, list) else ()


def _is_object(said: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(said, Mapping)


def _cues(said: Sequence[object]) -> str | None:
    """Return a list of cues as SubRip; None where one of them is none."""
    if not said or not all(_is_object(one) for one in said):
        return None
    read = [_cue(one) for one in said if _is_object(one)]
    found = [one for one in read if one is not None]
    if len(found) != len(read):
        return None
    unit = 1 if any(isinstance(start, str) for start, _, _ in found) else _unit(said, found)
    return "".join(
        f"{number}\n{_clock(start, unit)} --> {_clock(end, unit)}\n{text}\n\n"
        for number, (start, end, text) in enumerate(found, start=1)
    )


_Cue = tuple[float | str, float | str, str]


def _cue(said: Mapping[str, object]) -> _Cue | None:
    values = {re.sub(r"[_\s-]", "", name).lower(): value for name, value in said.items()}
    start, end, text = (_first(values, names) for names in (_START, _END, _TEXT))
    times = _first(values, _TIMES)
    if isinstance(times, str):
        start, _, end = times.partition("-->" if "-->" in times else " - ")
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "\n".join(map(str, text))
    if not isinstance(text, str) or not _is_time(start) or not _is_time(end):
        return None
    # An empty line would end the cue.
    return start, end, "\n".join(filter(str.strip, text.split("\n"))).strip()


def _first(values: Mapping[str, object], names: Sequence[str]) -> object:
    return next((values[name] for name in names if name in values), None)


def _is_time(value: object) -> TypeGuard[float | str]:
    if isinstance(value, str):
        return (_SECONDS.fullmatch(value.strip()) or _CLOCK.fullmatch(value.strip())) is not None
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _unit(said: Sequence[object], found: Sequence[_Cue]) -> int:
    """Return how many of the times' units a second has."""
    names = {name.lower() for one in said if _is_object(one) for name in one}
    if any(name.endswith(("ms", "millis", "milliseconds")) for name in names):
        return 1000
    are_whole = all(isinstance(value, int) for start, end, _ in found for value in (start, end))
    lasts = sorted(float(end) - float(start) for start, end, _ in found)
    return 1000 if are_whole and lasts[len(lasts) // 2] > _SECONDS_MAX else 1


def _clock(time: float | str, unit: int) -> str:
    if isinstance(time, str) and (clock := _CLOCK.fullmatch(time.strip())) is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.group(1, 2, 3))
        whole = (hours * 60 + minutes) * 60 + seconds
        milliseconds = whole * 1000 + int((clock[4] or "0").ljust(3, "0")[:3])
    elif isinstance(time, str):
        milliseconds = round(float(time.strip().rstrip("s").replace(",", ".")) * 1000)
    else:
        milliseconds = round(time * 1000 / unit)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"
