"""Files of subtitles: which kind a text is, told by its content as the burner tells it.

WebVTT: W3C, "WebVTT", section 4.1. SubRip has no standard: numbered blocks, each with a timing
line. ASS and SSA: a script whose first line that is no comment is `[Script Info]`.
"""

import re
from dataclasses import dataclass

__all__ = ["SUBTITLE_KINDS", "SubtitleKind", "subtitle_kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleKind:
    """A kind of file; *content_type* is how it is stored and sent."""

    name: str
    extension: str
    content_type: str


_VTT = SubtitleKind(name="WebVTT", extension="vtt", content_type="text/vtt")
_SRT = SubtitleKind(name="SubRip", extension="srt", content_type="application/x-subrip")
_ASS = SubtitleKind(name="ASS", extension="ass", content_type="text/x-ssa")
SUBTITLE_KINDS = (_VTT, _SRT, _ASS)

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t\r\n]|$)")
_TIME = r"(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
# Blanks of one line alone. `\s` also takes line ends: a search would then begin at each
# empty line and run through all that follow; a file of blank lines would hold the Worker up.
_BLANKS = r"[^\S\n]*"
_TIMING = re.compile(rf"^{_BLANKS}{_TIME}{_BLANKS}-->{_BLANKS}{_TIME}", re.ASCII | re.MULTILINE)
_EVENT = re.compile(rf"^{_BLANKS}Dialogue{_BLANKS}:", re.IGNORECASE | re.MULTILINE)


def subtitle_kind(text: str) -> SubtitleKind | None:
    """Return the kind of *text*, or None: it is none of them, or has no cue."""
    lines = (line.strip() for line in text.splitlines() if line.strip())
    first = next((line for line in lines if line[0] not in ";!"), "")
    if first.lower() == "[script info]":
        return _ASS if _EVENT.search(text) else None
    if _SIGNATURE.match(text):
        return _VTT if "-->" in text else None
    return _SRT if _TIMING.search(text) else None
