"""Who gets the next slot of a host. Pure: the dispatcher of one engine as data and rules.

A job that wants to start holds a *ticket*. A ticket waits until it is granted a slot of one of the
engine's hosts (`hosts` says which); a grant is a lease, which ends when the job returns it or when
the job, asked after a while, says that it does not need it.

The next slot goes to the caller with the fewest slots; among that caller's tickets to the one that
has waited longest, with its priority (in seconds) added. A caller at its own limit waits, and so
does a job that no host with a free slot can do; it holds nobody up.

Those that hold slots are few, and are in memory (`Held`). Those that wait may be a hundred thousand
and stay in the storage, which finds the first of each kind by an index (`edge.ticket_storage`); of
all that is in memory is when their turns are (`media_jobs.waiting`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from pydantic import BaseModel, ConfigDict

from media_jobs.engines import EngineId
from media_jobs.hosts import HostState
from media_jobs.request_id import StoredRequestId

__all__ = [
    "CHECK_AFTER_MS",
    "HEAD_START_S_MAX",
    "DispatchState",
    "First",
    "Held",
    "Place",
    "Ticket",
    "expected_wait_ms",
    "next_in_turn",
]

CHECK_AFTER_MS = 10 * 60_000
"""How long after a grant, and after each confirmation, its job is asked whether it needs it."""

HEAD_START_S_MAX = 3600
"""The most that priority may be worth."""


class Ticket(BaseModel):
    """A job's request for a slot, waiting (`granted_ms` None) or granted. Times are Unix ms.

    *needs* and *wishes*: what its host must have, and what it had better have (`hosts`). *host*: of
    the slot it was granted; one that was granted before there were hosts does not say.
    """

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)

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
    def turn_ms(self) -> int:
        """When it came, earlier by its priority."""
        return self.since_ms - self.head_start_s * 1000

    def is_within_limit(self, slots: int) -> bool:
        """Whether its caller, who has so many *slots*, may have one more."""
        return self.running_max is None or slots < self.running_max


class DispatchState(BaseModel):
    """What is known of an engine, and of each of its *hosts*."""

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)

    engine: EngineId | None = None
    hosts: dict[str, HostState] = {}
    mean_run_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The position of a waiting ticket: 1 is next. *eta_ms*: expected wait, None when unknown.

    The position is its turn if nothing else comes. *missing*: what keeps it waiting, as no host
    has it.
    """

    position: int
    eta_ms: int | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class First:
    """A waiting ticket whose turn may be next, and how many *slots* its caller has."""

    slots: int
    ticket: Ticket

    @property
    def order(self) -> tuple[int, int, str, str]:
        """What is served first is the least."""
        return self.slots, self.ticket.turn_ms, self.ticket.job_id, self.ticket.caller


def next_in_turn(firsts: Iterable[First]) -> Ticket | None:
    """Return the ticket that is served first."""
    first = min(firsts, key=lambda one: one.order, default=None)
    return None if first is None else first.ticket


class Held:
    """The tickets that hold a slot. Each question is answered without a look at all of them."""

    def __init__(self, tickets: Iterable[Ticket] = ()) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.by_host: Counter[str] = Counter()
        """How many slots of each host are held; of before there were hosts, of none (``""``)."""
        self.by_caller: Counter[str] = Counter()
        self._checks: list[tuple[int, str]] = []
        for ticket in tickets:
            self.put(ticket)

    def put(self, ticket: Ticket) -> None:
        """Take a ticket in place of its job's earlier one."""
        self.remove(ticket.job_id)
        self.tickets[ticket.job_id] = ticket
        self.by_host[ticket.host] += 1
        self.by_caller[ticket.caller] += 1
        if ticket.check_ms is not None:
            heappush(self._checks, (ticket.check_ms, ticket.job_id))

    def remove(self, job_id: str) -> None:
        """Forget a job's ticket, if it has one."""
        ticket = self.tickets.pop(job_id, None)
        if ticket is None:
            return
        for counts, name in ((self.by_host, ticket.host), (self.by_caller, ticket.caller)):
            counts[name] -= 1
            if not counts[name]:
                del counts[name]

    def first_due(self) -> Ticket | None:
        """Return the ticket whose job is to be asked before all others."""
        while self._checks:
            check_ms, job_id = self._checks[0]
            ticket = self.tickets.get(job_id)
            if ticket is not None and ticket.check_ms == check_ms:
                return ticket
            heappop(self._checks)
        return None


def expected_wait_ms(position: int, capacity: int, mean_run_ms: int | None) -> int | None:
    """Return how long who is at *position* waits: so many turns of all slots at the mean run."""
    if mean_run_ms is None or capacity < 1:
        return None
    return (position + capacity - 1) // capacity * mean_run_ms
