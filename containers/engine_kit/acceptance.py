"""What the orchestrator makes of this container's reports: its clock put right, or all refused.

A report whose `ts` is minutes off is refused like a forged one. The refusal's `Date` says what time
it is there; from then on every `ts` is of that clock. So no clock of a job is this machine's, and
one that is wrong costs a report.
"""

import asyncio
import logging
import time
from email.utils import parsedate_to_datetime

from engine_kit.logs import log

__all__ = ["Acceptance"]

OFF_MS_MIN = 60_000
"""A clock that is less off does not explain a refusal: it has another reason."""

REFUSED_LIFE_S = 300.0
"""How long a container whose reports were refused says so; then it may be tried again."""


class Acceptance:
    """One container's standing with the orchestrator, shared by all its attempts."""

    def __init__(self) -> None:
        self._offset_ms = 0
        self._refused_at: float | None = None

    def now_ms(self) -> int:
        """Return the time (Unix) by this machine's clock, as it was put right."""
        return time.time_ns() // 1_000_000 + self._offset_ms

    def correct(self, date: str | None) -> bool:
        """Take the time from the `Date` of a refusal; return whether the clock was off."""
        try:
            there = parsedate_to_datetime(date or "")
        except ValueError:
            return False
        off_ms = round(there.timestamp() * 1000) - self.now_ms()
        if abs(off_ms) < OFF_MS_MIN:
            return False
        self._offset_ms += off_ms
        log("clock_corrected", logging.WARNING, offsetMs=self._offset_ms)
        return True

    def taken(self) -> None:
        """Note that a report was taken."""
        self._refused_at = None

    def refused(self) -> None:
        """Note that an attempt has ended because its reports were refused as unauthorised."""
        self._refused_at = asyncio.get_running_loop().time()

    @property
    def is_refused(self) -> bool:
        """Whether that was the last that this container has heard, in the last minutes."""
        at = self._refused_at
        return at is not None and asyncio.get_running_loop().time() - at < REFUSED_LIFE_S
