"""What a person may ask of a transcript."""

from typing import Annotated

from pydantic import Field

from media_jobs.cue_limits import CueLimits
from media_jobs.languages import LanguageTag
from media_jobs.options import Options

__all__ = ["TranscribeOptions"]

VOCABULARY_MAX = 100
"""Of names and terms: a recogniser reads about two hundred tokens beside what it hears."""

_Term = Annotated[str, Field(min_length=1, max_length=80)]


class TranscribeOptions(Options):
    """Write down what is said, as subtitles, as words with their times, and as plain text.

    *language*: what is spoken; detected unless given. *vocabulary*: names and terms that are likely
    to be said, as they are spelled. *model*: one that the container has; its own choice unless
    given. *voiceActivity*: hear only where somebody speaks; without it, music and noise may become
    words that nobody said. *wordTimes*: the subtitles say when each word is said, which a burn
    needs to highlight it. *cues*: the limits within which the words are cut into cues, where they
    are to be others than those of their script.
    """

    language: LanguageTag | None = None
    vocabulary: Annotated[list[_Term], Field(max_length=VOCABULARY_MAX)] = Field(default=[])
    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9@][A-Za-z0-9@._/-]{0,99}\z")] | None = None
    voice_activity: bool = True
    word_times: bool = True
    cues: CueLimits | None = None
