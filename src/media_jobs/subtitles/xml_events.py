"""XML as events, for kinds of subtitles that are XML.

Read by expat, the standard library's parser, piece by piece, so that a large file makes no large
tree. A document type with declarations of its own is refused before any of it is followed: without
declarations there are no entities but XML's five, nothing grows and nothing outside is read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from media_jobs.errors import InvalidInput

__all__ = ["End", "Start", "XmlEvent", "xml_events"]

_PIECE_CHARS = 1 << 16
_DEPTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins; names are without their prefixes. *line*: counted from 1."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class End:
    """An element ends."""

    name: str


XmlEvent = Start | End | str
"""A string is text."""


def xml_events(text: str, kind: str) -> Iterator[XmlEvent]:
    """Yield what *text* holds, in its order.

    Raises InvalidInput, which names *kind*, where it is not well-formed, is too deep, or declares
    entities.
    """
    # Here, because the app's start needs neither.
    from xml.parsers import expat

    handlers = _Handlers(kind)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: handlers.start(
        name, attributes, parser.CurrentLineNumber
    )
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.events.append
    parser.StartDoctypeDeclHandler = handlers.doctype
    # Nothing may stand before the declaration, and people's files have blank lines there.
    blank = len(text) - len(text.lstrip())
    handlers.lines_before = text.count("\n", 0, blank)
    try:
        for start in range(blank, len(text), _PIECE_CHARS):
            parser.Parse(text[start : start + _PIECE_CHARS], False)
            yield from handlers.events
            handlers.events.clear()
        parser.Parse("", True)
    except (expat.ExpatError, UnicodeEncodeError):
        raise InvalidInput("bad_request.subtitles_damaged", kind=kind) from None
    yield from handlers.events


@dataclass(slots=True)
class _Handlers:
    kind: str
    events: list[XmlEvent] = field(default_factory=list)
    lines_before: int = 0
    depth: int = 0

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self.depth += 1
        if self.depth > _DEPTH_MAX:
            raise InvalidInput("bad_request.subtitles_damaged", kind=self.kind)
        local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        self.events.append(Start(name.rpartition(":")[2], local, line + self.lines_before))

    def end(self, name: str) -> None:
        self.depth -= 1
        self.events.append(End(name.rpartition(":")[2]))

    def doctype(
        self, name: str, system: str | None, public: str | None, has_declarations: bool
    ) -> None:
        if has_declarations:
            raise InvalidInput("bad_request.subtitles_damaged", kind=self.kind)
