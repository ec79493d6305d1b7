"""TTML and DFXP (https://www.w3.org/TR/ttml1/), the timed text of streaming and television.

Times of body, div, p and span are followed, in all their forms; bold, italic, underline and colours
of p and span, line breaks, and whether a region lies at the top. White is how most files write
their usual text, and counts as no colour.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import OPEN_MS, TimedText, until_next
from media_jobs.subtitles.kinds import TTML
from media_jobs.subtitles.markup import escaped, time_tag
from media_jobs.subtitles.ttml_styles import Look, Styles
from media_jobs.subtitles.ttml_times import Clock
from media_jobs.subtitles.xml_events import End, Start, xml_events

__all__ = ["timed_texts"]

_TIMES = {"begin", "end", "dur"}
_CONTENT = frozenset({"body", "div", "p", "span"})
_NOT_SHOWN = frozenset({"metadata", "head"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """An open element of the content. *end_ms*: None where no time ends it.

    *follow*: those within begin where the one before has ended. *keeps*: its white space counts.
    *begins*: something says when. *unread*: a time of it can't be read.
    """

    name: str
    start_ms: int
    end_ms: int | None
    is_timed: bool
    look: Look
    keypad: int | None
    follow: bool = False
    keeps: bool = False
    begins: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one span."""

    text: str
    scope: _Scope


@dataclass(slots=True)
class _Paragraph:
    scope: _Scope
    line: int
    runs: list[_Run] = field(default_factory=list)


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
        self._scopes = [_Scope("tt", 0, None, False, Look(), None)]
        # Where the last element within each of them has ended.
        self._reached_ms = [0]
        self._paragraph: _Paragraph | None = None
        self._hidden = 0

    def start(self, element: Start) -> None:
        """Take in an element's start tag."""
        name, attributes = element.name, element.attributes
        if name == "tt":
            self._clock = Clock.of(attributes)
            self._scopes = [replace(self._scopes[0], keeps=_keeps(attributes, False))]
        elif name in ("style", "region"):
            self._styles.define(name, attributes)
        elif self._hidden or name in _NOT_SHOWN:
            self._hidden += name in _NOT_SHOWN
        elif name == "br":
            self.text("\n", is_break=True)
        elif name in _CONTENT:
            self._scopes.append(self._scope(name, attributes))
            self._reached_ms.append(self._scopes[-1].start_ms)
            if name == "p":
                self._paragraph = _Paragraph(self._scopes[-1], element.line)

    def _scope(self, name: str, attributes: Mapping[str, str]) -> _Scope:
        outer = self._scopes[-1]
        begin = self._clock.milliseconds(attributes.get("begin"))
        end = self._clock.milliseconds(attributes.get("end"))
        length = self._clock.milliseconds(attributes.get("dur"))
        from_ms = self._reached_ms[-1] if outer.follow else outer.start_ms
        start_ms = from_ms + (begin or 0)
        ends = [time for time in (outer.end_ms,) if time is not None]
        if end is not None:
            ends.append(from_ms + end)
        if length is not None:
            ends.append(start_ms + length)
        look = outer.look
        if name in ("p", "span"):
            look = look.with_(self._styles.look(attributes))
        return _Scope(
            name,
            start_ms,
            min(ends, default=None),
            not begin is end is length is None,
            look,
            self._styles.keypad(attributes.get("region")) or outer.keypad,
            attributes.get("timeContainer") == "seq",
            _keeps(attributes, outer.keeps),
            outer.begins or begin is not None,
            outer.unread or [begin, end, length].count(None) > 3 - len(_TIMES & attributes.keys()),
        )

    def text(self, text: str, *, is_break: bool = False) -> None:
        """Take in text, whose white space is as good as one blank."""
        if self._paragraph is None or self._hidden:
            return
        plain = text if is_break or self._scopes[-1].keeps else _collapsed(text)
        self._paragraph.runs.append(_Run(plain, self._scopes[-1]))

    def end(self, name: str) -> Iterator[TimedText]:
        """Take in an end tag; yield the cues of a paragraph."""
        if name in ("region", "style"):
            self._styles.end(name)
        elif name in _NOT_SHOWN:
            self._hidden = max(self._hidden - 1, 0)
        elif name in _CONTENT and not self._hidden and len(self._scopes) > 1:
            ended = self._scopes.pop()
            self._reached_ms.pop()
            self._reached_ms[-1] = max(self._reached_ms[-1], ended.end_ms or ended.start_ms)
            if name == "p" and self._paragraph is not None:
                yield from _cues(self._paragraph, self._found)
                self._paragraph = None


def _keeps(attributes: Mapping[str, str], outer: bool) -> bool:
    """Whether white space counts in an element (https://www.w3.org/TR/xml/#sec-white-space)."""
    return {"preserve": True, "default": False}.get(attributes.get("space", ""), outer)


def _collapsed(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()


def _cues(paragraph: _Paragraph, found: Findings) -> Iterator[TimedText]:
    """Yield one cue, or one for each span where these alone have times."""
    if not "".join(run.text for run in paragraph.runs).strip():
        return
    scope = paragraph.scope
    spans: dict[tuple[int, int | None], list[_Run]] = {}
    for run in paragraph.runs:
        if run.scope.is_timed:
            spans.setdefault((run.scope.start_ms, run.scope.end_ms), []).append(run)
    if scope.is_timed or not spans:
        yield from _cue(paragraph, scope.start_ms, scope.end_ms, paragraph.runs, found)
        return
    untimed = "".join(run.text for run in paragraph.runs if not run.scope.is_timed)
    if untimed.strip():
        found.add("text_outside_cues", paragraph.line)
    for (start_ms, end_ms), runs in spans.items():
        if any(run.text.strip() for run in runs):
            yield from _cue(paragraph, start_ms, end_ms, runs, found)


def _cue(
    paragraph: _Paragraph, start_ms: int, end_ms: int | None, runs: list[_Run], found: Findings
) -> Iterator[TimedText]:
    scope = runs[-1].scope
    if scope.unread or (end_ms is None and not scope.begins):
        found.add("cue_times_unreadable", paragraph.line)
        return
    if end_ms is not None and end_ms <= start_ms:
        found.add("cue_ends_too_early", paragraph.line)
        return
    text = _marked(runs, start_ms)
    if len(text) > TEXT_CHARS_MAX:
        found.add("cue_text_cut", paragraph.line)
    yield TimedText(
        start_ms=start_ms,
        end_ms=OPEN_MS if end_ms is None else end_ms,
        text=text[:TEXT_CHARS_MAX],
        keypad=paragraph.scope.keypad,
        line=paragraph.line,
    )


def _marked(runs: list[_Run], start_ms: int) -> str:
    """Return the text of *runs* in WebVTT's tags; no blank begins a line."""
    parts: list[str] = []
    at_ms, ends_blank = start_ms, True
    for run in runs:
        text = run.text.lstrip(" \n" if not parts else " ") if ends_blank else run.text
        if not text:
            continue
        ends_blank = text[-1].isspace()
        if run.scope.start_ms != at_ms and text.strip():
            at_ms = run.scope.start_ms
            parts.append(time_tag(at_ms))
        parts.append(run.scope.look.marked(escaped(text)))
    return "".join(parts).strip()
