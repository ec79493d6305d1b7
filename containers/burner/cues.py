"""Reads subtitles: WebVTT (https://www.w3.org/TR/webvtt1/), and SubRip, which differs by a comma.

Forgiving like the standard's parser: a damaged block is skipped, the rest is kept. Beyond it, a `<`
that starts no tag stays a `<`, because people write `a < b` without escaping it. Regions, style
blocks, comments and karaoke times are not drawn; cue settings are kept but not followed, because
the wanted place is an option of the job.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine_kit.failures import EngineFailure, FailureCode

__all__ = ["Cue", "Line", "Span", "parse_cues"]

CUES_MAX = 50_000
TEXT_CHARS_MAX = 2_000
"""Of one cue. Longer text fills any screen, and libass lays out every character of it."""

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?", re.ASCII)
_SETTING = re.compile(r"([a-z]+):(\S+)", re.ASCII)
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[a-zA-Z]+)(?:[.\s][^<>]*)?/?>|<\d+:\d\d(?::\d\d)?\.\d{3}>", re.ASCII
)
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


def parse_cues(data: bytes) -> tuple[Cue, ...]:
    """Return the cues of a WebVTT or SubRip file in order of their start.

    Raises EngineFailure(subtitles_invalid) when it is neither, or holds no cue to draw.
    """
    text = data.decode("utf-8-sig", "replace").replace("\0", "\ufffd")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = []
    for cue in _cues(lines):
        cues.append(cue)
        if len(cues) > CUES_MAX:
            raise EngineFailure(
                FailureCode.SUBTITLES_INVALID, f"The subtitles have more than {CUES_MAX} cues."
            )
    if not cues:
        reason = "hold no cue with text" if _is_webvtt(lines) else "are neither WebVTT nor SubRip"
        raise EngineFailure(FailureCode.SUBTITLES_INVALID, f"The subtitles {reason}.")
    return tuple(sorted(cues, key=lambda cue: cue.start_ms))


def _is_webvtt(lines: list[str]) -> bool:
    return re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None


def _cues(lines: list[str]) -> Iterator[Cue]:
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
        start_ms, end_ms = _milliseconds(timing, 1), _milliseconds(timing, 5)
        spans = _lines("\n".join(payload)[:TEXT_CHARS_MAX])
        if spans and end_ms > start_ms:
            yield Cue(
                start_ms=start_ms,
                end_ms=end_ms,
                lines=spans,
                settings=tuple(_SETTING.findall(timing[9] or "")),
            )


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
