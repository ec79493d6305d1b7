r"""The text of an ASS event, as WebVTT writes it, and what its tags say of its place.

Weights, line breaks and karaoke's times are kept. `{a comment}` is no text; `\{` and `\}` are
braces, as libass reads them.
"""

import re
from dataclasses import dataclass

from media_jobs.subtitles.ass_tags import ASS_TAG, keypad_of
from media_jobs.subtitles.markup import Markup, escaped, time_tag

__all__ = ["EventText", "event_text"]

_ESCAPE = re.compile(r"\\([{}Nnh])")
_TOKEN = re.compile(rf"{_ESCAPE.pattern}|\{{([^}}]*)\}}")
_POINT = re.compile(r"\(\s*(-?[\d.]{1,12})\s*,\s*(-?[\d.]{1,12})\s*\)", re.ASCII)
_TRANSPARENT = re.compile(r"&?H?FF&?", re.IGNORECASE)
_WEIGHTS = frozenset({"b", "i", "u"})
_KARAOKE = frozenset({"k", "kf", "ko", "kt", "K"})
# Tags that move a text or cut it to a shape: it belongs to the picture below it.
_OF_THE_PICTURE = frozenset({"move", "org", "clip", "iclip"})
_HARMLESS = frozenset({"q", "fe", "pbo"})


@dataclass(slots=True)
class EventText:
    r"""What an event shows. *position*: the point of `\pos`, in units of the script's canvas.

    *moves*: it is moved, turned around a point or cut to a shape. *draws*: it has a drawing, which
    is left out. *hides*: it has text that is transparent, which is left out, too.
    *has_other_tags*: it has a look of its own besides weights.
    """

    text: str = ""
    keypad: int | None = None
    position: tuple[float, float] | None = None
    moves: bool = False
    draws: bool = False
    hides: bool = False
    has_other_tags: bool = False


def event_text(raw: str, start_ms: int, *, soft_breaks: bool = False) -> EventText:
    r"""Read *raw*, of an event that begins at *start_ms*. *soft_breaks*: `\n` breaks lines, too."""
    reader = _Reader(start_ms, soft_breaks=soft_breaks)
    position = 0
    # A brace that nothing closes is text; looking for its end again and again would take long.
    for token in _TOKEN.finditer(raw, 0, raw.rfind("}") + 1):
        reader.append(raw[position : token.start()])
        if token[1] is None:
            reader.tags(token[2])
        else:
            reader.sign(token[1])
        position = token.end()
    for token in _ESCAPE.finditer(raw, position):
        reader.append(raw[position : token.start()])
        reader.sign(token[1])
        position = token.end()
    reader.append(raw[position:])
    reader.found.text = reader.markup.text()
    return reader.found


class _Reader:
    def __init__(self, start_ms: int, *, soft_breaks: bool) -> None:
        self.markup = Markup()
        self.found = EventText()
        self._at_ms = start_ms
        self._soft_break = "\n" if soft_breaks else " "
        self._drawing = False
        self._hidden = False

    def append(self, text: str) -> None:
        if not text:
            return
        if self._drawing:
            self.found.draws = self.found.draws or bool(text.strip())
        elif self._hidden and text.strip():
            self.found.hides = True
        else:
            self.markup.append(escaped(text))

    def sign(self, letter: str) -> None:
        self.append({"N": "\n", "n": self._soft_break, "h": "\u00a0"}.get(letter, letter))

    def tags(self, block: str) -> None:
        for name, value in ASS_TAG.findall(block):
            self._tag(name, value.strip())

    def _tag(self, name: str, value: str) -> None:
        found = self.found
        if name in _WEIGHTS:
            (self.markup.off if value in ("", "0") else self.markup.on)(name)
        elif name == "p":
            self._drawing = value not in ("", "0")
        elif name in ("an", "a"):
            found.keypad = found.keypad or keypad_of(name, value)
        elif name == "pos":
            point = _POINT.fullmatch(value)
            found.position = found.position or (point and _numbers(point))
        elif name in _OF_THE_PICTURE:
            found.moves = True
        elif name in _KARAOKE:
            self._syllable(value)
        elif name not in _HARMLESS:
            found.has_other_tags = True
            self._hidden = _hides(name, value, was_hidden=self._hidden)
            if name == "r":
                self.markup.off("b", "i", "u")

    def _syllable(self, value: str) -> None:
        """Begin what is sung for *value* hundredths of a second."""
        if value.isascii() and value.isdigit() and len(value) < 7:
            self.markup.append(time_tag(self._at_ms))
            self._at_ms += int(value) * 10


def _hides(name: str, value: str, *, was_hidden: bool) -> bool:
    """Whether text is transparent behind a tag; what changes with time is seen at some time."""
    if name == "alpha":
        return _TRANSPARENT.fullmatch(value) is not None
    return was_hidden and name not in ("r", "t", "fade", "fad")


def _numbers(point: re.Match[str]) -> tuple[float, float] | None:
    try:
        return float(point[1]), float(point[2])
    except ValueError:
        return None
