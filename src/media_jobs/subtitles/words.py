"""Words with the times at which they are said: what a recogniser hears, and cues are cut from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from media_jobs.subtitles.text import Span

__all__ = ["PLAIN", "Word", "in_order", "text_of"]

PLAIN = Span(text="")
"""A text without a style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is said from *start_ms* to *end_ms*; *text* begins with the space that stands before it.

    So the texts of words, one after the other, are the text, also where words have no spaces
    between them. *confidence*: 0 to 1, where it is known. *speaker*: who says it, any name; what
    changes is a speaker. *look*: the style that it is shown in, whatever its text and time are.
    """

    start_ms: int
    end_ms: int
    text: str
    confidence: float | None = None
    speaker: str | None = None
    look: Span = PLAIN


def text_of(words: Iterable[Word]) -> str:
    """Return the whole text of *words*: what `cut`'s places of breaks are counted in."""
    return "".join(word.text for word in words)


def in_order(words: Sequence[Word]) -> Iterator[Word]:
    """Yield the words that have a text, none of which begins or ends after the next one begins.

    A recogniser's times may overlap by a little or lie out of order; texts keep their order.
    """
    latest_ms = 0
    pending: Word | None = None
    for word in words:
        if not word.text:
            continue
        start_ms = max(word.start_ms, latest_ms)
        if pending is not None:
            yield replace(pending, end_ms=min(pending.end_ms, start_ms))
        latest_ms = start_ms
        pending = replace(
            word,
            text=word.text.replace("\n", " "),
            start_ms=start_ms,
            end_ms=max(word.end_ms, start_ms),
        )
    if pending is not None:
        yield pending
