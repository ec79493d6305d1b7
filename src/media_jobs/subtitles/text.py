"""The text of a cue: tags and character references read as WebVTT's standard says
(https://www.w3.org/TR/webvtt1/#webvtt-cue-text-parsing-rules).

Bold, italic, underline, the standard's colour classes and times within the cue become properties of
spans; ruby text stands in brackets behind its base; voices, languages, other classes and tags of no
meaning are taken out. Beyond the standard, a `<` that begins no tag stays a `<`, because people
write `a < b`, capital letters do not matter, and SubRip's `<font color>` and `<br>` are followed: a
SubRip file that is edited becomes WebVTT and keeps its colours.
"""

import re
from dataclasses import dataclass

from media_jobs.subtitles.colours import CLASS_COLOURS, font_colour

_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<more>[.\s][^<>]*)?(?P<single>/)?>"
    r"|<(?:(?P<h>\d+):)?(?P<m>\d\d):(?P<s>\d\d)\.(?P<ms>\d{3})>",
    re.ASCII,
)
# Those of other systems and of word processors, too: a reader would make one line of two.
_LINE_END = re.compile("[\n\v\x85\u2028\u2029]")
# The brackets of pages for readers without ruby: ours stand around it anyway.
_RUBY_FALLBACK = re.compile(r"<rp>[^<>]*</rp>")
_NODES = frozenset({"b", "i", "u", "c", "v", "lang", "ruby", "rt", "font"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Plain text in one style.

    *colour*: `#rrggbb`, where the file has one. *at_ms*: the time from which it is to be shown or
    stressed, counted as the cue's own times; None: with the cue.
    """

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    colour: str | None = None
    at_ms: int | None = None


Line = tuple[Span, ...]


def text_lines(payload: str) -> tuple[Line, ...]:
    """Return the lines of a cue's text without tags, empty ones left out."""
    written = _Written()
    if "<rp>" in payload:
        payload = _RUBY_FALLBACK.sub("", payload)
    position = 0
    for tag in _TAG.finditer(payload):
        written.append(_decoded(payload[position : tag.start()]))
        written.follow(tag)
        position = tag.end()
    written.append(_decoded(payload[position:]))
    if written.count["rt"]:
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
        self.count = dict.fromkeys(_NODES, 0)
        self._open: list[str] = []
        self._colours: list[str | None] = [None]
        self._at_ms: int | None = None

    def append(self, text: str) -> None:
        """Add *text* in the style of the open tags."""
        for number, part in enumerate(_LINE_END.split(text)):
            if number:
                self.lines.append([])
            if part:
                self.lines[-1].append(
                    Span(
                        text=part,
                        bold=self.count["b"] > 0,
                        italic=self.count["i"] > 0,
                        underline=self.count["u"] > 0,
                        colour=self._colours[-1],
                        at_ms=self._at_ms,
                    )
                )

    def follow(self, tag: re.Match[str]) -> None:
        """Open or close what *tag* names; nothing where it names no tag of the standard."""
        if tag["name"] is None:
            hours, minutes, seconds = (int(tag[part] or 0) for part in "hms")
            self._at_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(tag["ms"])
            return
        name = tag["name"].lower()
        if name == "br":
            self.append("\n")
        if name not in _NODES or tag["single"]:
            return
        if tag["end"]:
            self._close(name)
        elif name != "rt":
            self._begin(name, _colour(name, tag["more"] or ""))
        elif self._open[-1:] == ["ruby"]:
            # Ruby text is kept beside its base, in brackets: dropping it would lose words.
            self.append("(")
            self._begin("rt", None)

    def _begin(self, name: str, colour: str | None) -> None:
        self._open.append(name)
        self._colours.append(colour or self._colours[-1])
        self.count[name] += 1

    def _close(self, name: str) -> None:
        """Close the innermost tag if it is *name*; `</ruby>` also closes its open text."""
        if name == "ruby" and self._open[-1:] == ["rt"]:
            self._close("rt")
        if self._open[-1:] != [name]:
            return
        self._open.pop()
        self._colours.pop()
        self.count[name] -= 1
        if name == "rt":
            self.append(")")


def _colour(name: str, more: str) -> str | None:
    """Return the colour that a start tag names; of several classes the last one counts."""
    if name == "font":
        return font_colour(more)
    classes = more.split(maxsplit=1)[0].split(".") if more.startswith(".") else []
    known = [CLASS_COLOURS[one] for one in classes if one in CLASS_COLOURS]
    return known[-1] if known else None
