"""Simulated storage: a Durable Object's disk and alarm, the bucket, and D1 on a real SQLite."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from tests.sim.kernel import Kernel, Op, Task

MIGRATIONS = Path(__file__).parents[2] / "drizzle"
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
        self._armed_ms: int | None = None

    def load(self) -> Any:
        return self._disk.written

    def save(self, job: Any, nonce: str | None = None) -> None:
        owner, disk = self._owner, self._disk
        if owner.world.faults.hit("write fails"):
            raise OSError("simulated")
        assert nonce is None or nonce not in disk.nonces
        owner.world.oracle.saved(owner, disk.written, job)
        disk.written = job
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
            owner.world.oracle.forgotten(owner, disk.written)
            disk.written, disk.nonces = None, {}
            self.rearm(None)
            task.resume(None)

        return Op("forget", lambda task: owner.kernel.at(LATENCY_MS, finish, task))

    def arm(self, due_ms: int | None) -> None:
        if due_ms is None or (self._armed_ms is not None and self._armed_ms <= due_ms):
            return
        self.rearm(due_ms)

    def rearm(self, due_ms: int | None) -> None:
        self._owner.set_alarm(due_ms)
        self._armed_ms = due_ms


class TicketDisk:
    """What outlives an eviction of a dispatcher."""

    def __init__(self, state: Any) -> None:
        self.tickets: dict[str, Any] = {}
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
        self._armed_ms: int | None = None

    def tickets(self) -> dict[str, Any]:
        return self._disk.tickets

    def state(self) -> Any:
        return self._disk.state

    def put(self, ticket: Any) -> None:
        self._fail_perhaps()
        self._disk.tickets[ticket.job_id] = ticket
        self._owner.world.oracle.ticketed(self._owner, ticket)

    def delete(self, job_id: str) -> None:
        self._fail_perhaps()
        self._disk.tickets.pop(job_id, None)

    def put_state(self, state: Any) -> None:
        self._fail_perhaps()
        self._disk.state = state

    def _fail_perhaps(self) -> None:
        if self._owner.world.faults.hit("write fails"):
            raise OSError("simulated")

    def arm(self, due_ms: int | None) -> None:
        if due_ms is None or (self._armed_ms is not None and self._armed_ms <= due_ms):
            return
        self.rearm(due_ms)

    def rearm(self, due_ms: int | None) -> None:
        self._owner.set_alarm(due_ms)
        self._armed_ms = due_ms


@dataclass(frozen=True, slots=True)
class SimObject:
    """An object in the bucket."""

    size_bytes: int
    etag: str
    body: str = ""
    content_type: str = "application/octet-stream"


@dataclass
class Upload:
    """An object on its way in parts: sizes and ETags by number."""

    key: str
    parts: dict[int, tuple[int, str]] = field(default_factory=dict)


_LIFE = re.compile(r"X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z&X-Amz-Expires=(\d+)&")
_UPLOAD = re.compile(r"&partNumber=(\d+)&uploadId=([\w-]+)&")


class Bucket:
    """The bucket. It is slow enough that others get in between, and may fail."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.stored: dict[str, SimObject] = {}
        self.uploads: dict[str, Upload] = {}
        self.puts = 0

    def expired(self, url: str) -> bool:
        """Whether a presigned URL is good no more; the bucket's own clock is right."""
        now_ms: int = self._world.kernel.now_ms
        return end_of(url) <= now_ms

    def put(self, work: Any, url: str, key: str, size_bytes: int) -> None:
        """Store a container's output."""
        assert url.partition("?")[0].endswith(f"/{key}")
        self.puts += 1
        self._world.oracle.put(work, key)
        self.stored[key] = SimObject(size_bytes, f"etag-{self.puts}")

    def put_part(self, url: str, number: int, size_bytes: int) -> str | None:
        """Store a part; return its ETag, or None when there is no such upload any more."""
        found = _UPLOAD.search(url)
        assert found is not None
        assert int(found[1]) == number
        upload = self.uploads.get(found[2])
        if upload is None:
            return None
        self.puts += 1
        upload.parts[number] = (size_bytes, f"part-{self.puts}")
        return upload.parts[number][1]

    def create_multipart(self, key: str) -> Op:
        def create() -> str:
            self.puts += 1
            upload_id = f"upload-{self.puts}"
            self.uploads[upload_id] = Upload(key)
            return upload_id

        return self._op("bucket.create_multipart", create, CREATE_MS)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> Op:
        def complete() -> SimObject:
            upload = self.uploads.get(upload_id)
            there = {} if upload is None else upload.parts
            if not parts or [there.get(n, (0, ""))[1] for n, _ in parts] != [e for _, e in parts]:
                raise self._world.conflict("no such part", code="upload_incomplete")
            del self.uploads[upload_id]
            size_bytes = sum(there[number][0] for number, _ in parts)
            self.stored[key] = SimObject(size_bytes, f"{upload_id[7:]}-{len(parts)}")
            return self.stored[key]

        return self._op("bucket.complete_multipart", complete)

    def abort_multipart(self, upload_id: str) -> Op:
        return self._op(
            "bucket.abort_multipart", lambda: self.uploads.pop(upload_id, None) and None
        )

    def head(self, key: str) -> Op:
        return self._op("bucket.head", lambda: self.stored.get(key))

    def text(self, key: str) -> Op:
        def read() -> str | None:
            found = self.stored.get(key)
            return None if found is None else found.body

        return self._op("bucket.text", read)

    def put_text(self, key: str, text: str, base_ms: int = LATENCY_MS) -> Op:
        def write() -> None:
            self.puts += 1
            self.stored[key] = SimObject(len(text), f"etag-{self.puts}", text)

        return self._op("bucket.put_text", write, base_ms)

    def keys(self, prefix: str) -> Op:
        return self._op("bucket.keys", lambda: [k for k in self.stored if k.startswith(prefix)])

    def delete(self, key: str) -> Op:
        def remove() -> None:
            self.stored.pop(key, None)

        return self._op("bucket.delete", remove)

    def delete_many(self, keys: Sequence[str]) -> Op:
        def remove() -> None:
            for key in keys:
                self.stored.pop(key, None)

        return self._op("bucket.delete", remove)

    def _op(self, name: str, work: Callable[[], Any], base_ms: int = LATENCY_MS) -> Op:
        world = self._world

        def finish(task: Task) -> None:
            if world.faults.hit("bucket fails"):
                task.fail(world.upstream_error("The bucket did not answer: simulated"))
                return
            try:
                value = work()
            except world.conflict as error:
                task.fail(error)
                return
            if world.faults.hit("bucket cut"):
                task.fail(world.upstream_error("The bucket's answer was lost: simulated"))
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
        self.sqlite = Database._shared or _migrated()
        Database._shared = self.sqlite
        if self.sqlite.in_transaction:
            self.sqlite.execute("ROLLBACK")
        self.sqlite.execute("BEGIN")

    def rows(self, sql: str, params: Sequence[Any]) -> Op:
        return self._op("d1.rows", lambda: self.look(sql, params))

    def batch(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> Op:
        return self._op("d1.batch", lambda: self._commit(statements))

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
            return [execute(*statements[0]).rowcount]
        execute("SAVEPOINT batch")
        try:
            changed = [execute(sql, params).rowcount for sql, params in statements]
        except sqlite3.Error:
            execute("ROLLBACK TO batch")
            execute("RELEASE batch")
            raise
        execute("RELEASE batch")
        return changed

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
                task.fail(world.conflict("It is there already.", code="already_exists"))
                return
            if world.faults.hit("database cut"):
                task.fail(OSError("simulated"))
            else:
                task.resume(value)

        return Op(name, lambda task: world.kernel.at(world.latency(LATENCY_MS), finish, task))


def _migrated() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
    connection.execute("PRAGMA foreign_keys = ON")
    for script in sorted(MIGRATIONS.glob("*.sql")):
        connection.executescript(script.read_text("utf-8"))
    return connection
