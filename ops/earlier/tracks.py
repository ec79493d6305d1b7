"""The earlier system's subtitles: WebVTT whose cues have English above Chinese. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.exports import FORMATS, exported
from media_jobs.subtitles.reader import read_subtitles

ENGLISH, CHINESE = "en", "zh"
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_OTHERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
"""What Japanese and Korean have beside Chinese characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One language of a file, as WebVTT; *language*: BCP 47, None where it is not known."""

    language: str | None
    text: str


def two_tracks(text: str) -> list[Track]:
    """Return the English and the Chinese track of *text*, those of the two that it has.

    A cue of one line belongs to the language that it is written in. Raises ValueError where there
    are no subtitles in it.
    """
    upper: list[Cue] = []
    lower: list[Cue] = []
    for cue in _cues(text):
        if len(cue.lines) > 1:
            upper.append(replace(cue, lines=cue.lines[:1]))
            lower.append(replace(cue, lines=cue.lines[1:]))
        else:
            (lower if _HAN.search(cue.text) else upper).append(cue)
    found = ((ENGLISH, upper), (CHINESE, lower))
    return [Track(language=language, text=_written(cues)) for language, cues in found if cues]


def one_track(text: str) -> Track:
    """Return *text* as it is, with its language where its letters tell. Raises ValueError."""
    cues = _cues(text)
    said = "".join(cue.text for cue in cues)
    is_chinese = bool(_HAN.search(said)) and not _OTHERS.search(said)
    return Track(language=CHINESE if is_chinese else None, text=_written(cues))


def _cues(text: str) -> Sequence[Cue]:
    try:
        return read_subtitles(text).cues()
    except InvalidInput as refused:
        raise ValueError(str(refused)) from None


def _written(cues: Sequence[Cue]) -> str:
    return exported(cues, FORMATS["vtt"]).text
