"""An event loop whose clock jumps to the next timer, so that an hour of retries costs no second."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class _JumpingSelector(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing is scheduled: the program waits for ever"
            # Every turn takes its microsecond, as in life: a wait that is shorter than the clock's
            # resolution would else be repeated at the same instant for ever.
            self.now_s += max(timeout, 1e-6)
        return ready


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


def run_at_once(work: Coroutine[object, object, T]) -> T:
    """Run *work* on a loop of its own without waiting for its timers."""
    loop = _JumpingLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
