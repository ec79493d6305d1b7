"""A Durable Object's alarm in the runtime."""

from typing import Any

from edge.convert import unwrap


class ObjectTimer:
    """Sets the alarm of the object whose context is *ctx*, as `media_jobs.alarm` decides.

    Nothing is awaited: the runtime makes it one transaction with the writes around it.
    """

    def __init__(self, ctx: Any) -> None:
        self._storage = unwrap(ctx.storage)

    def set(self, due_ms: int) -> None:
        """Set it in place of an earlier one."""
        self._storage.setAlarm(due_ms)

    def clear(self) -> None:
        """Take it away."""
        self._storage.deleteAlarm()
