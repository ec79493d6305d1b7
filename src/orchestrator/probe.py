"""Trying presigned URLs out for strangers: for real once a minute, else as it was found last.

Remembered in the memory of an isolate: a Durable Object would be woken by whoever asks, and KV is
a minute late itself (docs/decisions/0048-what-strangers-cost.md).
"""

from dataclasses import dataclass

from media_jobs.errors import RateLimited

EVERY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found at *at_ms* (Unix): the *step* that failed and *why*, or two Nones."""

    at_ms: int
    step: str | None = None
    why: str | None = None


class Probes:
    """The last verdict of an isolate."""

    def __init__(self) -> None:
        self._began_ms: int | None = None
        self._last: Verdict | None = None

    def recent(self, now_ms: int) -> Verdict | None:
        """Return the verdict for a stranger, of up to a minute ago; None: it is time to try.

        While somebody else's try is on its way, the one before it. Raises RateLimited where there
        is none.
        """
        if self._began_ms is None or not 0 <= now_ms - self._began_ms < EVERY_MS:
            return None
        if self._last is None:
            left_s = -(-(EVERY_MS - now_ms + self._began_ms) // 1000)
            raise RateLimited("rate_limited.probe", retry_after_s=left_s)
        return self._last

    def begin(self, now_ms: int) -> None:
        """Note that a try begins: the next stranger's is a minute off, even if this one dies."""
        self._began_ms = now_ms

    def note(self, verdict: Verdict) -> None:
        """Keep what was found."""
        self._last = verdict
