"""Cues written as a file of another kind, with what that kind can't hold told by name.

WebVTT: https://www.w3.org/TR/webvtt1/. ASS: http://www.tcax.org/docs/ass-specs.htm. SubRip has no
standard: tags are HTML's `b`, `i`, `u` and `font`, and `{\\an8}` is understood by most players.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from media_jobs.subtitles.ass_written import ass_script
from media_jobs.subtitles.colours import CLASS_COLOURS
from media_jobs.subtitles.cue_markup import Tags, font_tag, is_timed, tagged, webvtt_text
from media_jobs.subtitles.cues import Cue, TimedText
from media_jobs.subtitles.kinds import ASS, SUBRIP, WEBVTT
from media_jobs.subtitles.markup import clock
from media_jobs.subtitles.settings import NO_SETTINGS
from media_jobs.subtitles.text import Span
from media_jobs.subtitles.webvtt import written

__all__ = ["FORMATS", "Exported", "Format", "exported", "subrip_body", "subrip_times"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file that cues are written as; *holds*: what of a cue it has room for."""

    extension: str
    content_type: str
    holds: frozenset[str]
    write: Callable[[Sequence[Cue]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file's text; *left_out*: what the cues have and it has not, of `LEFT_OUT`, in order."""

    text: str
    left_out: tuple[str, ...]


def _webvtt(cues: Sequence[Cue]) -> str:
    return written(
        TimedText(
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            text=webvtt_text(cue),
            settings=cue.settings,
            keypad=cue.keypad,
        )
        for cue in cues
    )


_JOINER = "\u2060"
# What SubRip's readers would take for a tag or a line of times, which it can't say otherwise.
_TAG_LIKE = re.compile(
    r"[<＜](?=\s?[/／]?\s?[A-Za-z])|[{｛](?=\s?[\\＼/]|[A-Za-z]:|an[1-9]\})|--(?=>)|\\(?=[Nnha])|\[(?=br\])"
)

_HEAD = re.compile(r"^WEBVTT[ \t]*$", re.MULTILINE)


def _unread(text: str) -> str:
    return _TAG_LIKE.sub(lambda sign: sign[0] + _JOINER, text)


_SUBRIP_TAGS = Tags(escape=_unread, colour=font_tag)


def _subrip(cues: Sequence[Cue]) -> str:
    return "\n".join(
        f"{number}\n{subrip_times(cue)}\n{_place(cue)}{subrip_body(cue)}\n"
        for number, cue in enumerate(cues, 1)
    )


def subrip_times(cue: Cue) -> str:
    """Return SubRip's line of a cue's times."""
    return f"{_comma(cue.start_ms)} --> {_comma(cue.end_ms)}"


def subrip_body(cue: Cue) -> str:
    """Return the text of a cue as SubRip has it, without its place."""
    return _HEAD.sub("WEBVTT" + _JOINER, tagged(cue, _SUBRIP_TAGS))


def _comma(ms: int) -> str:
    return clock(ms).replace(".", ",")


def _place(cue: Cue) -> str:
    return "" if cue.keypad in (None, 2) else f"{{\\an{cue.keypad}}}"


def _text(cues: Sequence[Cue]) -> str:
    """Return what is said, a cue on a line, with an empty line where nothing is said for long."""
    lines: list[str] = []
    end_ms = None
    for cue in cues:
        if end_ms is not None and cue.start_ms - end_ms >= _PARAGRAPH_MS:
            lines.append("")
        lines.append(" ".join(cue.text.split("\n")))
        end_ms = cue.end_ms
    return "\n".join([*lines, ""])


_PARAGRAPH_MS = 2_000

FORMATS: Mapping[str, Format] = {
    one.extension: one
    for one in (
        Format(
            extension=WEBVTT.extension,
            content_type=WEBVTT.content_type,
            holds=frozenset({"times", "word-times", "styles", "places"}),
            write=_webvtt,
        ),
        Format(
            extension=SUBRIP.extension,
            content_type=SUBRIP.content_type,
            holds=frozenset({"times", "styles", "colours"}),
            write=_subrip,
        ),
        Format(
            extension=ASS.extension,
            content_type=ASS.content_type,
            holds=frozenset({"times", "word-times", "styles", "colours"}),
            write=ass_script,
        ),
        Format(extension="txt", content_type="text/plain", holds=frozenset(), write=_text),
    )
}


def exported(cues: Sequence[Cue], to: Format) -> Exported:
    """Return *cues*, which are in order of their start, as a file."""
    has = [name for name in _had(cues) if name not in to.holds]
    return Exported(text=to.write(cues), left_out=tuple(has))


def _had(cues: Sequence[Cue]) -> Iterator[str]:
    """Yield what *cues* have: names of the API."""
    spans = [span for cue in cues for line in cue.lines for span in line]
    yield "times"
    if any(is_timed(cue.lines) for cue in cues):
        yield "word-times"
    if any(span.bold or span.italic or span.underline for span in spans):
        yield "styles"
    if any(_has_own_colour(span) for span in spans):
        yield "colours"
    if any(cue.settings != NO_SETTINGS for cue in cues):
        yield "places"


def _has_own_colour(span: Span) -> bool:
    return span.colour is not None and span.colour.lower() not in CLASS_COLOURS.values()
