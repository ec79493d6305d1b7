"""The edit of a file of subtitles, put back into that file: what is not edited stays as it was.

An edit is WebVTT. A cue that was made from one of the file has the number of the line of that
one's times as its identifier, also where it was split into several; a new cue has none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from media_jobs.notices import Findings, Notice
from media_jobs.subtitles.ass_edited import edited_script
from media_jobs.subtitles.edits import Edit
from media_jobs.subtitles.kinds import ASS, SUBRIP, SubtitleKind
from media_jobs.subtitles.markup import TIME_TAG
from media_jobs.subtitles.reader import SubtitleFile
from media_jobs.subtitles.subrip_edited import edited_subrip

__all__ = ["KEPT_KINDS", "Edited", "edited_into"]

KEPT_KINDS: frozenset[SubtitleKind] = frozenset({ASS, SUBRIP})
"""The kinds that an edit can be put back into."""

_SOURCE = re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A file's text after an edit, and what of the file could not be kept."""

    text: str
    notices: tuple[Notice, ...]


def edited_into(file: SubtitleFile, edit: SubtitleFile) -> Edited:
    """Return *file*, of `KEPT_KINDS`, with the cues of *edit*, which is WebVTT."""
    found = Findings()
    write = edited_script if file.kind is ASS else edited_subrip
    text = write(file.text, tuple(_edits(file, edit)), found)
    return Edited(text=text, notices=found.notices())


def _edits(file: SubtitleFile, edit: SubtitleFile) -> Iterator[Edit]:
    before = {one.line: one.text for one in file.timed}
    now = {one.line: one.text for one in edit.timed}
    lines = edit.text.split("\n")
    for cue in edit.cues():
        assert cue.line is not None, "WebVTT's cues have a line"
        name = lines[cue.line - 2].strip() if cue.line > 1 else ""
        named = int(name) if _SOURCE.fullmatch(name) else None
        source = named if named in before else None
        says = source is not None and _words(before[source]) == _words(now[cue.line])
        yield Edit(cue=cue, source=source, says_the_same=says)


def _words(text: str) -> str:
    """Return what a text says that WebVTT can hold: no empty lines, no arrow.

    Times of its words are left out: they move with their cue.
    """
    said = TIME_TAG.sub("", text).replace("-->", "--&gt;").split("\n")
    return "\n".join(line.strip() for line in said if line.strip())
