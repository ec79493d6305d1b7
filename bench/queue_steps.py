"""The steps of a dispatcher with a long queue, timed and counted: a program for `bench queue`.

It runs as a process of its own on the tree that its PYTHONPATH names, which may be another commit's
(bench/queue.py). It prints one JSON document: by length of the queue and step, the median of its
CPU time in microseconds, and the rows read and written that the runtime counts for it.

The queue's jobs are of a tenth as many callers; all slots are held. CPU time is that of this
process, on Python's own SQLite; rows are those of a Durable Object's storage in workerd, without
the alarm's.
"""

import argparse
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from dev.stack.object_storage import ObjectStorage, storage_classes
from media_jobs.alarm import Alarm
from media_jobs.dispatch import DispatchState, Ticket
from media_jobs.hosts import HostState
from orchestrator.dispatch import dispatcher

ENGINE = "burner-ffmpeg"
HOSTS = {f"host-{number}.example": f"http://host-{number}.example" for number in range(4)}
SLOTS = 25
"""Of each host."""
FILL = 5000
"""Rows that one statement fills in."""
T0 = 1_790_000_000_000


class RuntimeStorage:
    """The storage of a Durable Object in workerd, through bench/queue_rows.mjs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.storage = self.sql = self
        self.read = self.written = 0

    def exec(self, sql: str, *params: object) -> Any:
        body = json.dumps({"sql": sql, "params": params}).encode()
        with urllib.request.urlopen(self._url, body) as answer:  # noqa: S310 - our own process.
            said = json.loads(answer.read())
        if "error" in said:
            raise RuntimeError(said["error"])
        self.read += said["read"]
        self.written += said["written"]
        rows = _Rows(SimpleNamespace(**row) for row in said["rows"])
        return SimpleNamespace(toArray=lambda: rows, one=lambda: rows[0])


class _Rows(list[Any]):
    @property
    def length(self) -> int:
        return len(self)


class Queue:
    """A dispatcher with *length* jobs that wait, while others have all slots."""

    def __init__(self, storage: Any, length: int) -> None:
        self.now_ms = T0
        self._storage = storage
        self.callers = max(1, length // 10)
        self.length = length
        self._wake()
        self.store.put_state(self._state())
        held = [
            self._ticket(f"held_{number:06}", number, granted_ms=T0, check_ms=T0 + 10**9, host=host)
            for number, host in enumerate(name for name in HOSTS for _ in range(SLOTS))
        ]
        waiting = [self._ticket(f"job_{number:06}", number) for number in range(length)]
        self._fill([*held, *waiting])
        self.holders = [ticket.job_id for ticket in held]
        self._wake()

    def _wake(self) -> None:
        """Begin anew on the same storage, as after an eviction."""
        self.store = storage_classes().ticket(self._storage)
        self.ports = dispatcher.DispatchPorts(
            store=self.store,
            alarm=Alarm(SimpleNamespace(set=lambda due_ms: None, clear=lambda: None), self._now),
            jobs=self,
            hosts=lambda engine: HOSTS,
            health=self._health,
            now_ms=self._now,
            log=lambda record: None,
        )

    def _now(self) -> int:
        return self.now_ms

    async def _health(self, url: str) -> HostState:
        return HostState(capacity=SLOTS)

    async def hold(self, ticket: Ticket) -> bool:
        self.holders.append(ticket.job_id)
        return True

    def _state(self) -> DispatchState:
        known = HostState(capacity=SLOTS, ask_ms=T0 + 10**9, version="1")
        return DispatchState(engine=ENGINE, hosts=dict.fromkeys(HOSTS, known), mean_run_ms=60_000)

    def _ticket(self, job_id: str, number: int, **more: object) -> Ticket:
        caller = f"caller_{number % self.callers:06}"
        return Ticket(job_id=job_id, attempt=1, caller=caller, since_ms=T0 + number, **more)  # type: ignore[arg-type]

    def _fill(self, tickets: Sequence[Ticket]) -> None:
        insert = (
            "INSERT INTO ticket (job_id, document)"
            " SELECT value ->> 0, value ->> 1 FROM json_each(?)"
        )
        for begin in range(0, len(tickets), FILL):
            some = tickets[begin : begin + FILL]
            rows = [[t.job_id, t.model_dump_json(exclude_none=True)] for t in some]
            self._storage.exec(insert, json.dumps(rows))

    # --- the steps ------------------------------------------------------------------------------

    def wake(self, number: int) -> None:
        self._wake()
        dispatcher.rearm(self.ports)

    def request(self, number: int) -> None:
        ticket = self._ticket(f"new_{number:06}", self.length + number)
        dispatcher.request(ENGINE, ticket, self.ports)

    def position(self, number: int) -> None:
        self.now_ms += 10_000
        assert dispatcher.where(self._waiting(number), self.ports) is not None

    def cancel(self, number: int) -> None:
        dispatcher.release(self._waiting(number), 1, self.ports)

    def release_and_grant(self, number: int) -> None:
        held = len(self.holders)
        dispatcher.release(self.holders[number], 1, self.ports)
        _finished(dispatcher.rest(self.ports))
        assert len(self.holders) == held + 1

    def _waiting(self, number: int) -> str:
        """Return one of the second half, of which none is granted here; each once."""
        return f"job_{self.length // 2 + number * (self.length // 50):06}"


STEPS: dict[str, Callable[[Queue, int], None]] = {
    "first position": Queue.position,
    "request": Queue.request,
    "position": Queue.position,
    "release, grant": Queue.release_and_grant,
    "cancel": Queue.cancel,
    "wake": Queue.wake,
}
ONCE = ("first position",)
"""Steps that are done once after a wake."""


def _finished(work: Any) -> None:
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("It waits.")


class Alone:
    """A dispatcher without a queue: a job asks for a slot, gets it, and gives it back."""

    def __init__(self, storage: Any) -> None:
        self._queue = Queue(storage, 0)
        for job_id in self._queue.holders:
            dispatcher.release(job_id, 1, self._queue.ports)

    def step(self, number: int) -> None:
        job_id, ports = f"alone_{number:06}", self._queue.ports
        ticket = Ticket(job_id=job_id, attempt=1, caller="caller", since_ms=T0)
        assert dispatcher.request(ENGINE, ticket, ports) is not None
        dispatcher.release(job_id, 1, ports)


def timed_us(step: Callable[[int], None], times: int) -> float:
    """Return the median of a step's CPU time, in microseconds."""
    spent = []
    for number in range(times):
        before = time.process_time_ns()
        step(number)
        spent.append((time.process_time_ns() - before) / 1000)
    return statistics.median(spent)


