"""The event loop of tests that await nothing but fakes."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what *work* returns; no task may outlast it.

    The loop is kept: `asyncio.run` makes one with its sockets, and a handler of signals, for each
    call, which takes ten times as long as most calls.
    """
    loop = _loop()
    try:
        return loop.run_until_complete(work)
    finally:
        assert not asyncio.all_tasks(loop)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()
