"""The ports of `orchestrator.ports` in memory."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from media_jobs.dispatch import Place, Ticket
from media_jobs.engines import EngineId
from media_jobs.errors import Conflict, UpstreamError
from media_jobs.http import Reply
from media_jobs.ports import ObjectInfo, PeerAnswer, RelayedAnswer, StoredBody
from media_jobs.record import JobRecord
from tests.contracts.archived_jobs import KEY_BYTES_MAX

Hook = Callable[[], Awaitable[None]]


@dataclass
class FakeClock:
    """A clock that stands still until it is set."""

    now_ms: int

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class FakeDisk:
    """What outlives a Durable Object's eviction."""

    document: str | None = None
    nonces: set[str] = field(default_factory=set)
    alarm_ms: int | None = None
    saves: int = 0
    fails: int = 0


class FakeJobStore:
    """One job's storage: each save and each load goes through JSON text."""

    def __init__(self, disk: FakeDisk) -> None:
        self.disk = disk
        self._armed_ms: int | None = None

    def load(self) -> JobRecord | None:
        document = self.disk.document
        return None if document is None else JobRecord.model_validate_json(document)

    def save(self, job: JobRecord, nonce: str | None = None) -> None:
        if self.disk.fails:
            self.disk.fails -= 1
            raise OSError("The disk is full.")
        assert nonce not in self.disk.nonces
        self.disk.saves += 1
        self.disk.document = job.model_dump_json(exclude_none=True)
        if nonce is not None:
            self.disk.nonces.add(nonce)

    def has_seen(self, nonce: str) -> bool:
        return nonce in self.disk.nonces

    def arm(self, due_ms: int | None) -> None:
        if due_ms is None or (self._armed_ms is not None and self._armed_ms <= due_ms):
            return
        self.rearm(due_ms)

    def rearm(self, due_ms: int | None) -> None:
        self.disk.alarm_ms = self._armed_ms = due_ms

    async def forget(self) -> None:
        self.disk.document, self.disk.alarm_ms, self._armed_ms = None, None, None
        self.disk.nonces.clear()


