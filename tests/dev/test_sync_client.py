"""The synchronous client is made from the asynchronous one, by rules that are all needed."""

import re

import pytest

from dev.docs import GENERATED
from dev.sync_client import RULES, TARGET, blocking, sync_client

SOURCE = """
    async def save(self) -> AsyncIterator[bytes]:
        async with self.api.stream() as answer:
            async for piece in answer.aiter_bytes(4):
                await to_thread.run_sync(file.write, piece)
        await self.flush()
        await asyncio.sleep(1)
"""
MADE = """
    def save(self) -> Iterator[bytes]:
        with self.api.stream() as answer:
            for piece in answer.iter_bytes(4):
                file.write(piece)
        self.flush()
        time.sleep(1)
"""


def test_awaits_are_calls_threads_are_no_more_and_loops_are_plain() -> None:
    rules = [rule for rule in RULES if re.search(rule[0], SOURCE)]

    assert blocking(SOURCE, rules) == MADE


def test_a_rule_that_finds_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no 'waits' any more"):
        blocking("it awaits", [("waits", "blocks")])


def test_nothing_asynchronous_is_left_in_the_synchronous_client() -> None:
    _, _, code = sync_client().partition("from __future__")

    assert re.findall(r"(?i)\b(?:async|await|anyio|to_thread)\w*", code) == []


def test_make_check_compares_the_synchronous_client_with_its_source() -> None:
    assert GENERATED[TARGET] is sync_client
