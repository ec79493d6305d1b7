"""The settings behind a cue's times, as far as they are valid
(https://www.w3.org/TR/webvtt1/#webvtt-cue-settings). Pure.
"""

import re
from collections.abc import Callable

Settings = tuple[tuple[str, str], ...]
"""Names and values, each name once."""

_PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)%", re.ASCII)
_LINE_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?", re.ASCII)
# `middle` is how the standard's drafts called the centre.
_ALIGNMENTS = frozenset({"start", "center", "middle", "end", "left", "right"})


def percent(text: str) -> float | None:
    """Return the share, 0 to 1, that *text* writes as a percentage, or None."""
    match = _PERCENT.fullmatch(text)
    share = float(match[1]) / 100 if match else None
    return share if share is not None and share <= 1 else None


def valid_settings(text: str) -> Settings:
    """Return the settings in *text*; what the standard ignores is left out, the last one counts."""
    found: dict[str, str] = {}
    for word in text.split():
        name, _, value = word.partition(":")
        is_valid = _VALID.get(name)
        if is_valid is not None and value and is_valid(value):
            found[name] = value
    return tuple(found.items())


def _is_line(value: str) -> bool:
    place, comma, anchor = value.partition(",")
    known = not comma or anchor in ("start", "center", "end")
    return known and (percent(place) is not None or _LINE_NUMBER.fullmatch(place) is not None)


def _is_position(value: str) -> bool:
    place, comma, anchor = value.partition(",")
    known = not comma or anchor in ("line-left", "center", "line-right")
    return known and percent(place) is not None


_VALID: dict[str, Callable[[str], bool]] = {
    "vertical": lambda value: value in ("rl", "lr"),
    "line": _is_line,
    "position": _is_position,
    "size": lambda value: percent(value) is not None,
    "align": lambda value: value in _ALIGNMENTS,
    "region": bool,
}
