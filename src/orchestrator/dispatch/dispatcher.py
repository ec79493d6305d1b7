"""The dispatcher of one engine, as run by its Durable Object: tickets in, grants out.

A job asks once and waits without cost; the dispatcher notifies it when its turn comes. Every grant
is stored before the job is notified. A job that could not be reached is notified again, and a job
that holds a slot is asked from time to time whether it still needs it, so no slot is lost for ever,
whatever crashes in between.

Capacity is what the container reports. While the container does not answer, nothing is granted:
jobs wait, and no attempt is used up.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pydantic_core import from_json

from media_jobs.alarm import AGAIN_MS, Alarm
from media_jobs.changed import changed
from media_jobs.dispatch import CHECK_AFTER_MS, DispatchState, Place, Places, Ticket, grantable
from media_jobs.engines import EngineId
from media_jobs.errors import UpstreamError
from media_jobs.retry import Backoff

UNREACHED_AFTER_MS = 30_000
HEALTH = Backoff(first_ms=2_000, most_ms=60_000)
CAPACITY_LIFE_MS = 5 * 60_000
"""How long the capacity that a container has reported is used while a job waits."""

MEAN_WEIGHT = 0.2
"""How much the newest run counts in the mean run time."""


class TicketStore(Protocol):
    """The dispatcher's storage; all but the alarm of one operation is one transaction."""

    def tickets(self) -> dict[str, Ticket]: ...
    def state(self) -> DispatchState: ...
    def put(self, ticket: Ticket) -> None: ...
    def delete(self, job_id: str) -> None: ...
    def put_state(self, state: DispatchState) -> None: ...


