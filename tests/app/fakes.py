"""The app's ports without a runtime: a real SQLite, a bucket in memory, a scripted orchestrator.

`tests/contracts` runs one suite on these and on the real bindings, so that they behave alike.
"""

import asyncio
import hashlib
import hmac
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.store import Statement, Value
from media_jobs.errors import Conflict, MigrationMissing, UpstreamError
from media_jobs.ports import ObjectInfo, PeerAnswer, RelayedAnswer, StoredBody

MIGRATIONS = Path(__file__).parents[2] / "drizzle"


class FakeDatabase:
    """D1 on SQLite: migrated by the project's own files, foreign keys on, ints bound as REAL.

    Each call gives way once, so that concurrent use cases interleave as they do on D1.
    """

    def __init__(self, migrations: Path = MIGRATIONS) -> None:
        self.sqlite = sqlite3.connect(":memory:", isolation_level=None)
        self.sqlite.row_factory = sqlite3.Row
        self.sqlite.deserialize(_migrated(migrations))
        self.sqlite.execute("PRAGMA foreign_keys = ON")

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        return self.look(sql, *params)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        await asyncio.sleep(0)
        self.sqlite.execute("BEGIN")
        try:
            changed = [
                self.sqlite.execute(sql, _bound(params)).rowcount for sql, params in statements
            ]
        except sqlite3.Error as error:
            self.sqlite.execute("ROLLBACK")
            if "UNIQUE constraint failed" in str(error):
                raise Conflict("It is there already.", code="already_exists") from None
            raise _named(error) from None
        self.sqlite.execute("COMMIT")
        return changed

    def look(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        """Return rows at once, for a test's own questions."""
        try:
            found = self.sqlite.execute(sql, _bound(params)).fetchall()
        except sqlite3.Error as error:
            raise _named(error) from None
        return [{name: _seen_by_js(row[name]) for name in row.keys()} for row in found]  # noqa: SIM118


@cache
def _migrated(migrations: Path) -> bytes:
    """Return an empty database with all *migrations*; to apply them for each test takes longer
    than most tests.
    """
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("PRAGMA foreign_keys = ON")
    for script in sorted(migrations.glob("*.sql")):
        made.executescript(script.read_text("utf-8"))
    return made.serialize()


def _named(error: sqlite3.Error) -> Exception:
    """Return *error*, as the app is told of it when something is not there yet."""
    absent = ("no such table", "no such column", "has no column named")
    if any(words in str(error) for words in absent):
        return MigrationMissing("The database lacks a migration of this version.")
    return error


def _bound(params: Sequence[Value]) -> list[Value]:
    assert not any(isinstance(value, bool) for value in params)
    return [float(value) if isinstance(value, int) else value for value in params]


def _seen_by_js(value: Any) -> Any:
    """JavaScript has one kind of number: a whole one comes back as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeObject:
    body: bytes
    content_type: str

    @property
    def info(self) -> ObjectInfo:
        etag = hashlib.md5(self.body, usedforsecurity=False).hexdigest()
        return ObjectInfo(size_bytes=len(self.body), etag=etag, content_type=self.content_type)


@dataclass(slots=True, kw_only=True)
class FakeMultipart:
    key: str
    content_type: str
    parts: dict[int, bytes] = field(default_factory=dict)


class FakeObjects:
    """The bucket. While it is *down*, nothing can be put or deleted."""

    def __init__(self) -> None:
        self.stored: dict[str, FakeObject] = {}
        self.multiparts: dict[str, FakeMultipart] = {}
        self.down = False
        self._begun = 0

    async def head(self, key: str) -> ObjectInfo | None:
        found = self.stored.get(key)
        return found.info if found else None

    async def text(self, key: str, size_bytes_max: int) -> str | None:
        found = self.stored.get(key)
        return found.body.decode() if found and len(found.body) <= size_bytes_max else None

    async def put_text(self, key: str, text: str, content_type: str) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise OSError("The bucket is down.")
        self.stored[key] = FakeObject(body=text.encode(), content_type=content_type)

    async def open(self, key: str, offset: int, length: int) -> StoredBody | None:
        found = self.stored.get(key)
        if found is None:
            return None
        return StoredBody(info=found.info, stream=found.body[offset : offset + length])

    async def keys(self, prefix: str, after: str = "", limit: int = 1000) -> list[str]:
        await asyncio.sleep(0)
        found = (key for key in self.stored if key.startswith(prefix) and key > after)
        return sorted(found)[:limit]

    async def delete(self, key: str) -> None:
        await self.delete_many([key])

    async def delete_many(self, keys: Sequence[str]) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise UpstreamError("The bucket did not answer: Error")
        assert len(keys) <= 1000
        for key in keys:
            self.stored.pop(key, None)

    async def create_multipart(self, key: str, content_type: str) -> str:
        await asyncio.sleep(0)
        self._begun += 1
        upload_id = f"r2-upload-{self._begun}"
        self.multiparts[upload_id] = FakeMultipart(key=key, content_type=content_type)
        return upload_id

    def put_part(self, upload_id: str, number: int, body: bytes) -> str:
        """Store a part as a presigned PUT does; return its ETag."""
        self.multiparts[upload_id].parts[number] = body
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        await asyncio.sleep(0)
        upload = self.multiparts.get(upload_id)
        there = upload.parts if upload is not None and upload.key == key else {}
        etags = {n: hashlib.md5(b, usedforsecurity=False).hexdigest() for n, b in there.items()}
        if upload is None or any(etags.get(number) != etag for number, etag in parts):
            raise Conflict("The parts do not make the object.", code="upload_incomplete")
        del self.multiparts[upload_id]
        body = b"".join(there[number] for number, _ in parts)
        self.stored[key] = FakeObject(body=body, content_type=upload.content_type)
        return self.stored[key].info

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        await asyncio.sleep(0)
        self.multiparts.pop(upload_id, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCall:
    """One call to the orchestrator, with the signature it carried."""

    method: str
    url: str
    body: bytes | None
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return "/" + self.url.split("/", 3)[3].partition("?")[0]

    @property
    def message(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body or b"{}")
        return document

    def is_signed_with(self, secret: str) -> bool:
        target = "/" + self.url.split("/", 3)[3]
        signed = self.body if self.body is not None else f"{self.method} {target}".encode()
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return self.headers.get("x-signature") == expected


class FakeHub:
    """The hub of live viewers: remembers what it was told, and until when sockets are good.

    *called*: what it was told where nobody waits for an answer.
    """

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.called: list[dict[str, Any]] = []
        self.connected: list[int] = []
        self.held: list[list[str]] = []
        self.owners: list[str | None] = []
        self.closed: list[str] = []
        self.down = False

    def tell(self, change: str) -> None:
        self.told.append(json.loads(change))

    async def call(self, change: str) -> None:
        self.called.append(json.loads(change))

    async def connect(self, until_ms: int, held_by: Sequence[str], owner: str | None) -> object:
        self.connected.append(until_ms)
        self.held.append(list(held_by))
        self.owners.append(owner)
        return ""

    async def close(self, held_by: str) -> None:
        if self.down:
            raise UpstreamError("The hub did not answer: Error")
        self.closed.append(held_by)


class FakeSenders:
    """The senders of webhooks: remembers which were woken."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, webhook_id: str) -> None:
        self.woken.append(webhook_id)

    async def call(self, webhook_id: str) -> None:
        self.woken.append(webhook_id)


Script = Callable[[PeerCall], PeerAnswer]


def _willing(call: PeerCall) -> PeerAnswer:
    if call.path == "/uploads":
        presigned = {
            "url": f"https://bucket.test/{call.message['key']}?X-Amz-Signature=abc",
            "headers": {"content-type": call.message["contentType"]},
            "expiresAt": 1_790_003_600_000,
        }
        return PeerAnswer(status=200, text=json.dumps(presigned))
    return PeerAnswer(status=200, text='{"jobId":"job_1"}')


@dataclass(slots=True)
class FakePeers:
    """The orchestrator. *script* answers each call, or raises UpstreamError; all are recorded."""

    script: Script = _willing
    calls: list[PeerCall] = field(default_factory=list)
    before_answer: Callable[[PeerCall], Any] | None = None
    relayed_headers: dict[str, str] = field(default_factory=dict)

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        assert timeout_ms > 0
        call = PeerCall(method=method, url=url, body=body, headers=headers)
        self.calls.append(call)
        await asyncio.sleep(0)
        if self.before_answer is not None:
            await self.before_answer(call)
        return self.script(call)

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> RelayedAnswer:
        answer = await self.call(method, url, body, headers, timeout_ms)
        stream = answer.text.encode() if answer.status == 200 else None
        return RelayedAnswer(
            status=answer.status, headers=self.relayed_headers, stream=stream, text=answer.text
        )

    def to(self, path: str) -> list[PeerCall]:
        return [call for call in self.calls if call.path == path]


def answering(status: int, document: object = None) -> Script:
    """Return a script that answers everything alike."""
    return lambda call: PeerAnswer(status=status, text=json.dumps(document or {}))


def unreachable(call: PeerCall) -> PeerAnswer:
    """Answer nothing, as a peer that is down."""
    raise UpstreamError("orchestrator.test did not answer: TimeoutError")
