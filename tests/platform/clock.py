"""A clock that a test sets."""

from dataclasses import dataclass


@dataclass
class Clock:
    """Stands still until it is set (Unix, ms)."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms
