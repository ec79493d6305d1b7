"""Pens and places of YouTube's captions: how a text looks, and where it stands.

`json3` lists them, and has the long names; `srv3` numbers them, and has the short ones.
"""

import re
from collections.abc import Mapping

from media_jobs.subtitles.ttml_styles import Look

__all__ = ["YouTubeStyles"]

_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")
_STYLES_MAX = 20_000
_TOP_BELOW, _MIDDLE_BELOW = 40, 60
# Nearly white is the usual text; nearly black was written on a background, which is not drawn.
_LIGHT, _DARK = 0xF0, 0x30


class YouTubeStyles:
    """What a file defines before its captions; a key that it does not define says nothing."""

    def __init__(self) -> None:
        self._pens: dict[str, Look] = {}
        self._places: dict[str, int | None] = {}
        self._windows: dict[str, int | None] = {}

    @classmethod
    def of_json(cls, document: Mapping[str, object]) -> "YouTubeStyles":
        """Return those of a `json3` document."""
        styles = cls()
        for define, listed in ((styles.pen, "pens"), (styles.place, "wpWinPositions")):
            values = document.get(listed)
            for number, value in enumerate(values if isinstance(values, list) else []):
                if isinstance(value, dict):
                    define(number, value)
        return styles

    def pen(self, key: object, values: Mapping[str, object]) -> None:
        """Take in a pen."""
        if len(self._pens) < _STYLES_MAX:
            bold, italic, underline = (
                str(values.get(name, values.get(name[0]))) == "1"
                for name in ("bAttr", "iAttr", "uAttr")
            )
            colour = _colour(values.get("fcForeColor", values.get("fc")))
            self._pens[str(key)] = Look(bold, italic, underline, colour)

    def place(self, key: object, values: Mapping[str, object]) -> None:
        """Take in a place: per cent of the height."""
        height = str(values.get("avVerPos", values.get("av", 100)))
        if len(self._places) < _STYLES_MAX and height.isascii() and height.isdigit():
            at = int(height[:4])
            self._places[str(key)] = 8 if at < _TOP_BELOW else 5 if at < _MIDDLE_BELOW else None

    def window(self, key: object, place: object) -> None:
        """Take in a window, in which several captions stand."""
        if len(self._windows) < _STYLES_MAX:
            self._windows[str(key)] = self.keypad(place, None)

    def marked(self, text: str, *pens: object) -> str:
        """Return *text* as the first of *pens* that is known draws it."""
        looks = (self._pens[str(pen)] for pen in pens if str(pen) in self._pens)
        look = next(looks, None)
        return text if look is None or not text.strip() else look.marked(text)

    def keypad(self, place: object, window: object) -> int | None:
        """Return the key of the keypad where a caption stands, None for the bottom."""
        return self._places.get(str(place), self._windows.get(str(window)))


def _colour(value: object) -> str | None:
    if isinstance(value, int) and 0 <= value <= 0xFFFFFF:
        value = f"{value:06x}"
    match = _COLOUR.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    parts = [int(match[1][at : at + 2], 16) for at in (0, 2, 4)]
    is_usual = min(parts) >= _LIGHT or max(parts) < _DARK
    return None if is_usual else f"#{match[1].lower()}"
