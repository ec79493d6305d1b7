"""The text of a WebVTT or SubRip cue: tags and character references read as WebVTT's standard says
(https://www.w3.org/TR/webvtt1/#webvtt-cue-text-parsing-rules).

Bold, italic and underline become styles and ruby text stands in brackets behind its base; voices,
languages, classes, times within a cue and tags of no meaning are taken out. Beyond the standard, a
`<` that begins no tag stays a `<`, because people write `a < b`, and capital letters do not matter.
"""

import re
from dataclasses import dataclass

_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:[.\s][^<>]*)?(?P<single>/)?>"
    r"|<\d+:\d\d(?::\d\d)?\.\d{3}>",
    re.ASCII,
)
_NODES = frozenset({"b", "i", "u", "c", "v", "lang", "ruby", "rt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Plain text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


Line = tuple[Span, ...]


def text_lines(payload: str) -> tuple[Line, ...]:
    """Return the lines of a cue's text without tags, empty ones left out."""
    written = _Written()
    position = 0
    for tag in _TAG.finditer(payload):
        written.append(_decoded(payload[position : tag.start()]))
        written.follow(tag)
        position = tag.end()
    written.append(_decoded(payload[position:]))
    if "rt" in written.open:
        written.append(")")
    return tuple(tuple(line) for line in written.lines if any(span.text.strip() for span in line))


def _decoded(text: str) -> str:
    """Return *text* with its character references read."""
    if "&" not in text:
        return text
    # Here, because its table of two thousand names would make every start of the app slower.
    from html import unescape

    return unescape(text)


class _Written:
    """What was read so far: lines, and the tags that are open, the innermost last."""

    def __init__(self) -> None:
        self.lines: list[list[Span]] = [[]]
        self.open: list[str] = []

    def append(self, text: str) -> None:
        """Add *text* in the style of the open tags."""
        for number, part in enumerate(text.split("\n")):
            if number:
                self.lines.append([])
            if part:
                self.lines[-1].append(
                    Span(
                        text=part,
                        bold="b" in self.open,
                        italic="i" in self.open,
                        underline="u" in self.open,
                    )
                )

    def follow(self, tag: re.Match[str]) -> None:
        """Open or close what *tag* names; nothing where it names no tag of the standard."""
        name = (tag["name"] or "").lower()
        if name not in _NODES or tag["single"]:
            return
        if tag["end"]:
            self._close(name)
        elif name != "rt":
            self.open.append(name)
        elif self.open[-1:] == ["ruby"]:
            # Ruby text is kept beside its base, in brackets: dropping it would lose words.
            self.append("(")
            self.open.append("rt")

    def _close(self, name: str) -> None:
        """Close the innermost tag if it is *name*; `</ruby>` also closes its open text."""
        if name == "ruby" and self.open[-1:] == ["rt"]:
            self._close("rt")
        if self.open[-1:] != [name]:
            return
        self.open.pop()
        if name == "rt":
            self.append(")")
