"""Two pieces of work at one time."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

__all__ = ["meanwhile", "together"]

A = TypeVar("A")
B = TypeVar("B")


async def together(one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Return the results of both; when one fails the other is canceled, and has ended."""
    tasks = asyncio.ensure_future(one), asyncio.ensure_future(other)
    try:
        first, second = await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return first, second


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, A]) -> AsyncIterator["asyncio.Task[A]"]:
    """Do *work* while the block runs, which awaits the task that this gives.

    When the block fails, that is what is raised: the work is canceled, and has ended.
    """
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
