"""Who gets the next slot of a host. Pure: the dispatcher of one engine as data and rules.

A job that wants to start holds a *ticket*. A ticket waits until it is granted a slot of one of the
engine's hosts (`hosts` says which); a grant is a lease, which ends when the job returns it or when
the job, asked after a while, says that it does not need it.

The next slot goes to the caller with the fewest slots; among that caller's tickets to the one that
has waited longest, with its priority (in seconds) added. A caller at its own limit waits, and so
does a job that no host with a free slot can do; it holds nobody up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from pydantic import BaseModel, ConfigDict

from media_jobs.changed import changed
from media_jobs.engines import EngineId
from media_jobs.hosts import Fleet, HostState
from media_jobs.request_id import StoredRequestId

__all__ = [
    "CHECK_AFTER_MS",
    "HEAD_START_S_MAX",
    "PLACES_LIFE_MS",
    "SHORT_QUEUE",
    "DispatchState",
    "Place",
    "Places",
    "Ticket",
    "grantable",
    "place",
]

CHECK_AFTER_MS = 10 * 60_000
"""How long after a grant, and after each confirmation, its job is asked whether it needs it."""

SHORT_QUEUE = 200
"""Tickets up to which each question for a place is answered exactly."""

PLACES_LIFE_MS = 5_000
"""How old the places in a longer queue may be."""

HEAD_START_S_MAX = 3600
"""The most that priority may be worth."""


class Ticket(BaseModel):
    """A job's request for a slot, waiting (`granted_ms` None) or granted. Times are Unix ms.

    *needs* and *wishes*: what its host must have, and what it had better have (`hosts`). *host*: of
    the slot it was granted; one that was granted before there were hosts does not say.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    job_id: str
    attempt: int
    caller: str = ""
    since_ms: int
    head_start_s: int = 0
    running_max: int | None = None
    request_id: StoredRequestId = ""
    needs: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    host: str = ""
    granted_ms: int | None = None
    check_ms: int | None = None

    @property
    def order(self) -> tuple[int, str]:
        """What tickets of one caller are sorted by."""
        return (self.since_ms - self.head_start_s * 1000, self.job_id)


class DispatchState(BaseModel):
    """What is known of an engine, and of each of its *hosts*."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    engine: EngineId | None = None
    hosts: dict[str, HostState] = {}
    mean_run_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The position of a waiting ticket: 1 is next. *eta_ms*: expected wait, None when unknown.

    *missing*: what keeps it waiting, as no host has it.
    """

    position: int
    eta_ms: int | None
    missing: tuple[str, ...] = ()


def grantable(tickets: Iterable[Ticket], hosts: Mapping[str, HostState]) -> Iterator[Ticket]:
    """Yield the waiting tickets that get a slot now, each with its host, in the order they do."""
    tickets = list(tickets)
    fleet = Fleet(hosts, (t.host for t in tickets if t.granted_ms is not None))

    def placed(ticket: Ticket) -> Ticket | None:
        host = fleet.take(ticket.needs, ticket.wishes)
        return None if host is None else changed(ticket, host=host)

    turns = _in_turn(tickets, placed, limited=True)
    while fleet.has_room() and (turn := next(turns, None)) is not None:
        yield turn


def place(
    tickets: Iterable[Ticket], job_id: str, capacity: int, mean_run_ms: int | None
) -> Place | None:
    """Return where *job_id* waits, or None when it does not wait.

    The position is its turn if nothing else comes. The wait is that many turns of *capacity* slots
    at the mean run time.
    """
    for position, ticket in enumerate(_in_turn(tickets), start=1):
        if ticket.job_id == job_id:
            return _place(position, capacity, mean_run_ms)
    return None


def _place(position: int, capacity: int, mean_run_ms: int | None) -> Place:
    if mean_run_ms is None or capacity < 1:
        return Place(position=position, eta_ms=None)
    turns = (position + capacity - 1) // capacity
    return Place(position=position, eta_ms=turns * mean_run_ms)


class Places:
    """Where jobs wait, as `place` says, for a queue of any length.

    A long one is put in order at most every `PLACES_LIFE_MS`: to do so for each of thousands that
    ask would take all of an object's time. Who came since is said to be the last.
    """

    def __init__(self) -> None:
        self._until_ms = 0
        self._positions: dict[str, int] = {}

    def of(
        self,
        tickets: Mapping[str, Ticket],
        job_id: str,
        capacity: int,
        mean_run_ms: int | None,
        now_ms: int,
    ) -> Place | None:
        """Return where *job_id* waits, or None when it does not wait."""
        ticket = tickets.get(job_id)
        if ticket is None or ticket.granted_ms is not None:
            return None
        if len(tickets) <= SHORT_QUEUE:
            return place(tickets.values(), job_id, capacity, mean_run_ms)
        if not self._until_ms - PLACES_LIFE_MS <= now_ms < self._until_ms:
            order = _in_turn(tickets.values())
            self._positions = {t.job_id: n for n, t in enumerate(order, start=1)}
            self._until_ms = now_ms + PLACES_LIFE_MS
        position = self._positions.get(job_id, len(self._positions) + 1)
        return _place(position, capacity, mean_run_ms)


def _as_it_is(ticket: Ticket) -> Ticket:
    return ticket


def _in_turn(
    tickets: Iterable[Ticket],
    placed: Callable[[Ticket], Ticket | None] = _as_it_is,
    *,
    limited: bool = False,
) -> Iterator[Ticket]:
    """Yield waiting tickets in the order they would be served, each counted as running after it.

    Those are passed over that can't be *placed*, or with *limited* whose caller has enough.

    A heap of callers, so that a queue of n costs n log n and not n².
    """
    running: Counter[str] = Counter()
    waiting: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.granted_ms is None:
            waiting[ticket.caller].append(ticket)
        else:
            running[ticket.caller] += 1
    for line in waiting.values():
        line.sort(key=lambda t: t.order, reverse=True)
    callers = [(running[caller], line[-1].order, caller) for caller, line in waiting.items()]
    heapify(callers)
    while callers:
        count, _, caller = heappop(callers)
        line = waiting[caller]
        most = line[-1].running_max
        if limited and most is not None and count >= most:
            continue
        if (turn := placed(line.pop())) is not None:
            yield turn
            count += 1
        if line:
            heappush(callers, (count, line[-1].order, caller))
