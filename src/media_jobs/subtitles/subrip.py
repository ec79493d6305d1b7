r"""SubRip, which has no standard: read leniently.

Times may have a point, fewer digits, and more than sixty seconds; settings of WebVTT are followed.
Tags that the format borrows from ASS are left out, but for the place that `{\an8}` names.
"""

import re
from collections.abc import Iterator

from media_jobs.subtitles.blocks import timed_blocks
from media_jobs.subtitles.cues import TimedText
from media_jobs.subtitles.notices import Findings
from media_jobs.subtitles.settings import NO_SETTINGS, cue_settings

__all__ = ["timed_texts"]

_TIME = r"(?:([0-9]{1,6}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
_BLANKS = r"[\s\ufeff]*"
_TIMING = re.compile(rf"{_BLANKS}{_TIME}{_BLANKS}-->{_BLANKS}{_TIME}(?![0-9])(.*)")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_KEYPAD = re.compile(r"\{\\(?:[^{}]*\\)?an([1-9])(?![0-9])[^{}]*\}")


def timed_texts(text: str, found: Findings) -> Iterator[TimedText]:
    """Yield the cues in the file's order."""
    if text.partition("\n")[0].strip("\ufeff ").upper().startswith("WEBVTT"):
        found.add("read_as_subrip")
    for block in timed_blocks(text, _TIMING, found):
        keypad = _KEYPAD.search(block.text)
        yield TimedText(
            start_ms=block.start_ms,
            end_ms=block.end_ms,
            text=_OVERRIDE.sub("", block.text),
            settings=NO_SETTINGS if keypad else cue_settings(block.settings),
            keypad=int(keypad[1]) if keypad else None,
        )
