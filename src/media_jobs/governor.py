"""How many deliveries may be on their way to one receiver. Pure: the time is an argument.

A sender asks for a *permit* before each delivery, and says afterwards what came of it. The window,
how many permits there are at once, grows by one for each window of deliveries that were taken in
good time (additive increase). It is halved when the receiver is overloaded: it says so (429, 503),
or does not answer in time (multiplicative decrease). `Retry-After` closes it for so long.

Who gets no permit is told when to ask again: one after the other, at the pace at which the receiver
has answered. So those that wait ask about as often as deliveries end, however many they are.
"""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["LEASE_MS", "SLOW_MS", "WINDOW_FIRST", "WINDOW_MAX", "Delivered", "Governor"]

WINDOW_FIRST = 8.0
WINDOW_MIN, WINDOW_MAX = 1.0, 64.0
LEASE_MS = 30_000
"""When a permit of which nothing was heard ends: longer than any delivery waits for its answer."""
LATENCY_FIRST_MS = 50.0
LATENCY_WEIGHT = 0.1
"""How much the newest answer counts in the mean time that one takes."""
SLOW_MS = 500
"""Answers that take longer widen nothing: what else the receiver does waits behind deliveries."""
WAIT_MS_MIN, WAIT_MS_MAX = 20, 60_000
"""How long who gets no permit waits; over the most only while the receiver has closed its window.
"""
HOLD_MS_MAX = 60_000
"""The longest that a `Retry-After` is heeded."""
FORGET_MS = 60_000
"""A turn that nobody has taken up for so long is given up."""


class Delivered(StrEnum):
    """What came of a delivery."""

    TAKEN = "taken"
    REFUSED = "refused"
    """Answered, and no sign of overload: it is the delivery's own fault."""
    OVERLOADED = "overloaded"


@dataclass(slots=True)
class Governor:
    """The window of one receiver, in memory: one that is lost begins anew with the first window."""

    window: float = WINDOW_FIRST
    latency_ms: float = LATENCY_FIRST_MS
    _begun_ms: dict[str, int] = field(default_factory=dict)
    _turns_ms: dict[str, int] = field(default_factory=dict)
    _last_turn_ms: float = 0
    _halved_ms: int = -1
    _closed_until_ms: int = 0
    _spread: int = 0
    _looked_ms: int = 0

    @property
    def in_flight(self) -> int:
        """How many permits are out."""
        return len(self._begun_ms)

    @property
    def waiting(self) -> int:
        """How many were told to ask again."""
        return len(self._turns_ms)

    def ask(self, sender: str, now_ms: int) -> int:
        """Give *sender* a permit and return 0, or return in how many ms it is to ask again.

        A sender has one permit at most: to ask again renews it.
        """
        self._expire(now_ms)
        if sender in self._begun_ms or self._is_next(sender, now_ms):
            self._turns_ms.pop(sender, None)
            self._begun_ms.pop(sender, None)
            self._begun_ms[sender] = now_ms
            return 0
        first_ms = max(now_ms, self._closed_until_ms)
        pace_ms = min(self.latency_ms, SLOW_MS) / self.window
        turn_ms = max(first_ms, self._last_turn_ms) + pace_ms
        if turn_ms > first_ms + WAIT_MS_MAX:
            # So many wait that the pace may be another by then: they come back earlier, spread.
            self._spread = (self._spread + 7919) % (WAIT_MS_MAX // 2)
            turn_ms = first_ms + WAIT_MS_MAX // 2 + self._spread
        self._last_turn_ms = max(turn_ms, min(self._last_turn_ms, first_ms + WAIT_MS_MAX))
        self._turns_ms[sender] = round(turn_ms)
        return max(WAIT_MS_MIN, round(turn_ms) - now_ms)

    def _is_next(self, sender: str, now_ms: int) -> bool:
        if now_ms < self._closed_until_ms or self.in_flight >= int(self.window):
            return False
        turn_ms = self._turns_ms.get(sender)
        # Who has not waited comes behind those who do.
        return self._last_turn_ms <= now_ms if turn_ms is None else turn_ms <= now_ms

    def answered(
        self, sender: str, delivered: Delivered, now_ms: int, retry_after_ms: int = 0
    ) -> None:
        """Take the permit of *sender* back, and learn from what came of its delivery."""
        begun_ms = self._begun_ms.pop(sender, None)
        if begun_ms is None:
            return
        if retry_after_ms:
            until_ms = now_ms + min(retry_after_ms, HOLD_MS_MAX)
            self._closed_until_ms = max(self._closed_until_ms, until_ms)
        if delivered is Delivered.OVERLOADED:
            # Once for all that were on their way: they have met the same overload.
            if begun_ms > self._halved_ms:
                self.window = max(WINDOW_MIN, self.window / 2)
                self._halved_ms = now_ms
            return
        took_ms = max(1, now_ms - begun_ms)
        self.latency_ms += (took_ms - self.latency_ms) * LATENCY_WEIGHT
        is_used = self.in_flight + 1 >= self.window / 2
        if delivered is Delivered.TAKEN and is_used and took_ms <= SLOW_MS:
            self.window = min(WINDOW_MAX, self.window + 1 / self.window)

    def _expire(self, now_ms: int) -> None:
        """Forget permits and turns of senders that are gone; permits stand in order of time."""
        begun = self._begun_ms
        while begun and begun[oldest := next(iter(begun))] + LEASE_MS <= now_ms:
            del begun[oldest]
        if now_ms >= self._looked_ms + FORGET_MS:
            self._looked_ms = now_ms
            kept = self._turns_ms.items()
            self._turns_ms = {s: turn for s, turn in kept if turn + FORGET_MS > now_ms}
