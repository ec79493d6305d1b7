"""What the use cases need from outside, as small protocols; `edge` and the tests provide them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from media_jobs.dispatch import Place, Ticket
from media_jobs.engines import EngineId
from media_jobs.record import JobRecord
from orchestrator.settings import Settings


class ObjectInfo(Protocol):
    """What is known of a stored object."""

    @property
    def size_bytes(self) -> int: ...
    @property
    def etag(self) -> str: ...
    @property
    def content_type(self) -> str: ...


class StoredBody(Protocol):
    """A stored object, or a range of it, as a stream that nobody here reads."""

    @property
    def info(self) -> ObjectInfo: ...
    @property
    def stream(self) -> object: ...


class Objects(Protocol):
    """The bucket."""

    async def head(self, key: str) -> ObjectInfo | None: ...
    async def text(self, key: str, size_bytes_max: int) -> str | None: ...
    async def open(self, key: str, offset: int, length: int) -> StoredBody | None: ...
    async def keys(self, prefix: str) -> list[str]: ...
    async def delete(self, key: str) -> None: ...
    async def create_multipart(self, key: str, content_type: str) -> str:
        """Begin an object that comes in parts; return the id of the upload."""
        ...

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> ObjectInfo:
        """Make the object of *parts*; raises Conflict (`upload_incomplete`) if they make none."""
        ...

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drop the parts; that there is no such upload any more is no fault."""
        ...


class Answer(Protocol):
    """What a peer answered."""

    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def retry_after_s(self) -> int | None: ...


class Relayed(Protocol):
    """An answer to pass on: its body is a stream that nobody here reads, or, of a refusal, text."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def stream(self) -> object: ...
    @property
    def text(self) -> str: ...


class Peers(Protocol):
    """The containers, the app and the bucket's S3 side over HTTP."""

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> Answer:
        """Return the answer; raises UpstreamError when there is none in time."""
        ...

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> Relayed:
        """Return the answer to pass on, its body unread; raises UpstreamError as `call`."""
        ...


class JobStore(Protocol):
    """One job's storage. `save` is one write; nothing is awaited inside it."""

    def load(self) -> JobRecord | None: ...
    def save(self, job: JobRecord, nonce: str | None = None) -> None: ...
    def has_seen(self, nonce: str) -> bool: ...
    def arm(self, due_ms: int | None) -> None: ...
    def rearm(self, due_ms: int | None) -> None: ...
    async def forget(self) -> None:
        """Delete everything, the alarm included."""
        ...


class ArchivedJobs(Protocol):
    """What is left of a job after its Durable Object has forgotten it; no decision rests on it."""

    async def put(self, job_id: str, document: str) -> None: ...
    async def get(self, job_id: str) -> str | None: ...


class Slots(Protocol):
    """The engines' dispatchers. All methods raise UpstreamError when out of reach."""

    async def request(self, engine: EngineId, ticket: Ticket) -> bool:
        """Ask for a slot; return whether it is granted already. If not, the job is told later."""
        ...

    async def defer(self, engine: EngineId, job_id: str, attempt: int, wait_ms: int) -> None: ...
    async def release(self, engine: EngineId, job_id: str, attempt: int) -> None: ...
    async def place(self, engine: EngineId, job_id: str) -> Place | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPorts:
    """Everything a job's Durable Object works with."""

    store: JobStore
    objects: Objects
    peers: Peers
    slots: Slots
    archived: ArchivedJobs
    settings: Settings
    now_ms: Callable[[], int]
    token: Callable[[], str]
    log: Callable[[dict[str, object]], None]
