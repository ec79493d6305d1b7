r"""An edited SubRip file: texts that were not edited stay as they were, with all their tags.

Of a text that was edited, the tags that it begins with are kept: `{\an8}`, `{\pos(96,54)}`.
"""

import re
from collections.abc import Sequence

from media_jobs.notices import Findings
from media_jobs.subtitles.edits import Edit, is_above, without_weights
from media_jobs.subtitles.exports import subrip_body, subrip_times
from media_jobs.subtitles.subrip import raw_texts

__all__ = ["edited_subrip"]

_FIRST_TAGS = re.compile(r"(?:\{\\[^{}]*\})*")
_LOST = re.compile(r"</?(?:s|strike)\b|<font\s[^<>]*\b(?:face|size)\b|.\{\\", re.IGNORECASE)


def edited_subrip(text: str, edits: Sequence[Edit], found: Findings) -> str:
    """Return a file of *edits*, which are in order of their start, numbered from 1."""
    raw = raw_texts(text)
    return "\n".join(
        f"{number}\n{subrip_times(edit.cue)}\n{_text(edit, raw, found)}\n"
        for number, edit in enumerate(edits, 1)
    )


def _text(edit: Edit, raw: dict[int, str], found: Findings) -> str:
    if edit.source is None:
        return ("{\\an8}" if is_above(edit.cue) else "") + subrip_body(edit.cue)
    before = raw[edit.source]
    if edit.says_the_same:
        return before
    first = _FIRST_TAGS.match(before)
    assert first is not None, "no tags are a match, too"
    if _LOST.search(before, first.end()):
        found.add("edited_tags_left_out", edit.source)
    return without_weights(first[0]) + subrip_body(edit.cue)
