"""TTML and DFXP (https://www.w3.org/TR/ttml1/), the timed text of streaming and television.

Times of body, div, p and span are followed, in all their forms; bold, italic, underline, colours,
line breaks, ruby (in brackets), what is not to be seen, and whether a region lies at the top. White
is how most files write their usual text, and counts as no colour.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from media_jobs.notices import Findings
from media_jobs.subtitles.cues import TimedText, until_next
from media_jobs.subtitles.kinds import TTML
from media_jobs.subtitles.ttml_paragraphs import Paragraph, Run, Scope, paragraph_cues
from media_jobs.subtitles.ttml_styles import Look, Styles
from media_jobs.subtitles.ttml_times import Clock
from media_jobs.subtitles.xml_events import End, Start, xml_events

__all__ = ["timed_texts"]

# What files of lyrics have within a line that is no part of it.
_LINES_OF_THEIR_OWN = ("x-translation", "x-roman", "x-bg")
_TIMES = {"begin", "end", "dur"}
_CONTENT = frozenset({"body", "div", "p", "span"})
_NOT_SHOWN = frozenset(
    {"metadata", "head", "title", "desc", "copyright", "agent", "audio", "chunk", "data", "image"}
)
# Within these, blanks are no text; the texts of a container share one pair of brackets.
_RUBY_CONTAINERS = frozenset({"container", "baseContainer", "textContainer"})


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the paragraphs in the file's order; raises InvalidInput where *text* is no XML."""
    yield from until_next(_paragraphs(text, found), found)


def _paragraphs(text: str, found: Findings) -> Iterator[TimedText]:
    reader = _Reader(found)
    for event in xml_events(text, TTML.name):
        match event:
            case Start():
                reader.start(event)
            case End():
                yield from reader.end(event.name)
            case str():
                reader.text(event)


class _Reader:
    def __init__(self, found: Findings) -> None:
        self._found = found
        self._clock = Clock()
        self._styles = Styles()
        self._scopes = [Scope("tt", 0, None, False, Look(), None)]
        # Where the last element within each of them has ended.
        self._reached_ms = [0]
        self._paragraph: Paragraph | None = None
        self._hidden = 0
        self._is_sung = False
        self._line = 1

    def start(self, element: Start) -> None:
        """Take in an element's start tag."""
        name, attributes = element.name, element.attributes
        if name == "tt":
            self._clock = Clock.of(attributes)
            self._scopes = [replace(self._scopes[0], keeps=_keeps(attributes, False))]
            # Apple's lyrics, whose times all count from the beginning.
            self._is_sung = attributes.get("timing") in ("Word", "Line")
        elif name in ("style", "region"):
            self._styles.define(name, attributes)
        elif self._hidden or name in _NOT_SHOWN:
            self._hidden += name in _NOT_SHOWN
        elif name == "br":
            self.text("\n", is_break=True)
        elif name in _CONTENT:
            self._begin(element)

    def _begin(self, element: Start) -> None:
        scope = self._scope(element)
        self._scopes.append(scope)
        self._reached_ms.append(scope.start_ms)
        self._line = element.line
        if scope.name == "p":
            self._paragraph = Paragraph(scope, element.line, self._is_sung)
        elif element.attributes.get("role", "") in _LINES_OF_THEIR_OWN:
            self.text("\n", is_break=True)
        if self._opens_brackets(scope):
            self._add("(", scope)

    def _opens_brackets(self, scope: Scope) -> bool:
        """Whether ruby text begins with *scope*, which is the innermost."""
        ruby, outer = scope.look.ruby, self._scopes[-2].look.ruby
        return ruby == "textContainer" or (ruby == "text" and outer != "textContainer")

    def _scope(self, element: Start) -> Scope:
        name, attributes, outer = element.name, element.attributes, self._scopes[-1]
        begin = self._clock.milliseconds(attributes.get("begin"))
        end = self._clock.milliseconds(attributes.get("end"))
        length = self._clock.milliseconds(attributes.get("dur"))
        from_ms = self._from_ms(outer, begin, element.line)
        start_ms = outer.start_ms if begin is None and self._is_sung else from_ms + (begin or 0)
        ends = [time for time in (outer.end_ms,) if time is not None]
        if end is not None:
            ends.append(from_ms + end)
        if length is not None:
            ends.append(start_ms + length)
        look = self._styles.look_of_region(attributes.get("region")).under(outer.look)
        return Scope(
            name,
            start_ms,
            min(ends, default=None),
            not begin is end is length is None or (outer.is_timed and outer.name == "span"),
            look.with_(self._styles.look(attributes)),
            self._styles.keypad(attributes.get("region")) or outer.keypad,
            attributes.get("timeContainer") == "seq",
            _keeps(attributes, outer.keeps),
            outer.begins or begin is not None,
            outer.unread or [begin, end, length].count(None) > 3 - len(_TIMES & attributes.keys()),
        )

    def _from_ms(self, outer: Scope, begin: int | None, line: int) -> int:
        """Return the time from which those of an element within *outer* count."""
        if self._is_sung or outer.follow:
            return 0 if self._is_sung else self._reached_ms[-1]
        start_ms, end_ms = outer.start_ms, outer.end_ms
        if begin is None or end_ms is None or not start_ms <= begin < end_ms <= start_ms + begin:
            return start_ms
        # It would never be seen: the program that wrote it counts from the beginning.
        self._found.add("cue_times_repaired", line)
        return 0

    def text(self, text: str, *, is_break: bool = False) -> None:
        """Take in text, whose white space is as good as one blank."""
        scope = self._scopes[-1]
        if self._hidden or (not text.strip() and scope.look.ruby in _RUBY_CONTAINERS):
            return
        if self._paragraph is None and len(self._scopes) > 1 and text.strip():
            self._found.add("text_outside_cues", self._line)
        self._add(text if is_break or scope.keeps else _collapsed(text), scope)

    def _add(self, text: str, scope: Scope) -> None:
        if self._paragraph is not None and not scope.look.hidden and scope.look.ruby != "delimiter":
            self._paragraph.runs.append(Run(text, scope))

    def end(self, name: str) -> Iterator[TimedText]:
        """Take in an end tag; yield the cues of a paragraph."""
        if name in ("region", "style"):
            self._styles.end(name)
        elif name in _NOT_SHOWN:
            self._hidden = max(self._hidden - 1, 0)
        elif name in _CONTENT and not self._hidden and len(self._scopes) > 1:
            if self._opens_brackets(self._scopes[-1]):
                self._add(")", self._scopes[-1])
            ended = self._scopes.pop()
            self._reached_ms.pop()
            self._reached_ms[-1] = max(self._reached_ms[-1], ended.end_ms or ended.start_ms)
            if name == "p" and self._paragraph is not None:
                yield from paragraph_cues(self._paragraph, self._found)
                self._paragraph = None


def _keeps(attributes: Mapping[str, str], outer: bool) -> bool:
    """Whether white space counts in an element (https://www.w3.org/TR/xml/#sec-white-space)."""
    return {"preserve": True, "default": False}.get(attributes.get("space", ""), outer)


def _collapsed(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()
