"""WebVTT, read as its standard's parser does (https://www.w3.org/TR/webvtt1/, section 6).

A cue that the parser drops is dropped, with a notice. Beyond it, hours have at most six digits, and
a cue without a duration, which the standard keeps and never shows, is also left out with a notice.
"""

import re
from collections.abc import Iterable, Iterator

from media_jobs.subtitles.blocks import timed_blocks
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.notices import Findings
from media_jobs.subtitles.settings import cue_settings

__all__ = ["timed_texts", "written"]

_TIME = r"(?:0*([0-9]{1,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
# Nothing need stand between the second time and the settings, but for a digit more.
_TIMING = re.compile(rf"[ \t\f]*{_TIME}[ \t\f]*-->[ \t\f]*{_TIME}(?![0-9])(.*)")
# Behind an empty line, and the block goes on: a name alone means nothing.
_DEFINITION = re.compile(r"(?<=\n\n)(REGION|STYLE)[ \t\f]*\n(?!\n|$)")


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    regions: set[str] | None = None
    signature_end = len(text.partition("\n")[0])
    for block in timed_blocks(text, _TIMING, found, start=signature_end):
        if regions is None:
            # Regions and styles count above the first cue alone.
            regions = _regions(text[: block.offset], found)
        yield TimedText(
            start_ms=block.start_ms,
            end_ms=block.end_ms,
            text=block.text,
            settings=cue_settings(block.settings, regions),
        )


def _regions(head: str, found: Findings) -> set[str]:
    """Return the names of the regions that *head* defines; note what of it is not drawn."""
    names: set[str] = set()
    for definition in _DEFINITION.finditer(head):
        if definition[1] == "STYLE":
            found.add("styles_not_drawn")
            continue
        found.add("regions_not_drawn")
        body_end = head.find("\n\n", definition.end())
        body = head[definition.end() : len(head) if body_end < 0 else body_end]
        names.update(word[3:] for word in body.split() if word.startswith("id:"))
    return names - {""}


def written(cues: Iterable[TimedText]) -> str:
    """Return a file of *cues*. Their texts are WebVTT's; one of the top row stands at the top."""
    return "WEBVTT\n\n" + "\n".join(_written(cue) for cue in cues)


def _written(cue: TimedText) -> str:
    place = " line:0" if cue.keypad is not None and cue.keypad >= 7 else ""
    return f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}{place}\n{cue.text}\n"


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"
