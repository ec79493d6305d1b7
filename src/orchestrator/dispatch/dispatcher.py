"""The dispatcher of one engine, as run by its Durable Object: tickets in, grants out.

A job asks once and waits without cost; the dispatcher notifies it when its turn comes. Every grant
is stored before the job is notified. A job that could not be reached is notified again, and a job
that holds a slot is asked from time to time whether it still needs it, so no slot is lost for ever,
whatever crashes in between.

A host has as many slots as it reports. While it does not answer, nothing is granted there: jobs
wait, or go to another host, and no attempt is used up.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from media_jobs.alarm import AGAIN_MS, Alarm
from media_jobs.changed import changed
from media_jobs.dispatch import (
    CHECK_AFTER_MS,
    DispatchState,
    First,
    Held,
    Place,
    Ticket,
    expected_wait_ms,
    next_in_turn,
)
from media_jobs.engines import EngineId
from media_jobs.errors import UpstreamError
from media_jobs.hosts import GONE, NO_HOST, UNKNOWN, Fleet, HostState, missing
from media_jobs.outward import is_outward
from media_jobs.waiting import Waiting

UNREACHED_AFTER_MS = 30_000
MEAN_WEIGHT = 0.2
"""How much the newest run counts in the mean run time."""


class TicketStore(Protocol):
    """The dispatcher's storage; all but the alarm of one operation is one transaction.

    However many wait, no question and no change looks at all of them.
    """

    @property
    def held(self) -> Held: ...
    def is_anybody_waiting(self) -> bool: ...
    def find(self, job_id: str) -> Ticket | None: ...
    def firsts(self, can_do: Callable[[Sequence[str]], bool]) -> Iterable[First]: ...
    def waiting(self) -> Waiting: ...
    def state(self) -> DispatchState: ...
    def put(self, ticket: Ticket) -> None: ...
    def delete(self, job_id: str) -> None: ...
    def put_state(self, state: DispatchState) -> None: ...
    def is_new(self, nonce: str, now_ms: int) -> bool:
        """Remember the nonce of a host's handshake; return whether it was not used before."""
        ...


