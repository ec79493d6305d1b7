r"""Which kind of subtitles a text is, detected by its content.

WebVTT: https://www.w3.org/TR/webvtt1/, section 4.1. ASS and SSA: a script whose first line that is
no comment is the head of one of its sections, or an event. TTML: https://www.w3.org/TR/ttml1/.
The others have no standard: SubRip and SBV are blocks with a line of times, LRC and MicroDVD lines
that begin with one.
"""

import re
from dataclasses import dataclass

__all__ = [
    "ASS",
    "LRC",
    "MICRODVD",
    "SBV",
    "SUBRIP",
    "SUBTITLE_KINDS",
    "TTML",
    "WEBVTT",
    "YOUTUBE_JSON",
    "YOUTUBE_XML",
    "SubtitleKind",
    "kind_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleKind:
    """A kind of file; *content_type* is how it is stored and sent.

    Kinds that are XML do not have XML's types: a browser would run what scripts stand in them.
    """

    id: str
    name: str
    extension: str
    content_type: str


WEBVTT = SubtitleKind(id="webvtt", name="WebVTT", extension="vtt", content_type="text/vtt")
SUBRIP = SubtitleKind(
    id="subrip", name="SubRip", extension="srt", content_type="application/x-subrip"
)
ASS = SubtitleKind(id="ass", name="ASS", extension="ass", content_type="text/x-ssa")
SBV = SubtitleKind(id="sbv", name="SBV", extension="sbv", content_type="text/x-sbv")
LRC = SubtitleKind(id="lrc", name="LRC", extension="lrc", content_type="text/x-lrc")
TTML = SubtitleKind(id="ttml", name="TTML", extension="ttml", content_type="text/x-ttml")
MICRODVD = SubtitleKind(
    id="microdvd", name="MicroDVD", extension="sub", content_type="text/x-microdvd"
)
YOUTUBE_JSON = SubtitleKind(
    id="json3", name="YouTube json3", extension="json3", content_type="text/x-json3"
)
YOUTUBE_XML = SubtitleKind(
    id="srv3", name="YouTube srv3", extension="srv3", content_type="text/x-srv3"
)
SUBTITLE_KINDS = (WEBVTT, SUBRIP, ASS, SBV, LRC, TTML, MICRODVD, YOUTUBE_JSON, YOUTUBE_XML)

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t\n]|$)")
# Times of SubRip below WebVTT's signature: by the standard such a file has no cue at all.
_WEBVTT_TIMES = re.compile(r"[0-9]\.[0-9]{3}[ \t\f]*-->")
_SUBRIP_TIMES = re.compile(r"[0-9],[0-9]{3}[ \t\f]*-->")
# Blanks of one line alone. `\s` also takes line ends: a search would then begin at each
# empty line and run through all that follow; a file of blank lines would hold the Worker up.
_FIRST_LINE = re.compile(r"^[^\S\n]*([^\s;!].*)$", re.MULTILINE)
_SECTION = re.compile(
    r"\[(?:script info|v4\+? styles|events)\]\s*|Dialogue:\s*(?:Marked=)?[0-9]+\s*,.*",
    re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(tt|timedtext|transcript)[\s>/]")
_MICRODVD = re.compile(r"^[ \t\ufeff]*\{[0-9]{1,9}\}\{[0-9]{0,9}\}", re.MULTILINE)
_LRC = re.compile(r"^[ \t\ufeff]*\[(?:[0-9]{1,3}:)?[0-9]{1,4}:[0-9]{2}(?:[.:,][0-9]{1,9})?\]", re.M)
_SBV = re.compile(
    r"^[ \t\ufeff]*(?:[0-9]+:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]+,[0-9:]+[.,][0-9]+\s*$", re.M
)
_HEAD_CHARS = 4_000


def kind_of(text: str) -> SubtitleKind | None:
    r"""Return the kind of *text*, whose lines end with `\n`; None: it is none of them."""
    if _SIGNATURE.match(text):
        is_subrip = _SUBRIP_TIMES.search(text) and not _WEBVTT_TIMES.search(text)
        return SUBRIP if is_subrip else WEBVTT
    first = _FIRST_LINE.search(text)
    line = "" if first is None else first[1].lstrip("\ufeff")
    if _SECTION.fullmatch(line):
        return ASS
    if line.startswith("<"):
        return _kind_of_xml(text)
    if line.startswith("{") and '"tStartMs"' in text:
        return YOUTUBE_JSON
    return _kind_of_lines(text)


def _kind_of_xml(text: str) -> SubtitleKind | None:
    root = _ROOT.search(text, 0, _HEAD_CHARS)
    if root is not None:
        return TTML if root[1] == "tt" else YOUTUBE_XML
    return _kind_of_lines(text)


def _kind_of_lines(text: str) -> SubtitleKind | None:
    """Return the kind whose first line of times comes first."""
    # Here, because the door asks for the kinds alone.
    from media_jobs.subtitles.subrip import first_times

    places = {
        MICRODVD: _start(_MICRODVD.search(text)),
        LRC: _start(_LRC.search(text)),
        SBV: _start(_SBV.search(text)),
        SUBRIP: first_times(text),
    }
    known = {kind: at for kind, at in places.items() if at is not None}
    return min(known, key=known.__getitem__) if known else None


def _start(match: re.Match[str] | None) -> int | None:
    return None if match is None else match.start()
