"""Has many texts translated, a batch at a time, so that none is lost and none changes places.

A model may drop, merge, add or repeat entries. An answer counts only where its ids are those that
were asked for, each once, and each with a text; else the batch is asked for in halves, and in the
end one by one. What is still wrong then has no translation, and that is said.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from translator.port import Passage, Reply

__all__ = ["accepted", "batches", "divided"]

ALONE_TRIES = 2
"""How often a single text is asked for."""

_LONGER_MAX, _LONGER_BY_MAX = 8, 200
"""What is longer than its source by more than that is no translation: models run on."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON may have it."""

Ask = Callable[[Sequence[Passage]], Awaitable[Reply]]


def accepted(reply: Reply, passages: Sequence[Passage]) -> Mapping[int, str] | None:
    """Return the texts by id, None where they are not those of *passages*, or are no texts."""
    sources = {one.id: one.text for one in passages}
    found: dict[int, str] = {}
    for number, text in reply.texts:
        # Line ends are the layout's: it divides the text anew.
        plain = " ".join(_CONTROL.sub(" ", text).split())
        is_text = plain and _HALF.search(plain) is None
        if number not in sources or number in found or not is_text:
            return None
        if len(plain) > _LONGER_MAX * len(sources[number]) + _LONGER_BY_MAX:
            return None
        found[number] = plain
    return found if found.keys() == sources.keys() else None


async def divided(
    passages: Sequence[Passage], ask: Ask, lost: Callable[[Passage, str], None]
) -> Mapping[int, str]:
    """Return the translations of *passages* by id; *lost* is told of each that has none, and why.

    *lost* may raise to end it. Raises what *ask* raises.
    """
    reply = await ask(passages)
    found = accepted(reply, passages)
    if found is not None:
        return found
    if len(passages) > 1:
        middle = (len(passages) + 1) // 2
        first = await divided(passages[:middle], ask, lost)
        return {**first, **await divided(passages[middle:], ask, lost)}
    for _ in range(ALONE_TRIES - 1):
        reply = await ask(passages)
        found = accepted(reply, passages)
        if found is not None:
            return found
    lost(passages[0], reply.fault or "The answer has other texts than those that were asked for.")
    return {}


def batches(passages: Sequence[Passage], most: int, chars_max: int) -> Iterator[Sequence[Passage]]:
    """Yield *passages* in order, at most *most* and, of several, *chars_max* characters at once."""
    batch: list[Passage] = []
    chars = 0
    for passage in passages:
        if batch and (len(batch) >= most or chars + len(passage.text) > chars_max):
            yield batch
            batch, chars = [], 0
        batch.append(passage)
        chars += len(passage.text)
    if batch:
        yield batch
