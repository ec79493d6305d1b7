"""Simulated storage: a Durable Object's disk and alarm, the bucket, and D1 on a real SQLite."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

import tests.platform.bucket as platform
from tests.platform.bucket import StoredObject
from tests.platform.database import opened
from tests.sim.kernel import Kernel, Op, Task

LATENCY_MS = 3
CREATE_MS = 60
"""Long enough for a repeated request to get in between."""

READ_BACK_EVERY = 61
"""Of so many saves one is read back from its bytes at once."""


class Disk:
    """What outlives an eviction of one Durable Object. *written*: what was stored, as an object.

    Serialising each save would cost more than the whole life; it is done when memory is lost, which
    is when a reader could notice, and for a sample of the saves.
    """

    def __init__(self) -> None:
        self.written: Any = None
        self.nonces: dict[str, None] = {}

    def forget_memory(self) -> None:
        """Make the next reader read bytes."""
        if self.written is not None:
            record = type(self.written)
            self.written = record.model_validate_json(
                self.written.model_dump_json(exclude_none=True)
            )


class JobStore:
    """The job store of one living Durable Object, as `edge.storage.SqlJobStore`."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._disk: Disk = owner.disk

        self._kept: Any = None

    def load(self) -> Any:
        return self._disk.written if self._kept is None else self._kept

    def keep(self, job: Any) -> None:
        self._kept = job

    def flush(self) -> None:
        if self._kept is not None:
            self.save(self._kept)

    def save(self, job: Any, nonce: str | None = None) -> None:
        owner, disk = self._owner, self._disk
        if owner.world.faults.hit("write fails"):
            raise OSError("simulated")
        assert nonce is None or nonce not in disk.nonces
        owner.world.oracle.saved(owner, disk.written, job)
        disk.written, self._kept = job, None
        if nonce is not None:
            disk.nonces[nonce] = None
        owner.world.saves += 1
        if owner.world.saves % READ_BACK_EVERY == 0:
            disk.forget_memory()
            owner.world.oracle.same(job, disk.written)

    def has_seen(self, nonce: str) -> bool:
        return nonce in self._disk.nonces

    def forget(self) -> Op:
        """Delete everything, as `deleteAll` and `deleteAlarm`."""
        owner, disk = self._owner, self._disk

        def finish(task: Task) -> None:
            # That its last effect is done may be in memory alone: nothing is left that needs it.
            owner.world.oracle.forgotten(owner, self._kept or disk.written)
            disk.written, disk.nonces, self._kept = None, {}, None
            owner.set_alarm(None)
            task.resume(None)

        return Op("forget", lambda task: owner.kernel.at(LATENCY_MS, finish, task))


