"""Captions as YouTube's own formats have them: `json3` events, and the same as XML (`srv3`).

Bold, italic, underline, colours, and places at the top are followed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import JsonValue, TypeAdapter

from media_jobs.errors import InvalidInput
from media_jobs.notices import Findings
from media_jobs.subtitles.blocks import TEXT_CHARS_MAX
from media_jobs.subtitles.cues import OPEN_MS, TimedText, until_next
from media_jobs.subtitles.kinds import YOUTUBE_JSON, YOUTUBE_XML
from media_jobs.subtitles.markup import escaped, time_tag
from media_jobs.subtitles.xml_events import End, Start, xml_events
from media_jobs.subtitles.youtube_styles import YouTubeStyles

__all__ = ["timed_events", "timed_paragraphs"]

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
_MS_MAX = 1_000_000 * 3_600_000
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


def timed_events(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the events of a `json3` document: a start, a length, and pieces of text.

    Raises InvalidInput where *text* is no JSON.
    """
    try:
        document = _JSON.validate_json(text)
    except ValueError:
        raise InvalidInput("bad_request.subtitles_damaged", kind=YOUTUBE_JSON.name) from None
    whole: dict[str, JsonValue] = document if isinstance(document, dict) else {}
    styles, events = YouTubeStyles.of_json(whole), whole.get("events")
    known = (
        (event for event in events if isinstance(event, dict)) if isinstance(events, list) else ()
    )
    yield from until_next((cue for event in known for cue in _event(event, styles, found)), found)


def _event(
    event: Mapping[str, object], styles: YouTubeStyles, found: Findings
) -> Iterator[TimedText]:
    # What is nothing is not written.
    start_ms = _time(event.get("tStartMs", 0))
    if event.get("id"):
        styles.window(event["id"], event.get("wpWinPosId"))
    said = _said(event, start_ms or 0, styles)
    keypad = styles.keypad(event.get("wpWinPosId"), event.get("wWinId"))
    for cue in _timed(start_ms, _time(event.get("dDurationMs")), said, found):
        yield replace(cue, keypad=keypad)


def _timed(
    start_ms: int | None, length_ms: int | None, said: str, found: Findings, line: int | None = None
) -> Iterator[TimedText]:
    if not said.strip():
        return
    if start_ms is None:
        found.add("cue_times_unreadable", line)
    elif length_ms == 0:
        found.add("cue_ends_too_early", line)
    else:
        if len(said) > TEXT_CHARS_MAX:
            found.add("cue_text_cut", line)
        yield TimedText(
            start_ms=start_ms,
            end_ms=OPEN_MS if length_ms is None else start_ms + length_ms,
            text=said[:TEXT_CHARS_MAX],
            line=line,
        )


def _said(event: Mapping[str, object], start_ms: int, styles: YouTubeStyles) -> str:
    said, pieces = [], event.get("segs")
    for piece in pieces if isinstance(pieces, list) else []:
        if not isinstance(piece, dict):
            continue
        offset_ms = _time(piece.get("tOffsetMs"))
        if offset_ms:
            said.append(time_tag(start_ms + offset_ms))
        text = escaped(str(piece.get("utf8") or ""))
        said.append(styles.marked(text, piece.get("pPenId"), event.get("pPenId")))
    return "".join(said)


def _time(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MS_MAX:
        return value
    return None


def timed_paragraphs(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the paragraphs of an `srv3` document; raises InvalidInput where *text* is no XML.

    `srv1` and `srv2` are older forms of it, with a text's references escaped once more.
    """
    yield from until_next(_paragraphs(text, found), found)


def _paragraphs(text: str, found: Findings) -> Iterator[TimedText]:
    start: Start | None = None
    said: list[str] = []
    pen: object = None
    styles = YouTubeStyles()
    for event in xml_events(text, YOUTUBE_XML.name):
        match event:
            case Start(name="pen" | "wp" | "w"):
                _define(styles, event)
            case Start(name="p" | "text"):
                start, said, pen = event, [], None
            case Start(name="s") if start is not None:
                pen = event.attributes.get("p")
                offset_ms = _number(event.attributes.get("t"), 1)
                if offset_ms:
                    said.append(time_tag((_start_of(start) or 0) + offset_ms))
            case End(name="s"):
                pen = None
            case Start(name="br"):
                said.append("\n")
            case str() if start is not None:
                whole = event if start.name == "text" else escaped(event)
                said.append(styles.marked(whole, pen, start.attributes.get("p")))
            case End(name="p" | "text") if start is not None:
                yield from _paragraph(start, "".join(said), styles, found)
                start = None


def _define(styles: YouTubeStyles, element: Start) -> None:
    key, values = element.attributes.get("id", ""), element.attributes
    if element.name == "pen":
        styles.pen(key, values)
    elif element.name == "wp":
        styles.place(key, values)
    else:
        styles.window(key, values.get("wp"))


def _paragraph(
    start: Start, said: str, styles: YouTubeStyles, found: Findings
) -> Iterator[TimedText]:
    keypad = styles.keypad(start.attributes.get("wp"), start.attributes.get("w"))
    for cue in _timed(_start_of(start), _length_of(start), said, found, start.line):
        yield replace(cue, keypad=keypad)


def _start_of(element: Start) -> int | None:
    attributes = element.attributes
    if "start" in attributes:
        return _number(attributes["start"], 1000)
    return _number(attributes.get("t"), 1)


def _length_of(element: Start) -> int | None:
    attributes = element.attributes
    if "dur" in attributes:
        return _number(attributes["dur"], 1000)
    return _number(attributes.get("d"), 1)


def _number(text: str | None, unit: int) -> int | None:
    """Return *text* in milliseconds, of which *unit* are one of its own."""
    match = _DECIMAL.fullmatch(text.strip()) if text is not None else None
    return int(float(match[0]) * unit + 0.5) if match is not None else None