@dataclass
class FakeObjects:
    """A bucket; *before_head* runs at each look, so that a test can let others in meanwhile."""

    stored: dict[str, bytes] = field(default_factory=dict)
    before_head: Hook | None = None
    before_create: Hook | None = None
    opened: list[str] = field(default_factory=list)
    uploads: dict[str, tuple[str, dict[int, bytes], str]] = field(default_factory=dict)
    in_parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    begun: int = 0

    async def head(self, key: str) -> ObjectInfo | None:
        if self.before_head is not None:
            await self.before_head()
        return self._info(key)

    async def text(self, key: str, size_bytes_max: int) -> str | None:
        if self.before_head is not None:
            await self.before_head()
        body = self.stored.get(key)
        return None if body is None or len(body) > size_bytes_max else body.decode()

    async def open(self, key: str, offset: int, length: int) -> StoredBody | None:
        self.opened.append(key)
        info = self._info(key)
        if info is None:
            return None
        return StoredBody(info=info, stream=self.stored[key][offset : offset + length])

    async def put_text(self, key: str, text: str, content_type: str) -> None:
        self.stored[key] = text.encode()

    async def keys(self, prefix: str, after: str = "", limit: int = 1000) -> list[str]:
        found = (key for key in self.stored if key.startswith(prefix) and key > after)
        return sorted(found)[:limit]

    async def delete(self, key: str) -> None:
        self.stored.pop(key, None)

    async def delete_many(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.stored.pop(key, None)

    async def create_multipart(self, key: str, content_type: str) -> str:
        if self.before_create is not None:
            await self.before_create()
        self.begun += 1
        self.uploads[f"r2-upload-{self.begun}"] = (key, {}, content_type)
        return f"r2-upload-{self.begun}"

    def put_part(self, upload_id: str, number: int, body: bytes) -> str:
        """Store a part as a presigned PUT does; return its ETag."""
        self.uploads[upload_id][1][number] = body
        return _md5(body)

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        of, there, content_type = self.uploads.get(upload_id, ("", {}, ""))
        if of != key or any(number not in there or _md5(there[number]) != e for number, e in parts):
            raise Conflict("The parts do not make the object.", code="upload_incomplete")
        del self.uploads[upload_id]
        self.stored[key] = b"".join(there[number] for number, _ in parts)
        self.in_parts[key] = (len(parts), content_type)
        found = self._info(key)
        assert found is not None
        return found

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        self.uploads.pop(upload_id, None)

    def _info(self, key: str) -> ObjectInfo | None:
        body = self.stored.get(key)
        if body is None:
            return None
        if key in self.in_parts:
            count, content_type = self.in_parts[key]
            return ObjectInfo(
                size_bytes=len(body), etag=f"{_md5(body)}-{count}", content_type=content_type
            )
        return ObjectInfo(
            size_bytes=len(body), etag=_md5(body), content_type="application/octet-stream"
        )


def peer_answer(
    status: int = 200, text: str = "{}", retry_after_s: int | None = None
) -> PeerAnswer:
    """Return what a peer answers."""
    return PeerAnswer(status=status, text=text, retry_after_s=retry_after_s)


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Call:
    """One call that a peer got."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def json(self) -> dict[str, object]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document


CUT = UpstreamError("peer.example did not answer: TimeoutError")
"""Script this where a connection is cut."""


class FakeArchivedJobs:
    """What is left of forgotten jobs."""

    def __init__(self) -> None:
        self.stored: dict[str, str] = {}

    async def put(self, job_id: str, document: str) -> None:
        self._check(job_id)
        self.stored[job_id] = document

    async def get(self, job_id: str) -> str | None:
        self._check(job_id)
        return self.stored.get(job_id)

    def _check(self, job_id: str) -> None:
        if len(f"final/{job_id}".encode()) > KEY_BYTES_MAX:
            raise UpstreamError("KV did not answer: Error")


class FakeSlots:
    """The dispatchers: every slot is free unless *full*; then jobs wait until they are told."""

    def __init__(self) -> None:
        self.full = False
        self.down = False
        self.tickets: dict[str, Ticket] = {}
        self.calls: list[tuple[object, ...]] = []

    async def request(self, engine: EngineId, ticket: Ticket) -> bool:
        self._called("request", ticket.job_id, ticket.attempt)
        self.tickets[ticket.job_id] = ticket
        return not self.full

    async def defer(self, engine: EngineId, job_id: str, attempt: int, wait_ms: int) -> None:
        self._called("defer", job_id, attempt, wait_ms)

    async def release(self, engine: EngineId, job_id: str, attempt: int) -> None:
        self._called("release", job_id, attempt)
        self.tickets.pop(job_id, None)

    async def place(self, engine: EngineId, job_id: str) -> Place | None:
        self._called("place", job_id)
        return Place(position=3, eta_ms=60_000) if job_id in self.tickets else None

    def _called(self, what: str, job_id: str, *more: int) -> None:
        if self.down:
            raise UpstreamError("A Durable Object did not answer: Error")
        self.calls.append((what, job_id, *more))


@dataclass
class FakePeers:
    """Peers that say yes, unless a test has scripted other answers for the end of a path."""

    calls: list[Call] = field(default_factory=list)
    during: dict[str, Hook] = field(default_factory=dict)
    relayed_headers: dict[str, str] = field(default_factory=dict)
    _script: dict[str, list[PeerAnswer | UpstreamError]] = field(default_factory=dict)

    def script(self, path_end: str, *answers: PeerAnswer | UpstreamError) -> None:
        """Give these answers, in order, before saying yes again."""
        self._script.setdefault(path_end, []).extend(answers)

    def forever(self, path_end: str, answer: PeerAnswer | UpstreamError) -> None:
        self._script[path_end] = [answer] * 10_000

    def forgive(self, path_end: str) -> None:
        self._script.pop(path_end, None)

    def to(self, path_end: str) -> list[Call]:
        """Return the calls to paths that end so."""
        return [call for call in self.calls if call.path.endswith(path_end)]

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        call = Call(method, url, body or b"", headers)
        self.calls.append(call)
        for path_end, hook in list(self.during.items()):
            if call.path.endswith(path_end):
                await hook()
        for path_end, answers in self._script.items():
            if call.path.endswith(path_end) and answers:
                answer = answers.pop(0)
                if isinstance(answer, UpstreamError):
                    raise answer
                return answer
        return peer_answer(202 if call.path.endswith("/render") else 200)

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> RelayedAnswer:
        answer = await self.call(method, url, body, headers, timeout_ms)
        stream = answer.text.encode() if answer.status == 200 else None
        return RelayedAnswer(
            status=answer.status, headers=self.relayed_headers, stream=stream, text=answer.text
        )


def packed(status: int, document: object) -> str:
    """Return an answer as text, as a Durable Object gives it."""
    return f"{status:03d}{json.dumps(document)}"


def unpacked(answer: str) -> Reply:
    return Reply(status=int(answer[:3]), body=answer[3:])