class Timer:
    """The alarm of one Durable Object, as `edge.alarm.ObjectTimer`."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def set(self, due_ms: int) -> None:
        self._owner.set_alarm(due_ms)

    def clear(self) -> None:
        self._owner.set_alarm(None)


class TicketDisk:
    """What outlives an eviction of a dispatcher."""

    def __init__(self, state: Any) -> None:
        self.tickets: dict[str, Any] = {}
        self.handshakes: dict[str, None] = {}
        self.state = state

    def forget_memory(self) -> None:
        """Make the next reader read bytes."""
        for job_id, ticket in self.tickets.items():
            text = ticket.model_dump_json(exclude_none=True)
            self.tickets[job_id] = type(ticket).model_validate_json(text)
        text = self.state.model_dump_json(exclude_none=True)
        self.state = type(self.state).model_validate_json(text)


class TicketStore:
    """The storage of one living dispatcher, as `edge.ticket_storage.SqlTicketStore`."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._disk: TicketDisk = owner.disk
        self._dispatch = owner.world.shipped["media_jobs.dispatch"]
        self._held: Any = None

    @property
    def held(self) -> Any:
        if self._held is None:
            tickets = self._disk.tickets.values()
            held = (ticket for ticket in tickets if ticket.granted_ms is not None)
            self._held = self._dispatch.Held(held)
        return self._held

    def is_anybody_waiting(self) -> bool:
        return any(ticket.granted_ms is None for ticket in self._disk.tickets.values())

    def find(self, job_id: str) -> Any:
        return self._disk.tickets.get(job_id)

    def firsts(self, can_do: Any) -> list[Any]:
        """Return who is next of each kind of needs, by a look at all tickets."""
        slots = Counter(
            ticket.caller for ticket in self._disk.tickets.values() if ticket.granted_ms is not None
        )
        firsts: dict[tuple[str, ...], Any] = {}
        for ticket in self._disk.tickets.values():
            has = slots[ticket.caller]
            is_full = ticket.running_max is not None and has >= ticket.running_max
            if ticket.granted_ms is None and not is_full and can_do(ticket.needs):
                one = self._dispatch.First(has, ticket)
                before = firsts.get(ticket.needs)
                if before is None or one.order < before.order:
                    firsts[ticket.needs] = one
        return list(firsts.values())

    def waiting(self) -> Any:
        lines: dict[str, list[int]] = {}
        for ticket in self._disk.tickets.values():
            if ticket.granted_ms is None:
                lines.setdefault(ticket.caller, []).append(ticket.turn_ms)
        return self._owner.world.shipped["media_jobs.waiting"].Waiting(lines)

    def state(self) -> Any:
        return self._disk.state

    def is_new(self, nonce: str, now_ms: int) -> bool:
        self._fail_perhaps()
        is_new = nonce not in self._disk.handshakes
        self._disk.handshakes[nonce] = None
        return is_new

    def put(self, ticket: Any) -> None:
        held = self.held
        self._fail_perhaps()
        before = self._disk.tickets.get(ticket.job_id)
        self._disk.tickets[ticket.job_id] = ticket
        if ticket.granted_ms is not None:
            held.put(ticket)
        else:
            held.remove(ticket.job_id)
        self._owner.world.oracle.ticketed(self._owner, before, ticket)

    def delete(self, job_id: str) -> None:
        held = self.held
        self._fail_perhaps()
        self._disk.tickets.pop(job_id, None)
        held.remove(job_id)

    def put_state(self, state: Any) -> None:
        placement = self._owner.world.oracle.placement
        try:
            self._fail_perhaps()
        except OSError:
            placement.learned(self._owner, is_stored=False)
            raise
        self._disk.state = state
        placement.learned(self._owner, is_stored=True)

    def _fail_perhaps(self) -> None:
        if self._owner.world.faults.hit("write fails"):
            raise OSError("simulated")


_LIFE = re.compile(r"X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z&X-Amz-Expires=(\d+)&")
_UPLOAD = re.compile(r"&partNumber=(\d+)&uploadId=([\w-]+)&")


class Bucket(platform.Bucket[int | str]):
    """The bucket, which is slow enough that others get in between, and may fail.

    A content is a text, or the number of bytes of what nobody reads. ETags are counted: to hash
    what is not there would only cost time.
    """

    def __init__(self, world: Any) -> None:
        super().__init__()
        self._world = world
        self._made = 0

    def made(self, content: int | str, content_type: str) -> StoredObject[int | str]:
        self._made += 1
        size_bytes = content if isinstance(content, int) else len(content)
        return StoredObject(size_bytes, f"{self._made:032x}", content_type, content)

    def joined(self, parts: Sequence[StoredObject[int | str]]) -> int:
        return sum(part.size_bytes for part in parts)

    def expired(self, url: str) -> bool:
        """Whether a presigned URL is good no more; the bucket's own clock is right."""
        now_ms: int = self._world.kernel.now_ms
        return end_of(url) <= now_ms

    def put_output(self, work: Any, url: str, key: str, size_bytes: int) -> None:
        """Store a container's output."""
        assert url.partition("?")[0].endswith(f"/{key}")
        self._world.oracle.put(work, key)
        self.put(key, size_bytes)

    def put_part_at(self, url: str, number: int, size_bytes: int) -> str | None:
        """Store a part; return its ETag, or None when there is no such upload any more."""
        found = _UPLOAD.search(url)
        assert found is not None
        assert int(found[1]) == number
        return self.put_part(found[2], number, size_bytes) if found[2] in self.uploads else None

    # --- the port of the Workers ------------------------------------------------------------------

    def create_multipart(self, key: str, content_type: str) -> Op:
        begin = partial(self.begin, key, content_type)
        return self._op("bucket.create_multipart", begin, CREATE_MS)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> Op:
        def complete() -> StoredObject[int | str]:
            made = self.complete(key, upload_id, parts)
            if made is None:
                raise self._world.conflict("upload_incomplete.parts")
            return made

        return self._op("bucket.complete_multipart", complete)

    def abort_multipart(self, key: str, upload_id: str) -> Op:
        return self._op("bucket.abort_multipart", partial(self.abort, upload_id))

    def head(self, key: str) -> Op:
        return self._op("bucket.head", partial(self.stored.get, key))

    def text(self, key: str, size_bytes_max: int) -> Op:
        def read() -> int | str | None:
            found = self.stored.get(key)
            return None if found is None else found.body

        return self._op("bucket.text", read)

    def put_text(self, key: str, text: str, content_type: str, base_ms: int = LATENCY_MS) -> Op:
        def write() -> None:
            self.put(key, text, content_type)

        return self._op("bucket.put_text", write, base_ms)

    def keys(self, prefix: str, after: str = "", limit: int = platform.KEYS_MAX) -> Op:
        return self._op("bucket.keys", partial(self.listed, prefix, after, limit))

    def delete(self, key: str) -> Op:
        return self.delete_many([key])

    def delete_many(self, keys: Sequence[str]) -> Op:
        return self._op("bucket.delete", partial(self.remove, *keys))

    def _op(self, name: str, work: Callable[[], Any], base_ms: int = LATENCY_MS) -> Op:
        world = self._world

        def finish(task: Task) -> None:
            if world.faults.hit("bucket fails"):
                task.fail(world.silent("The bucket"))
                return
            try:
                value = work()
            except world.conflict as error:
                task.fail(error)
                return
            if world.faults.hit("bucket cut"):
                task.fail(world.silent("The bucket"))
            else:
                task.resume(value)

        kernel: Kernel = world.kernel

        def begin(task: Task) -> None:
            slow = world.faults.hit("bucket slow")
            delay_ms = world.faults.between(100, 10_000) if slow else world.latency(base_ms)
            kernel.at(delay_ms, finish, task)

        return Op(name, begin)