def counted(storage: RuntimeStorage, step: Callable[[int], None], times: int) -> dict[str, float]:
    """Return the rows that a step reads and writes, on average."""
    read, written = storage.read, storage.written
    for number in range(times):
        step(number)
    return {"read": (storage.read - read) / times, "written": (storage.written - written) / times}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--lengths", type=int, nargs="+", required=True)
    arguments = parser.parse_args()
    found: dict[str, dict[str, dict[str, float]]] = {}
    for length in arguments.lengths:
        found[str(length)] = _of_length(length, f"{arguments.url}{length}")
        print(f"{length} waiting: done", file=sys.stderr, flush=True)
    alone, remote = Alone(ObjectStorage()), RuntimeStorage(f"{arguments.url}alone")
    found["0"] = {"request, release": {"us": timed_us(alone.step, 500)}}
    found["0"]["request, release"] |= counted(remote, Alone(remote).step, 20)
    print(json.dumps(found))


def _of_length(length: int, url: str) -> dict[str, dict[str, float]]:
    of: dict[str, dict[str, float]] = {}
    remote = RuntimeStorage(url)
    queue, remote_queue = Queue(ObjectStorage(), length), Queue(remote, length)
    for name, step in STEPS.items():
        times = 1 if name in ONCE else 20 if length <= 1000 else 8
        of[name] = {"us": timed_us(partial(step, queue), times)}
        of[name] |= counted(remote, partial(step, remote_queue), times)
    return of


if __name__ == "__main__":
    main()
