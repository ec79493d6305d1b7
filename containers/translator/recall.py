"""What an owner has settled: read from the job's `memory`, and looked up by a cue's text."""

from collections.abc import Iterable

from engine_kit.failures import EngineFailure, FailureCode
from pydantic import ValidationError

from media_jobs.translation.memory import (
    GlossaryTerm,
    TranslationMemory,
    TranslationPair,
)
from media_jobs.validation import field_errors
from translator.port import Languages

__all__ = ["Recall", "read_memory"]


class Recall:
    """Pairs by their source, in which only blanks do not matter; of equal ones the last counts."""

    def __init__(self, pairs: Iterable[TranslationPair] = ()) -> None:
        self._targets = {_normal(pair.source): pair.target.strip() for pair in pairs}

    def target(self, source: str) -> str | None:
        """Return what a person made of *source*, if somebody did."""
        return self._targets.get(_normal(source))


def _normal(text: str) -> str:
    return " ".join(text.split())


def read_memory(
    data: bytes | None, languages: Languages
) -> tuple[Recall, tuple[GlossaryTerm, ...]]:
    """Return the pairs and terms in *data*; nothing of None.

    Raises EngineFailure where it is no memory, or one for another language.
    """
    if data is None:
        return Recall(), ()
    try:
        memory = TranslationMemory.model_validate_json(data)
    except ValidationError as error:
        fault = field_errors(error)[0]
        raise EngineFailure(
            FailureCode.INPUT_UNREADABLE,
            f"The translation memory is not valid: {fault['field']} {fault['reason']}.",
        ) from None
    if _base(memory.target_language) != _base(languages.target):
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED,
            f"The translation memory is into {memory.target_language}, the job into "
            f"{languages.target}.",
        )
    is_of_another = (
        memory.source_language is not None
        and languages.source is not None
        and _base(memory.source_language) != _base(languages.source)
    )
    return (Recall(), ()) if is_of_another else (Recall(memory.pairs), memory.glossary)


def _base(language: str) -> str:
    return language.split("-")[0]
