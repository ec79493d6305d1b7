"""How many deliveries may be on their way to one receiver. Pure: the time is an argument.

A sender asks for a *permit* before a delivery, and says afterwards what came of it. The window,
how many permits there are at once, grows by one for each window of deliveries that were taken in
good time (additive increase). It is halved when the receiver is overloaded: it says so (429, 503),
or does not answer in time (multiplicative decrease). `Retry-After` closes it for so long.

Who gets no permit is told when to ask again: one after the other, at the pace at which the receiver
has answered. So those that wait ask about as often as deliveries end, however many they are.
Whoever asks while less than half of the window is out is served, whatever turn it was given: turns
of a slower time keep no room.

While less than three quarters of the window are out, a permit is good for a time instead of one
delivery, the shorter the more are out. Its holder sends one delivery after the other without
asking, and says nothing of them: so few teach nothing. Only of an overload it tells, and gives the
permit back. It is the isolate's, for whichever of its senders comes next (`kept_permits`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush

__all__ = [
    "KEEP_MS_MAX",
    "LEASE_MS",
    "SLOW_MS",
    "WINDOW_FIRST",
    "WINDOW_MAX",
    "Delivered",
    "Governor",
    "Permit",
]

WINDOW_FIRST = 8.0
WINDOW_MIN, WINDOW_MAX = 1.0, 64.0
LEASE_MS = 30_000
"""When a permit of which nothing was heard ends: longer than any delivery waits for its answer."""
KEEP_MS_MIN, KEEP_MS_MAX = 500, 10_000
"""For how long a permit can be kept; one that could be for less is for one delivery. A job has most
to tell within the seconds of its start, and of its end.
"""
KEPT_SHARE = 0.75
"""Of the window; more are not kept, so that others find room."""
SPARE_SHARE = 0.5
"""Of the window; while less is out, nobody waits for the turn that was given."""
CALM_MS = 60_000
"""How long after an overload each permit is for one delivery."""
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


@dataclass(frozen=True, slots=True)
class Permit:
    """What a sender is told: to ask again after *wait_ms*, or (0) to send.

    *keep_ms*: for how long it may send one delivery after the other; 0: one alone. *name*: by which
    the permit is given back.
    """

    wait_ms: int = 0
    keep_ms: int = 0
    name: str = ""


@dataclass(slots=True)
class Governor:
    """The window of one receiver, in memory: one that is lost begins anew with the first window."""

    window: float = WINDOW_FIRST
    latency_ms: float = LATENCY_FIRST_MS
    _ends_ms: dict[str, int] = field(default_factory=dict)
    _kept: set[str] = field(default_factory=set)
    _ends: list[tuple[int, str]] = field(default_factory=list)
    _turns_ms: dict[str, int] = field(default_factory=dict)
    _last_turn_ms: float = 0
    _halved_ms: int = -CALM_MS
    _closed_until_ms: int = 0
    _spread: int = 0
    _named: int = 0
    _looked_ms: int = 0

    @property
    def out(self) -> int:
        """How many permits are out."""
        return len(self._ends_ms)

    @property
    def waiting(self) -> int:
        """How many were told to ask again."""
        return len(self._turns_ms)

    def ask(self, sender: str, now_ms: int) -> Permit:
        """Give *sender* a permit, or say when it is to ask again.

        A sender has one permit for one delivery at most: to ask again renews it. One that is kept
        has a name of its own, as its sender may have passed it on when it asks again.
        """
        self._expire(now_ms)
        if sender in self._ends_ms or self._is_next(sender, now_ms):
            self._turns_ms.pop(sender, None)
            self._take_back(sender)
            return self._give(sender, now_ms)
        first_ms = max(now_ms, self._closed_until_ms)
        pace_ms = min(self.latency_ms, SLOW_MS) / self.window
        turn_ms = max(first_ms, self._last_turn_ms) + pace_ms
        if turn_ms > first_ms + WAIT_MS_MAX:
            # So many wait that the pace may be another by then: they come back earlier, spread.
            self._spread = (self._spread + 7919) % (WAIT_MS_MAX // 2)
            turn_ms = first_ms + WAIT_MS_MAX // 2 + self._spread
        self._last_turn_ms = max(turn_ms, min(self._last_turn_ms, first_ms + WAIT_MS_MAX))
        self._turns_ms[sender] = round(turn_ms)
        return Permit(wait_ms=max(WAIT_MS_MIN, round(turn_ms) - now_ms))

    def _is_next(self, sender: str, now_ms: int) -> bool:
        if now_ms < self._closed_until_ms or self.out >= int(self.window):
            return False
        if self.out < self.window * SPARE_SHARE:
            return True
        turn_ms = self._turns_ms.get(sender)
        # Who has not waited comes behind those who do.
        return self._last_turn_ms <= now_ms if turn_ms is None else turn_ms <= now_ms

    def _give(self, sender: str, now_ms: int) -> Permit:
        is_calm = not self._turns_ms and now_ms >= self._halved_ms + CALM_MS
        keep_ms = int(KEEP_MS_MAX * (1 - self.out / (KEPT_SHARE * self.window))) if is_calm else 0
        if keep_ms < KEEP_MS_MIN:
            keep_ms = 0
        else:
            self._named += 1
            sender = f"{sender}/{self._named}"
            self._kept.add(sender)
        self._ends_ms[sender] = ends_ms = now_ms + (keep_ms or LEASE_MS)
        heappush(self._ends, (ends_ms, sender))
        return Permit(keep_ms=keep_ms, name=sender)

    def _take_back(self, name: str) -> None:
        self._ends_ms.pop(name, None)
        self._kept.discard(name)

    def answered(
        self, name: str, delivered: Delivered, now_ms: int, took_ms: int, retry_after_ms: int = 0
    ) -> None:
        """Take the permit called *name* back, and learn from what came of its delivery."""
        # Those that are kept are on their way for a small part of their time.
        is_used = self.out - len(self._kept) >= self.window / 2
        self._take_back(name)
        if retry_after_ms:
            until_ms = now_ms + min(retry_after_ms, HOLD_MS_MAX)
            self._closed_until_ms = max(self._closed_until_ms, until_ms)
        if delivered is Delivered.OVERLOADED:
            # Once for all that were on their way: they have met the same overload.
            if now_ms - took_ms > self._halved_ms:
                self.window = max(WINDOW_MIN, self.window / 2)
                self._halved_ms = now_ms
            return
        self.latency_ms += (max(1, took_ms) - self.latency_ms) * LATENCY_WEIGHT
        if delivered is Delivered.TAKEN and is_used and took_ms <= SLOW_MS:
            self.window = min(WINDOW_MAX, self.window + 1 / self.window)

    def _expire(self, now_ms: int) -> None:
        """Forget permits and turns of senders that are gone."""
        while self._ends and self._ends[0][0] <= now_ms:
            ends_ms, sender = heappop(self._ends)
            if self._ends_ms.get(sender) == ends_ms:
                self._take_back(sender)
        if now_ms >= self._looked_ms + FORGET_MS:
            self._looked_ms = now_ms
            kept = self._turns_ms.items()
            self._turns_ms = {s: turn for s, turn in kept if turn + FORGET_MS > now_ms}
