"""The engine's own parts put together around a server, without a container."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from engine_kit.outgoing import new_client
from translator.calling import Caller
from translator.chat import Chat
from translator.glossary import Glossary
from translator.port import Languages
from translator.settings import Price
from translator.spending import Spending
from translator.texts import Kept, Texts

from media_jobs.engines.translator.options import Budget
from media_jobs.translation.memory import GlossaryTerm

KEY = "sk-not-for-logs"
EN_ES = Languages(source="en", target="es")


class Asked:
    """What became of texts that were given to a server."""

    def __init__(self, kept: Kept, spending: Spending, waited_s: list[float]) -> None:
        self.kept = kept
        self.used = spending.used
        self.spending = spending
        self.waited_s = waited_s


def ask(
    sources: Sequence[str],
    url: str,
    *,
    kept: Kept | None = None,
    budget: Budget | None = None,
    price: Price | None = None,
    terms: Sequence[GlossaryTerm] = (),
    answer_s: float = 10.0,
    shorten: Callable[[Kept], dict[int, int]] | None = None,
    **given: Any,
) -> Asked:
    """Have *sources* translated by the server at *url*; raises what the engine would raise."""
    kept = kept or Kept()
    spending = Spending(budget, price, kept.used)
    waited_s: list[float] = []

    async def sleep(seconds: float) -> None:
        waited_s.append(seconds)

    async def run() -> None:
        async with new_client() as client:
            caller = Caller(client=client, key=KEY, answer_s=answer_s, spread="t", sleep=sleep)
            chat = Chat(caller, url, "model-1", spending, 20)
            texts = Texts(
                sources, chat, EN_ES, Glossary(terms), kept, lambda: None, batch_max=8, **given
            )
            await texts.translate(range(len(sources)))
            if shorten is not None:
                await texts.shorten(shorten(kept))

    asyncio.run(run())
    return Asked(kept, spending, waited_s)