class JobHolder(Protocol):
    """A job, notified that it has a slot."""

    async def hold(self, ticket: Ticket) -> bool:
        """Return whether the attempt needs its slot; raises UpstreamError when out of reach."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPorts:
    """Everything a dispatcher works with.

    *capacity* asks one of an engine's *hosts*; it may raise.
    """

    store: TicketStore
    alarm: Alarm
    jobs: JobHolder
    hosts: Callable[[EngineId], Sequence[str]]
    capacity: Callable[[str], Awaitable[int]]
    now_ms: Callable[[], int]
    log: Callable[[dict[str, object]], None]
    places: Places = field(default_factory=Places)


def request(engine: EngineId, ticket: Ticket, ports: DispatchPorts) -> Ticket | None:
    """Take a ticket; return it if it already has a slot. Repeating the request changes nothing."""
    store, now_ms = ports.store, ports.now_ms()
    if store.state().engine != engine:
        store.put_state(changed(store.state(), engine=engine))
    known = store.tickets().get(ticket.job_id)
    if known is not None and known.attempt > ticket.attempt:
        return None
    is_new = known is None or known.attempt != ticket.attempt
    if known is not None and not is_new:
        if known.granted_ms is not None:
            return known
        ticket = known
    capacity = store.state().capacity
    tickets = {**store.tickets(), ticket.job_id: ticket}.values()
    has_turn = capacity is not None and ticket.job_id in {
        turn.job_id for turn in grantable(tickets, capacity)
    }
    granted = None
    # One write, with the alarm behind it: a ticket whose second write failed would have none.
    if has_turn:
        # The caller gets its answer at once; the alarm notifies the others whose turn it is.
        granted = _grant(ticket, now_ms, now_ms + CHECK_AFTER_MS, ports)
    elif is_new:
        store.put(ticket)
    ports.alarm.arm(_next_due_ms(ports))
    return granted


def release(job_id: str, attempt: int, ports: DispatchPorts) -> None:
    """Take a ticket back, whether it waits or has a slot."""
    store = ports.store
    ticket = store.tickets().get(job_id)
    if ticket is None or ticket.attempt > attempt:
        return
    if ticket.granted_ms is not None:
        state = store.state()
        run_ms = ports.now_ms() - ticket.granted_ms
        mean = run_ms if state.mean_run_ms is None else state.mean_run_ms
        mean = round(mean + (run_ms - mean) * MEAN_WEIGHT)
        store.put_state(changed(state, mean_run_ms=mean))
    store.delete(job_id)
    ports.alarm.arm(_next_due_ms(ports))


def defer(job_id: str, attempt: int, wait_ms: int, ports: DispatchPorts) -> None:
    """Let a granted ticket wait again because the container was full.

    It keeps its time of arrival.
    """
    store = ports.store
    ticket = store.tickets().get(job_id)
    if ticket is None or ticket.attempt != attempt:
        return
    store.put(changed(ticket, granted_ms=None, check_ms=None))
    due_ms = ports.now_ms() + wait_ms
    store.put_state(changed(store.state(), capacity=None, ask_ms=due_ms))
    ports.alarm.arm(_next_due_ms(ports))


def where(job_id: str, ports: DispatchPorts) -> Place | None:
    """Return where a job waits, or None when it does not.

    It is called from time to time for each silent job, and also notices a lost alarm.
    """
    ports.alarm.repair(min(_dues(ports.store), default=None))
    state = ports.store.state()
    capacity, mean_ms = state.capacity or 0, state.mean_run_ms
    return ports.places.of(ports.store.tickets(), job_id, capacity, mean_ms, ports.now_ms())


def count_waiting(ports: DispatchPorts) -> int:
    """Return how many jobs wait for a slot.

    Called by the app's cron; it also repairs an alarm that was lost or left unset by a failed
    write.
    """
    if ports.store.tickets():
        ports.alarm.rearm(_next_due_ms(ports))
    return sum(ticket.granted_ms is None for ticket in ports.store.tickets().values())


def rearm(ports: DispatchPorts) -> None:
    """Set the alarm if there is something to wait for; nothing else is changed."""
    ports.alarm.arm(_next_due_ms(ports))


async def rest(ports: DispatchPorts) -> None:
    """Do what is due: ask for capacity, grant, ask holders. Called by the alarm."""
    store = ports.store
    # Set before anything is tried: whatever happens below, the alarm goes off again.
    ports.alarm.rearm(ports.now_ms() + AGAIN_MS)
    if _is_anybody_waiting(store):
        await _learn_capacity(ports)
    for ticket in list(store.tickets().values()):
        if ticket.check_ms is not None and ticket.check_ms <= ports.now_ms():
            await _confirm(ticket, ports)
    # Looked for anew each time: awaiting a job lets others in, who take slots and give them back.
    while turn := grantable(store.tickets().values(), store.state().capacity or 0):
        now_ms = ports.now_ms()
        await _confirm(_grant(turn[0], now_ms, now_ms + UNREACHED_AFTER_MS, ports), ports)
    ports.alarm.rearm(_next_due_ms(ports))


def _is_anybody_waiting(store: TicketStore) -> bool:
    return any(ticket.granted_ms is None for ticket in store.tickets().values())


def _grant(ticket: Ticket, now_ms: int, check_ms: int, ports: DispatchPorts) -> Ticket:
    granted = changed(ticket, granted_ms=now_ms, check_ms=check_ms)
    ports.store.put(granted)
    return granted


async def _confirm(ticket: Ticket, ports: DispatchPorts) -> None:
    """Tell a job that it has the slot; take the slot back if the job does not need it."""
    store = ports.store
    try:
        needed = await ports.jobs.hold(ticket)
    except UpstreamError as error:
        ports.log(
            {
                "event": "holder_unreached",
                "jobId": ticket.job_id,
                "attempt": ticket.attempt,
                "requestId": ticket.request_id or None,
                "engine": store.state().engine,
                "why": str(error),
            }
        )
        needed, again_ms = True, UNREACHED_AFTER_MS
    else:
        again_ms = CHECK_AFTER_MS
    # Awaiting the job let others in: it may have given the slot back, or asked for its next one.
    now = store.tickets().get(ticket.job_id)
    if now is None or now.attempt != ticket.attempt or now.granted_ms is None:
        return
    if needed:
        store.put(changed(now, check_ms=ports.now_ms() + again_ms))
    else:
        store.delete(ticket.job_id)


async def _learn_capacity(ports: DispatchPorts) -> None:
    state = ports.store.state()
    if state.engine is None or state.ask_ms > ports.now_ms():
        return
    try:
        capacity: int | None = await ports.capacity(ports.hosts(state.engine)[0])
        failures, wait_ms = 0, CAPACITY_LIFE_MS
    except UpstreamError as error:
        capacity, failures = None, state.failures + 1
        wait_ms = HEALTH.delay_ms(failures, "health")
        ports.log(
            {
                "event": "container_silent",
                "engine": state.engine,
                "tries": failures,
                "why": str(error),
            }
        )
    ports.store.put_state(
        changed(
            ports.store.state(),
            capacity=capacity,
            failures=failures,
            ask_ms=ports.now_ms() + wait_ms,
        )
    )


def _next_due_ms(ports: DispatchPorts) -> int | None:
    store = ports.store
    tickets = store.tickets().values()
    dues = _dues(store)
    capacity = store.state().capacity
    if capacity is not None and grantable(tickets, capacity):
        dues.append(ports.now_ms())
    # Never in the past, which is no time for an alarm: a container not asked yet is asked now.
    return max(min(dues), ports.now_ms()) if dues else None


def _dues(store: TicketStore) -> list[int]:
    """Return when to ask the holders and, while a job waits, the container."""
    tickets = store.tickets().values()
    dues = [ticket.check_ms for ticket in tickets if ticket.check_ms is not None]
    return [*dues, store.state().ask_ms] if _is_anybody_waiting(store) else dues


def read_capacity(status: int, text: str) -> int:
    """Return the slots that a container reports; one that answers without saying has one.

    Raises UpstreamError for a container that is down or reports an `error`.
    """
    if status >= 500:
        raise UpstreamError("upstream_failed.status", part="/health", status=status)
    try:
        document = from_json(text)
    except ValueError:
        document = None
    said = document if isinstance(document, dict) else {}
    if error := said.get("error"):
        raise UpstreamError("upstream_failed", part="/health", why=str(error)[:100])
    capacity = said.get("capacity")
    return max(1, capacity) if isinstance(capacity, int) else 1
