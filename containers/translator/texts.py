"""The texts of a job in their order: those that are settled, and those that are translated."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from engine_kit.failures import EngineFailure
from pydantic import BaseModel, ConfigDict, Field

from media_jobs.languages import language_tag
from media_jobs.translation.memory import GlossaryTerm
from translator.dividing import batches, divided
from translator.glossary import Glossary
from translator.marking import plain
from translator.port import Languages, Passage, Question, Refusal, Reply, Translator
from translator.spending import Used

__all__ = ["LOST_SHARE_MAX", "Kept", "Texts"]

LOST_SHARE_MAX = 0.05
"""Of all texts, so many may have no translation; one may in any case."""
BATCH_CHARS_MAX = 4_000


class Kept(BaseModel):
    """What an attempt keeps for the next one: texts by their numbers. *shorter*: of the second try
    for those that were too long. *lost*: why there is no translation. *language*: as detected.
    """

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    texts: dict[int, str] = Field(default_factory=dict)
    shorter: dict[int, str] = Field(default_factory=dict)
    lost: dict[int, str] = Field(default_factory=dict)
    used: Used = Field(default_factory=Used)
    language: str | None = None


class Texts:
    """*sources*: all texts of the job, in the order in which they are said. *kept*: grows.

    *on_kept* is called after each batch.
    """

    def __init__(
        self,
        sources: Sequence[str],
        translator: Translator,
        languages: Languages,
        glossary: Glossary,
        kept: Kept,
        on_kept: Callable[[], None],
        *,
        style: str | None = None,
        context: int = 0,
        batch_max: int = 20,
    ) -> None:
        self.kept = kept
        self._sources = sources
        self._translator = translator
        self._languages = languages
        self._glossary = glossary
        self._on_kept = on_kept
        self._style = style
        self._context = context
        self._batch_max = min(batch_max, translator.batch_max)
        if not translator.reads_instructions:
            self._batch_max = translator.batch_max

    async def translate(self, wanted: Sequence[int]) -> None:
        """Have the texts with these numbers translated, but for those that are *kept* already.

        Raises EngineFailure: translation_incomplete where too many have no translation, and what
        the translator raises.
        """
        known = self.kept.texts.keys() | self.kept.lost.keys()
        left = [Passage(id=one, text=self._sources[one]) for one in wanted if one not in known]
        most_lost = max(1, int(len(wanted) * LOST_SHARE_MAX))

        def lost(passage: Passage, why: str) -> None:
            self.kept.lost[passage.id] = why
            if len(self.kept.lost) > most_lost:
                raise EngineFailure(
                    Refusal.INCOMPLETE,
                    f"{len(self.kept.lost)} of {len(wanted)} texts could not be translated: {why}",
                    retryable=True,
                )

        for batch in batches(left, self._batch_max, BATCH_CHARS_MAX):
            self.kept.texts |= await divided(batch, self._ask, lost)
            self._on_kept()

    async def shorten(self, wanted: Mapping[int, int]) -> None:
        """Ask once more for texts that were too long; *wanted*: how many characters, by number.

        One that is not answered well keeps its first translation.
        """
        left = [
            Passage(id=one, text=self._sources[one], chars_max=most)
            for one, most in wanted.items()
            if one not in self.kept.shorter
        ]
        for batch in batches(left, self._batch_max, BATCH_CHARS_MAX):
            found = await divided(batch, self._ask, lambda _passage, _why: None)
            for passage in batch:
                first = self.kept.texts[passage.id]
                again = found.get(passage.id, first)
                self.kept.shorter[passage.id] = min(first, again, key=lambda one: len(plain(one)))
            self._on_kept()

    def target(self, number: int) -> str | None:
        """Return the translation of a text, None where there is none."""
        return self.kept.shorter.get(number) or self.kept.texts.get(number)

    async def _ask(self, passages: Sequence[Passage]) -> Reply:
        first, last = passages[0].id, passages[-1].id
        before = self._sources[max(0, first - self._context) : first]
        after = self._sources[last + 1 : last + 1 + self._context]
        terms: dict[str, GlossaryTerm] = {
            term.source: term for one in passages for term in self._glossary.within(plain(one.text))
        }
        reply = await self._translator.translate(
            Question(
                languages=self._languages,
                passages=tuple(passages),
                before=tuple(map(plain, before)),
                after=tuple(map(plain, after)),
                glossary=tuple(terms.values()),
                style=self._style,
            )
        )
        if self.kept.language is None and reply.language is not None:
            self.kept.language = language_tag(reply.language)
        return reply
