"""The settings behind a cue's times (https://www.w3.org/TR/webvtt1/#webvtt-cue-settings).

As browsers do, and web-platform-tests ask for: a keyword after a comma that isn't known leaves the
number before it standing.
"""

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

__all__ = ["NO_SETTINGS", "CueSettings", "cue_settings", "written_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueSettings:
    """Where a cue wants to stand; None: not said. *position* and *size*: per cent, 0 to 100.

    *line*: the number of a line, from the end when negative, or per cent of the height.
    *vertical*: "rl" or "lr". *line_align*: "start", "center", "end". *position_align*: "line-left",
    "center", "line-right". *align*: "start", "center", "end", "left", "right".
    *region*: the name of one that the file defines.
    """

    vertical: str | None = None
    line: float | None = None
    line_is_percent: bool = False
    line_align: str = "start"
    position: float | None = None
    position_align: str | None = None
    size: float | None = None
    align: str | None = None
    region: str | None = None


NO_SETTINGS = CueSettings()

# White space of the standard: no line feed stands within a line, and a vertical tab is none.
_BLANKS = re.compile(r"[ \t\f]+")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_LINE_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# `middle` is how the standard's drafts called the centre.
_ALIGNMENTS = {name: name for name in ("start", "center", "end", "left", "right")}
_ALIGNMENTS["middle"] = "center"


def cue_settings(text: str, regions: Collection[str] = ()) -> CueSettings:
    """Return the settings in *text*; what the standard ignores is left out, the last one counts.

    *regions*: the names that the file defines; another is none.
    """
    found = NO_SETTINGS
    for word in _BLANKS.split(text):
        name, _, value = word.partition(":")
        if name == "region" and value:
            found = replace(found, region=value if value in regions else None)
        elif value and name in _READERS:
            found = _READERS[name](found, value)
    if found.line is not None or found.size not in (None, 100) or found.vertical is not None:
        return replace(found, region=None)
    return found


def written_settings(settings: CueSettings) -> str:
    """Return *settings* as they stand behind a cue's times, without a region."""
    words = []
    if settings.vertical is not None:
        words.append(f"vertical:{settings.vertical}")
    if settings.line is not None:
        anchor = "" if settings.line_align == "start" else f",{settings.line_align}"
        words.append(f"line:{_number(settings.line)}{'%' * settings.line_is_percent}{anchor}")
    if settings.position is not None:
        anchor = "" if settings.position_align is None else f",{settings.position_align}"
        words.append(f"position:{_number(settings.position)}%{anchor}")
    if settings.size is not None:
        words.append(f"size:{_number(settings.size)}%")
    if settings.align is not None:
        words.append(f"align:{settings.align}")
    return " ".join(words)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _vertical(found: CueSettings, value: str) -> CueSettings:
    return replace(found, vertical=value) if value in ("rl", "lr") else found


def _line(found: CueSettings, value: str) -> CueSettings:
    place, _, anchor = value.partition(",")
    share = _percent(place)
    line = share
    if share is None and _LINE_NUMBER.fullmatch(place) and math.isfinite(float(place)):
        line = float(place)
    if line is None:
        return found
    align = anchor if anchor in ("start", "center", "end") else "start"
    return replace(found, line=line, line_is_percent=share is not None, line_align=align)


def _position(found: CueSettings, value: str) -> CueSettings:
    place, _, anchor = value.partition(",")
    position = _percent(place)
    if position is None:
        return found
    align = anchor if anchor in ("line-left", "center", "line-right") else None
    return replace(found, position=position, position_align=align)


def _size(found: CueSettings, value: str) -> CueSettings:
    size = _percent(value)
    return found if size is None else replace(found, size=size)


def _align(found: CueSettings, value: str) -> CueSettings:
    return replace(found, align=_ALIGNMENTS[value]) if value in _ALIGNMENTS else found


def _percent(text: str) -> float | None:
    match = _PERCENT.fullmatch(text)
    number = float(match[1]) if match else None
    return number if number is not None and number <= 100 else None


_READERS: dict[str, Callable[[CueSettings, str], CueSettings]] = {
    "vertical": _vertical,
    "line": _line,
    "position": _position,
    "size": _size,
    "align": _align,
}