def end_of(url: str) -> int:
    """Return until when a presigned URL is good (Unix ms)."""
    found = _LIFE.search(url)
    assert found is not None
    *date, life_s = (int(number) for number in found.groups())
    return int(datetime(*date, tzinfo=UTC).timestamp() + life_s) * 1000  # type: ignore[misc, arg-type]  # Six numbers.


class Database:
    """D1: one SQLite for all worlds of a process.

    Each world is one transaction that is never committed, so that the next begins empty; a batch is
    a savepoint in it. Errors reach the Worker as the runtime's own, before or after the commit.
    """

    _shared: sqlite3.Connection | None = None
    _names: ClassVar[dict[str, tuple[str, ...]]] = {}

    def __init__(self, world: Any) -> None:
        self._world = world
        self.sqlite = Database._shared or opened()
        Database._shared = self.sqlite
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")
        self.sqlite.execute("BEGIN")

    def rows(self, sql: str, *params: Any) -> Op:
        return self._op("d1.rows", lambda: self.look(sql, params))

    def batch(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> Op:
        return self._op("d1.batch", lambda: self._commit(statements))

    def batch_and_read(
        self, statements: Sequence[tuple[str, Sequence[Any]]], query: tuple[str, Sequence[Any]]
    ) -> Op:
        return self._op("d1.batch", lambda: (self._commit(statements), self.look(*query)))

    def look(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return rows at once."""
        cursor = self.sqlite.execute(sql, params)
        names = Database._names.get(sql)
        if names is None:
            names = Database._names[sql] = tuple(column[0] for column in cursor.description)
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _commit(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[int]:
        execute = self.sqlite.execute
        if len(statements) == 1:
            changed = [execute(*statements[0]).rowcount]
            self._committed(statements)
            return changed
        execute("SAVEPOINT batch")
        try:
            changed = [execute(sql, params).rowcount for sql, params in statements]
        except sqlite3.Error:
            execute("ROLLBACK TO batch")
            execute("RELEASE batch")
            raise
        execute("RELEASE batch")
        self._committed(statements)
        return changed

    def _committed(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> None:
        """Let the oracle look where a batch may have failed a job for its inputs."""
        if self._world.chains and any(
            "input_failed" in value
            for _, params in statements
            for value in params
            if isinstance(value, str)
        ):
            self._world.chains.failed()

    def _op(self, name: str, work: Callable[[], Any]) -> Op:
        world = self._world

        def finish(task: Task) -> None:
            if world.faults.hit("database fails"):
                task.fail(OSError("simulated"))
                return
            try:
                value = work()
            except sqlite3.IntegrityError as error:
                if "UNIQUE constraint failed" not in str(error):
                    raise
                task.fail(world.conflict("already_exists"))
                return
            if world.faults.hit("database cut"):
                task.fail(OSError("simulated"))
            else:
                task.resume(value)

        return Op(name, lambda task: world.kernel.at(world.latency(LATENCY_MS), finish, task))
