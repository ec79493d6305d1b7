"""Reads WebVTT (https://www.w3.org/TR/webvtt1/), and SubRip, which differs by a comma.

Forgiving like the standard's parser: a damaged block is skipped, the rest is kept. Beyond it, a `<`
that starts no tag stays a `<`, because people write `a < b` without escaping it. Regions, style
blocks, comments and karaoke times are not drawn; cue settings are kept for who follows them. The
place that SubRip files borrow from ASS, `{\\an8}` at the start of a text, is such a setting.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Cue", "Line", "Span", "has_regions", "is_webvtt", "timed_cues"]

TEXT_CHARS_MAX = 2_000
"""Of one cue. Longer text fills any screen, and libass lays out every character of it."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?", re.ASCII)
_SETTING = re.compile(r"([a-z]+):(\S+)", re.ASCII)
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[a-zA-Z]+)(?:[.\s][^<>]*)?/?>|<\d+:\d\d(?::\d\d)?\.\d{3}>", re.ASCII
)
_KEYPAD = re.compile(r"\{\\an([1-9])\}", re.ASCII)
_STYLED = frozenset({"b", "i", "u"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Plain text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from *start_ms* until before *end_ms*, and the settings it came with."""

    start_ms: int
    end_ms: int
    lines: tuple[Line, ...]
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All characters of the cue."""
        return "\n".join("".join(span.text for span in line) for line in self.lines)


def is_webvtt(lines: list[str]) -> bool:
    """Whether the file's first line says so."""
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def has_regions(lines: list[str]) -> bool:
    """Whether the file defines regions, which are not drawn."""
    return any(line.strip() == "REGION" for line in lines)


def timed_cues(lines: list[str]) -> Iterator[Cue]:
    """Yield the cues that have a text and a duration, in the file's order."""
    webvtt = is_webvtt(lines)
    position = 0
    while position < len(lines):
        timing = _TIMING.fullmatch(lines[position])
        position += 1
        if timing is None:
            continue
        payload = []
        # A cue ends at an empty line, or where the next begins without one.
        while position < len(lines) and lines[position] and "-->" not in lines[position]:
            payload.append(lines[position])
            position += 1
        text = "\n".join(payload)[:TEXT_CHARS_MAX]
        settings = tuple(_SETTING.findall(timing[9] or ""))
        if not webvtt and (keypad := _KEYPAD.match(text)):
            text, settings = text[keypad.end() :], (("an", keypad[1]),)
        spans = _lines(text)
        start_ms, end_ms = _milliseconds(timing, 1), _milliseconds(timing, 5)
        if spans and end_ms > start_ms:
            yield Cue(start_ms=start_ms, end_ms=end_ms, lines=spans, settings=settings)


def _milliseconds(match: re.Match[str], first: int) -> int:
    hours, minutes, seconds, fraction = (match[first + i] or "0" for i in range(4))
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def _lines(payload: str) -> tuple[Line, ...]:
    """Return the lines of a cue's text without tags, empty ones left out."""
    open_tags: list[str] = []
    lines: list[list[Span]] = [[]]
    position = 0
    for tag in [*_TAG.finditer(payload), None]:
        end = tag.start() if tag else len(payload)
        _append(lines, html.unescape(payload[position:end]), open_tags)
        if tag is not None:
            position = tag.end()
            _follow(tag, open_tags, lines)
    return tuple(tuple(line) for line in lines if any(span.text.strip() for span in line))


def _follow(tag: re.Match[str], open_tags: list[str], lines: list[list[Span]]) -> None:
    name = (tag["name"] or "").lower()
    if name == "rt":
        # Ruby text is kept beside its base, in brackets: dropping it would lose words.
        _append(lines, ")" if tag["end"] else "(", open_tags)
    if name not in _STYLED:
        return
    if not tag["end"]:
        open_tags.append(name)
    elif name in open_tags:
        open_tags.reverse()
        open_tags.remove(name)
        open_tags.reverse()


def _append(lines: list[list[Span]], text: str, open_tags: list[str]) -> None:
    for number, part in enumerate(text.split("\n")):
        if number:
            lines.append([])
        if part:
            lines[-1].append(
                Span(
                    text=part,
                    bold="b" in open_tags,
                    italic="i" in open_tags,
                    underline="u" in open_tags,
                )
            )
