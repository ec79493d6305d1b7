"""What there is to know of a translation, and the files that are handed over."""

from media_jobs.notices import NoticeDocument
from media_jobs.strict import Strict

__all__ = ["Counts", "TrackFacts", "TranslationMetadata"]


class TrackFacts(Strict):
    """*language*: BCP 47, of the track that was made."""

    language: str


class Counts(Strict):
    """Cues, or comments, by where their translation is from: *memory*, *model*; *source*: those
    that stand untranslated, as there was nothing to translate or no answer.
    """

    memory: int
    model: int
    source: int


class TranslationMetadata(Strict):
    """The `metadata` output.

    *translator*: who translated, by the name of its setting; *model*: of a server that has some.
    *sourceLanguage*: as known or detected, null where nobody knows. *tokensIn*, *tokensOut*: the
    sum of what the server said in `usage`, *charactersIn*: what was sent to one that counts
    characters; both of all attempts. *requests*: those that were answered. *cost*: by the
    container's prices, null where it has none. *resumedTexts*: taken over from an earlier attempt.
    *title*, *description*: as translated.
    """

    translator: str
    model: str | None
    source_language: str | None
    target_language: str
    subtitles: TrackFacts | None
    counts: Counts
    requests: int
    tokens_in: int
    tokens_out: int
    characters_in: int
    cost: float | None
    resumed_texts: int
    title: str | None
    description: str | None
    notices: tuple[NoticeDocument, ...]
