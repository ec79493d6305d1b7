"""The port behind which somebody translates: a few texts in, theirs in the other language out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from media_jobs.translation.memory import GlossaryTerm

__all__ = ["Languages", "Passage", "Question", "Refusal", "Reply", "Translator"]


class Refusal(StrEnum):
    """Why no translation can be had: `error.code` of a failed callback, beside the kit's codes."""

    BUDGET = "budget_exhausted"
    PAIR = "language_pair_unsupported"
    INCOMPLETE = "translation_incomplete"
    REFUSED = "translator_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """BCP 47; *source* is None where nobody knows."""

    source: str | None
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text to translate, of one line. *chars_max*: said where the first try was longer."""

    id: int
    text: str
    chars_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is translated at once. *before*, *after*: neighbours, which are not translated."""

    languages: Languages
    passages: tuple[Passage, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered, unchecked: ids and texts in the order in which they came.

    *language*: of the source, where the translator has detected it. *fault*: what is wrong with an
    answer that can't be read.
    """

    texts: Sequence[tuple[int, str]]
    language: str | None = None
    fault: str = ""


class Translator(Protocol):
    """*keeps_marks*: whether it keeps `<s1>…</s1>` around what they belong to.
    *reads_instructions*: glossary, style note, context and lengths. *batch_max*: passages of one
    question.
    """

    name: str
    keeps_marks: bool
    reads_instructions: bool
    batch_max: int

    def check(self, languages: Languages) -> None:
        """Raise EngineFailure where these languages can't be translated, naming those that can."""
        ...

    async def translate(self, question: Question) -> Reply:
        """Return what is answered. Raises EngineFailure when nothing can be had."""
        ...
