"""Who translates for a job: the provider of the container's settings, with one of its models."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.outgoing import new_client

from media_jobs.redaction import redact
from media_jobs.said import said
from translator.apertium import Apertium, pairs, pairs_said
from translator.calling import Caller
from translator.chat import Chat
from translator.deepl import DeepL
from translator.libretranslate import LibreTranslate
from translator.port import Translator
from translator.settings import Translating
from translator.spending import Spending

__all__ = ["model_of", "tools_of", "translator_of"]


def tools_of(settings: Translating) -> dict[str, str]:
    """Return who translates, and what is known of it, for `/health`."""
    if settings.provider == "apertium":
        return {"translator": "apertium", "languages": pairs_said(pairs())}
    models = ", ".join(one for one in settings.models if one)
    of_server = {"translator": settings.provider, "server": redact(settings.url)}
    return {**of_server, "models": models} if models else of_server


def model_of(wanted: str | None, models: Sequence[str]) -> str:
    """Return the model of a job; raises EngineFailure that names those that there are."""
    if wanted is None:
        return models[0]
    if wanted not in models:
        there = ", ".join(one for one in models if one) or "none that has a name"
        raise EngineFailure(
            FailureCode.INPUT_UNSUPPORTED, said("failure.no_model", model=wanted, models=there)
        )
    return wanted


async def translator_of(
    settings: Translating,
    model: str,
    spending: Spending,
    stack: AsyncExitStack,
    *,
    spread: str,
    work_dir: Path,
    no_progress_s: float,
) -> Translator:
    """Return who translates; what it holds open is closed with *stack*.

    *spread*: who asks, for the waiting between tries. *work_dir*, *no_progress_s*: of a program.
    """
    if settings.provider == "apertium":
        return Apertium(work_dir, no_progress_s)
    caller = Caller(
        client=await stack.enter_async_context(new_client()),
        key=settings.key,
        answer_s=settings.answer_s,
        spread=spread,
    )
    if settings.provider == "deepl":
        return DeepL(caller, settings.url, spending)
    if settings.provider == "libretranslate":
        return LibreTranslate(caller, settings.url, spending)
    return Chat(caller, settings.url, model, spending, settings.batch_cues)
