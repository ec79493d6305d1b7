"""A translation cue by cue, beside its source: what corrections are learned from."""

from typing import Annotated, Literal

from pydantic import Field

from media_jobs.languages import LanguageTag
from media_jobs.notices import NoticeDocument
from media_jobs.strict import Strict

__all__ = ["CueOrigin", "TranslatedCue", "TranslationDocument"]

CueOrigin = Literal["memory", "model", "source"]
"""Where a cue's translation is from: the owner's memory, the translator that the job's metadata
names, or nowhere, so that the source stands in its place.
"""

_Ms = Annotated[int, Field(ge=0)]


class TranslatedCue(Strict):
    """One cue, the same in both tracks. *id*: its place in the track, from 1.

    *source*, *target*: its plain text in either language, lines ended by a feed.
    """

    id: Annotated[int, Field(ge=1)]
    start_ms: _Ms
    end_ms: _Ms
    source: str
    target: str
    origin: Annotated[CueOrigin, Field(alias="from")]
    # Not strict as a list: a tuple can't be written in JSON.
    notices: Annotated[tuple[NoticeDocument, ...], Field(strict=False)] = ()


class TranslationDocument(Strict):
    """All cues in their order. *from*: null where nobody knows the language of the source."""

    version: Literal[1] = 1
    source_language: Annotated[LanguageTag | None, Field(alias="from")] = None
    target_language: Annotated[LanguageTag, Field(alias="to")]
    cues: Annotated[tuple[TranslatedCue, ...], Field(max_length=50_000, strict=False)]
