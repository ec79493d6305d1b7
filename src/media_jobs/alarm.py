"""The one alarm of a Durable Object: when it is set, and how a lost one is repaired.

The platform keeps one alarm per object. It rings once or twice, sometimes late, and is dropped when
its handler has failed six times; so a handler never fails, sets the next time before it tries
anything, and every call to an object checks whether its alarm is overdue.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from media_jobs.redaction import describe

__all__ = ["AGAIN_MS", "Alarm", "Timer", "guarded"]

AGAIN_MS = 10_000
"""When a handler that failed is run again."""

LATE_MS = 30_000
"""How late an alarm may be before the next reader treats it as lost."""


class Timer(Protocol):
    """What the runtime has of the alarm. Setting it is part of the writes around it."""

    def set(self, due_ms: int) -> None: ...
    def clear(self) -> None: ...


class Alarm:
    """The alarm of one living object. Times are Unix ms, by the object's clock."""

    def __init__(self, timer: Timer, now_ms: Callable[[], int]) -> None:
        self._timer = timer
        self._now_ms = now_ms
        self.due_ms: int | None = None
        """What this instance has set; None: nothing yet, or nothing any more."""

    def arm(self, due_ms: int | None) -> None:
        """Set the alarm for *due_ms* unless it goes off earlier anyway; it then looks again."""
        if due_ms is None or (self.due_ms is not None and self.due_ms <= due_ms):
            return
        self.rearm(due_ms)

    def rearm(self, due_ms: int | None) -> None:
        """Set the alarm for exactly *due_ms*, or take it away."""
        if due_ms is None:
            self._timer.clear()
        else:
            self._timer.set(due_ms)
        self.due_ms = due_ms

    def repair(self, due_ms: int | None) -> None:
        """Set the alarm again if *due_ms*, for which it was set, passed a while ago."""
        now_ms = self._now_ms()
        if due_ms is not None and due_ms < now_ms - LATE_MS:
            self.rearm(now_ms)

    def forget(self) -> None:
        """Take note that the object's storage was deleted, the alarm included."""
        self.due_ms = None


async def guarded(
    handler: Awaitable[None],
    log: Callable[[dict[str, object]], None],
    named: Callable[[], Mapping[str, object]] = dict,
) -> None:
    """Run an alarm's *handler*: an object's outer boundary, where everything is caught and logged.

    *named*: what names the object in the log.
    """
    try:
        await handler
    except Exception as error:
        log({"event": "alarm_failed", **named(), "why": describe(error)})
