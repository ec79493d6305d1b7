"""Which kind of subtitles a text is, detected by its content.

WebVTT: https://www.w3.org/TR/webvtt1/, section 4.1. SubRip has no standard: numbered blocks, each
with a timing line. ASS and SSA: a script whose first line that is no comment is `[Script Info]`.
"""

import re
from dataclasses import dataclass

__all__ = ["ASS", "SUBRIP", "SUBTITLE_KINDS", "WEBVTT", "SubtitleKind", "kind_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleKind:
    """A kind of file; *content_type* is how it is stored and sent."""

    id: str
    name: str
    extension: str
    content_type: str


WEBVTT = SubtitleKind(id="webvtt", name="WebVTT", extension="vtt", content_type="text/vtt")
SUBRIP = SubtitleKind(
    id="subrip", name="SubRip", extension="srt", content_type="application/x-subrip"
)
ASS = SubtitleKind(id="ass", name="ASS", extension="ass", content_type="text/x-ssa")
SUBTITLE_KINDS = (WEBVTT, SUBRIP, ASS)

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t\n]|$)")
# Blanks of one line alone. `\s` also takes line ends: a search would then begin at each
# empty line and run through all that follow; a file of blank lines would hold the Worker up.
_FIRST_LINE = re.compile(r"^[^\S\n]*([^\s;!].*)$", re.MULTILINE)


def kind_of(text: str) -> SubtitleKind | None:
    r"""Return the kind of *text*, whose lines end with `\n`; None: it is none of them."""
    first = _FIRST_LINE.search(text)
    if first is not None and first[1].strip().lower() == "[script info]":
        return ASS
    if _SIGNATURE.match(text):
        return WEBVTT
    return SUBRIP if "-->" in text else None
