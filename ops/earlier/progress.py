"""Tells how far something is that takes long: every two seconds, and not before."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_S = 2.0


class Progress:
    """*report* takes a line; *clock*: seconds, from any time on."""

    def __init__(
        self, report: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report = report
        self._clock = clock
        self._began_s = self._told_s = clock()

    def tick(self, line: str, share: float | None = None) -> None:
        """Say *line* if it is time; *share*: how much of the whole is done, 0 to 1."""
        now_s = self._clock()
        if now_s - self._told_s < PAUSE_S:
            return
        self._told_s = now_s
        self._report(line + (self._left(now_s, share) if share else ""))

    def _left(self, now_s: float, share: float) -> str:
        left_s = (now_s - self._began_s) * (1 - share) / share
        return (
            f"; about {left_s:.0f} s left" if left_s < 90 else f"; about {left_s / 60:.0f} min left"
        )
