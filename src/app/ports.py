"""What the app's use cases need from outside; `edge` and the tests provide it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.settings import Settings

__all__ = ["Answer", "Database", "ObjectInfo", "Objects", "Peers", "Ports", "Statement"]

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
    def content_type(self) -> str: ...


class Objects(Protocol):
    """The bucket."""

    async def head(self, key: str) -> ObjectInfo | None: ...
    async def text(self, key: str, size_bytes_max: int) -> str | None: ...
    async def put_text(self, key: str, text: str, content_type: str) -> None: ...


class Answer(Protocol):
    """What the orchestrator answered."""

    @property
    def status(self) -> int: ...
    @property
    def text(self) -> str: ...


class Peers(Protocol):
    """The orchestrator over HTTP."""

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> Answer:
        """Return the answer; raises UpstreamError when there is none in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the app works with."""

    database: Database
    objects: Objects
    orchestrator: Peers
    settings: Callable[[], Settings]
    now_ms: Callable[[], int]
    entropy: Callable[[int], bytes]
    log: Callable[[dict[str, object]], None]
