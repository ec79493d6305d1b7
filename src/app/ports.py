"""What the app's use cases need from outside; `edge` and the tests provide it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from app.settings import Settings
from app.web.rates import Rates
from media_jobs.request_id import with_fields

Value = str | int | float | None
Statement = tuple[str, Sequence[Value]]


class Database(Protocol):
    """D1. A batch is one transaction."""

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]: ...  # Any: SQL rows.
    async def batch(self, statements: Sequence[Statement]) -> list[int]: ...


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
    """The bucket. All methods raise UpstreamError when it is out of reach."""

    async def head(self, key: str) -> ObjectInfo | None: ...
    async def text(self, key: str, size_bytes_max: int) -> str | None: ...
    async def open(self, key: str, offset: int, length: int) -> StoredBody | None: ...
    async def put_text(self, key: str, text: str, content_type: str) -> None: ...
    async def keys(self, prefix: str, after: str = "", limit: int = 1000) -> list[str]:
        """Return up to *limit* (1–1,000) keys in order that start with *prefix*, after *after*."""
        ...

    async def delete_many(self, keys: Sequence[str]) -> None:
        """Delete up to 1,000 objects; that some are not there is no fault."""
        ...

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
    """What the orchestrator answered."""

    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...


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
    """The orchestrator over HTTP."""

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


class Hub(Protocol):
    """The hub of live viewers."""

    def tell(self, change: str) -> None:
        """Push a change after the answer has gone out. Never waits and never fails."""
        ...

    async def call(self, change: str) -> None:
        """Do the same now, where there is no answer to go out. Never fails."""
        ...

    async def connect(self, until_ms: int, held_by: Sequence[str]) -> object:
        """Open a viewer's socket that is good until *until_ms*; return the answer to pass on.

        *held_by* names what it was opened with, by each of which `close` finds it.
        """
        ...

    async def close(self, held_by: str) -> None:
        """Close the sockets that were opened with this; raises UpstreamError."""
        ...


class WebhookSenders(Protocol):
    """The senders of webhooks, one for each endpoint."""

    def wake(self, webhook_id: str) -> None:
        """Have an endpoint's due deliveries sent, after the answer has gone out. Never fails."""
        ...

    async def call(self, webhook_id: str) -> None:
        """Do the same now, where there is no answer to go out. Never fails."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the app works with, for one request (*request_id*) or run of the cron."""

    database: Database
    objects: Objects
    orchestrator: Peers
    settings: Callable[[], Settings]
    now_ms: Callable[[], int]
    entropy: Callable[[int], bytes]
    log: Callable[[dict[str, object]], None]
    rates: Rates
    hub: Hub
    senders: WebhookSenders
    request_id: str = ""

    def under(self, request_id: str | None) -> "Ports":
        """Return the same for what belongs to another request; None: it is not known which."""
        if not request_id or request_id == self.request_id:
            return self
        log = with_fields(self.log, {"requestId": request_id})
        return replace(self, log=log, request_id=request_id)
