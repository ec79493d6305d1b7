"""Work of a Durable Object that its answer does not wait for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import js

from edge.convert import unwrap


class Background:
    """Runs coroutines of the object whose context is *ctx*; they must not raise.

    `waitUntil` is told of each: the object then stays in memory until it has ended, whoever asked.
    """

    def __init__(self, ctx: Any) -> None:
        self._ctx = unwrap(ctx)
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Begin *work* once what runs now waits or has answered."""
        ended = js.Promise.withResolvers()
        self._ctx.waitUntil(ended.promise)
        resolve = ended.resolve
        task = asyncio.ensure_future(work())
        # The loop itself holds tasks weakly.
        self._running.add(task)

        def done(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            resolve()

        task.add_done_callback(done)