class JobHolder(Protocol):
    """A job, notified that it has a slot."""

    async def hold(self, ticket: Ticket) -> bool:
        """Return whether the attempt needs its slot; raises UpstreamError when out of reach."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchPorts:
    """Everything a dispatcher works with.

    *hosts*: the base URLs of an engine's hosts by id, those included that are connected; *health*
    asks one of them, and may raise.
    """

    store: TicketStore
    alarm: Alarm
    jobs: JobHolder
    hosts: Callable[[EngineId], Mapping[str, str]]
    health: Callable[[str], Awaitable[HostState]]
    now_ms: Callable[[], int]
    log: Callable[[dict[str, object]], None]


def request(engine: EngineId, ticket: Ticket, ports: DispatchPorts) -> Ticket | None:
    """Take a ticket; return it if it already has a slot. Repeating the request changes nothing."""
    store, now_ms = ports.store, ports.now_ms()
    if store.state().engine != engine:
        store.put_state(changed(store.state(), engine=engine))
    known = store.find(ticket.job_id)
    if known is not None and known.attempt > ticket.attempt:
        return None
    is_new = known is None or known.attempt != ticket.attempt
    if known is not None and not is_new:
        if known.granted_ms is not None:
            return known
        ticket = known
    turn = _turn_at_once(ticket, known, ports)
    granted = None
    # One write, with the alarm behind it: a ticket whose second write failed would have none.
    if turn is not None:
        # The caller gets its answer at once; the alarm notifies the others whose turn it is.
        granted = _grant(turn, now_ms, now_ms + CHECK_AFTER_MS, ports)
    elif is_new:
        store.put(ticket)
    ports.alarm.arm(_next_due_ms(ports))
    return granted


def _turn_at_once(ticket: Ticket, known: Ticket | None, ports: DispatchPorts) -> Ticket | None:
    """Return *ticket* with its host if a slot is free and no other's turn comes before it.

    *known*: the ticket that its job has had so far.
    """
    held = ports.store.held
    fleet = Fleet(_hosts(ports), held.by_host)
    slots = held.by_caller[ticket.caller]
    if known is not None and known.granted_ms is not None:
        # That of an attempt before, whose slot this one comes in place of.
        fleet.give_back(known.host)
        slots -= known.caller == ticket.caller
    if not ticket.is_within_limit(slots) or not fleet.can_do(ticket.needs):
        return None
    firsts = [First(slots, ticket), *ports.store.firsts(fleet.can_do)]
    first = next_in_turn(firsts)
    return _placed(ticket, fleet) if first is not None and first.job_id == ticket.job_id else None


def _placed(ticket: Ticket, fleet: Fleet) -> Ticket | None:
    host = fleet.take(ticket.needs, ticket.wishes)
    return None if host is None else changed(ticket, host=host)


def _next_turn(ports: DispatchPorts) -> Ticket | None:
    """Return the waiting ticket that gets a slot now, with its host."""
    store = ports.store
    if not store.is_anybody_waiting():
        return None
    fleet = Fleet(_hosts(ports), store.held.by_host)
    if not fleet.has_room():
        return None
    ticket = next_in_turn(store.firsts(fleet.can_do))
    return None if ticket is None else _placed(ticket, fleet)


def connected(engine: EngineId, host: str, ports: DispatchPorts) -> None:
    """Take in a host that has connected; it is asked how it is, before it gets a job."""
    # Set before anything is stored: its socket is open, and jobs may wait for it.
    ports.alarm.arm(_next_due_ms(ports))
    if ports.store.state().engine != engine:
        ports.store.put_state(changed(ports.store.state(), engine=engine))
    known = _hosts(ports).get(host, UNKNOWN)
    # What it did before counts: one that fails at starts does not get out of it by connecting anew.
    _put_host(host, changed(known, capacity=None, failures=0, draining=False, ask_ms=0), ports)
    ports.log({"event": "host_connected", "engine": engine, "host": host})
    ports.alarm.arm(_next_due_ms(ports))


def disconnected(host: str, ports: DispatchPorts) -> None:
    """Note that a host has gone. Its jobs keep their slots, and go on as long as they report."""
    ports.log({"event": "host_disconnected", "engine": ports.store.state().engine, "host": host})
    ports.alarm.arm(_next_due_ms(ports))


def release(job_id: str, attempt: int, ports: DispatchPorts) -> None:
    """Take a ticket back, whether it waits or has a slot."""
    store = ports.store
    ticket = store.find(job_id)
    if ticket is None or ticket.attempt > attempt:
        return
    if ticket.granted_ms is not None:
        state = store.state()
        run_ms = ports.now_ms() - ticket.granted_ms
        mean = run_ms if state.mean_run_ms is None else state.mean_run_ms
        mean = round(mean + (run_ms - mean) * MEAN_WEIGHT)
        store.put_state(changed(state, mean_run_ms=mean))
        if (known := _hosts(ports).get(ticket.host)) is not None and known.failed_starts:
            _put_host(ticket.host, known.worked(), ports)
    store.delete(job_id)
    ports.alarm.arm(_next_due_ms(ports))


def defer(
    job_id: str, attempt: int, wait_ms: int, ports: DispatchPorts, host: str = "", failed: int = 0
) -> None:
    """Let a granted ticket wait again because its *host* was full, or has *failed*.

    It keeps its time of arrival.
    """
    store, now_ms = ports.store, ports.now_ms()
    ticket = store.find(job_id)
    if ticket is None or ticket.attempt != attempt or ticket.host != host:
        return
    host = host or next(iter(_hosts(ports)), "")
    known = _hosts(ports).get(host)
    if known is not None:
        after = known.failed(host, now_ms) if failed else known.full(wait_ms, now_ms)
        _put_host(host, after, ports)
    # At the end, with the alarm behind it: a call that fails before it is repeated, and one that
    # finds a ticket that waits already does nothing.
    store.put(changed(ticket, granted_ms=None, check_ms=None, host=""))
    ports.alarm.arm(_next_due_ms(ports))


def where(job_id: str, ports: DispatchPorts) -> Place | None:
    """Return where a job waits, or None when it does not.

    It is called from time to time for each silent job, and also notices a lost alarm.
    """
    ports.alarm.repair(min(_dues(ports), default=None))
    store, hosts = ports.store, _hosts(ports)
    ticket = store.find(job_id)
    if ticket is None or ticket.granted_ms is not None:
        return None
    slots = store.held.by_caller
    position = store.waiting().position(ticket.caller, ticket.turn_ms, slots)
    capacity = sum(host.slots for host in hosts.values())
    return Place(
        position=position,
        eta_ms=expected_wait_ms(position, capacity, store.state().mean_run_ms),
        missing=missing(hosts, ticket.needs) if hosts else (NO_HOST,),
    )


def standing(ports: DispatchPorts) -> dict[str, dict[str, object]]:
    """Return what is known of each host: its slots, how many are held, how it is, what it is."""
    hosts = _hosts(ports)
    used = Fleet(hosts, ports.store.held.by_host).used
    # Of one that connects outward nothing but its jobs may be left.
    gone = {host: GONE for host in +used if is_outward(host) and host not in hosts}
    return {
        host: {
            "slots": known.slots,
            "inUse": used[host],
            "state": known.standing,
            "version": known.version,
            "region": known.region,
            "costWeight": known.weight,
            "models": known.offers.get("model", ()),
            "gpus": known.offers.get("gpu", ()),
        }
        for host, known in {**hosts, **gone}.items()
    }


def count_waiting(ports: DispatchPorts) -> int:
    """Return how many jobs wait for a slot.

    Called by the app's cron; it also repairs an alarm that was lost or left unset by a failed
    write.
    """
    store = ports.store
    if store.held.tickets or store.is_anybody_waiting():
        ports.alarm.rearm(_next_due_ms(ports))
    return store.waiting().count if store.is_anybody_waiting() else 0


def rearm(ports: DispatchPorts) -> None:
    """Set the alarm if there is something to wait for; nothing else is changed."""
    ports.alarm.arm(_next_due_ms(ports))


async def rest(ports: DispatchPorts) -> None:
    """Do what is due: grant, ask the hosts and the holders of slots. Called by the alarm."""
    # Set before anything is tried: whatever happens below, the alarm goes off again.
    ports.alarm.rearm(ports.now_ms() + AGAIN_MS)
    while (ticket := ports.store.held.first_due()) is not None and _is_due(ticket, ports):
        await _confirm(ticket, ports)
    # What is free is given before a host is asked that may hang.
    await _grant_turns(ports)
    await _ask_hosts(ports)
    await _grant_turns(ports)
    ports.alarm.rearm(_next_due_ms(ports))


def _is_due(ticket: Ticket, ports: DispatchPorts) -> bool:
    return ticket.check_ms is not None and ticket.check_ms <= ports.now_ms()


async def _grant_turns(ports: DispatchPorts) -> None:
    # Looked for anew each time: awaiting a job lets others in, who take slots and give them back.
    while turn := _next_turn(ports):
        now_ms = ports.now_ms()
        await _confirm(_grant(turn, now_ms, now_ms + UNREACHED_AFTER_MS, ports), ports)


def _hosts(ports: DispatchPorts) -> dict[str, HostState]:
    """Return what is known of the engine's hosts, in the setting's order."""
    state = ports.store.state()
    if state.engine is None:
        return {}
    return {host: state.hosts.get(host, UNKNOWN) for host in ports.hosts(state.engine)}


def _put_host(host: str, known: HostState, ports: DispatchPorts) -> None:
    """Store what is known of *host*; of those that were taken out nothing is kept."""
    hosts = {**_hosts(ports), host: known}
    ports.store.put_state(changed(ports.store.state(), hosts=hosts))


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
    now = store.find(ticket.job_id)
    if now is None or now.attempt != ticket.attempt or now.granted_ms is None:
        return
    if needed:
        store.put(changed(now, check_ms=ports.now_ms() + again_ms))
    else:
        store.delete(ticket.job_id)


async def _ask_hosts(ports: DispatchPorts) -> None:
    """Ask the hosts that are due how they are."""
    engine = ports.store.state().engine
    if engine is None:
        return
    for host, url in ports.hosts(engine).items():
        ask_ms = _asks(ports).get(host)
        if ask_ms is not None and ask_ms <= ports.now_ms():
            await _ask_host(engine, host, url, ports)


def _asks(ports: DispatchPorts) -> dict[str, int]:
    """Return which hosts are to be asked, and when.

    All, while a job waits; of several, those that get nothing while the others work.
    """
    hosts = _hosts(ports)
    if ports.store.is_anybody_waiting():
        return {host: known.ask_ms for host, known in hosts.items()}
    if len(hosts) == 1 or not ports.store.held.tickets:
        return {}
    return {host: known.ask_ms for host, known in hosts.items() if known.is_out}


async def _ask_host(engine: EngineId, host: str, url: str, ports: DispatchPorts) -> None:
    try:
        said = await ports.health(url)
    except UpstreamError as error:
        after = _hosts(ports).get(host, UNKNOWN).silent(host, ports.now_ms())
        failures = after.failures
        record = {"engine": engine, "host": host, "tries": failures, "why": str(error)}
        ports.log({"event": "container_silent", **record})
    else:
        after = _hosts(ports).get(host, UNKNOWN).answered(said, ports.now_ms())
    _put_host(host, after, ports)


def _next_due_ms(ports: DispatchPorts) -> int | None:
    dues = _dues(ports)
    if _next_turn(ports) is not None:
        dues.append(ports.now_ms())
    # Never in the past, which is no time for an alarm: a host not asked yet is asked now.
    return max(min(dues), ports.now_ms()) if dues else None


def _dues(ports: DispatchPorts) -> list[int]:
    """Return when to ask the first holder, and the hosts."""
    first = ports.store.held.first_due()
    dues = [] if first is None or first.check_ms is None else [first.check_ms]
    return [*dues, *_asks(ports).values()]
