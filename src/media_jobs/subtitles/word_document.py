"""Words with times as JSON: what a transcription hands out, and a re-cut reads again."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from media_jobs.languages import LanguageTag
from media_jobs.strict import Strict
from media_jobs.subtitles.words import Word

__all__ = ["SpokenWord", "WordsDocument"]

_Ms = Annotated[int, Field(ge=0)]


class SpokenWord(Strict):
    """A word, and when it is said. *text* begins with the space that stands before it.

    *confidence*: 0 to 1. *speaker*: any name. Both are null where they are not known.
    """

    start_ms: _Ms
    end_ms: _Ms
    text: Annotated[str, Field(max_length=500)]
    confidence: Annotated[float | None, Field(ge=0, le=1)] = None
    speaker: Annotated[str | None, Field(max_length=100)] = None


class WordsDocument(Strict):
    """All words of a track in their order; their texts, one after the other, are the text."""

    language: LanguageTag | None = None
    # Not strict as a list: a tuple can't be written in JSON.
    words: Annotated[tuple[SpokenWord, ...], Field(max_length=1_000_000, strict=False)]

    @classmethod
    def of(cls, words: Iterable[Word], language: str | None = None) -> "WordsDocument":
        """Return *words* as a document, with confidence to three places."""
        return cls(
            language=language,
            words=tuple(
                SpokenWord(
                    start_ms=word.start_ms,
                    end_ms=word.end_ms,
                    text=word.text,
                    confidence=None if word.confidence is None else round(word.confidence, 3),
                    speaker=word.speaker,
                )
                for word in words
            ),
        )

    def spoken(self) -> Iterator[Word]:
        """Yield the words, to be cut into cues."""
        for word in self.words:
            yield Word(
                start_ms=word.start_ms,
                end_ms=word.end_ms,
                text=word.text,
                confidence=word.confidence,
                speaker=word.speaker,
            )
