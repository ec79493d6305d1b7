"""What a flow asks its driver to do.

A flow is a generator: it yields steps, gets each one's outcome, and returns its result. It holds
every decision (what to send, when to try again, when to give up) and does no I/O, so the sync and
the async client run the same flows, and tests run them without a server.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Answered", "Exchange", "Flow", "Pause", "PutFile", "SaveFile", "Step", "Unanswered"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request to the API; its outcome is Answered, or it raises Unanswered."""

    method: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutFile:
    """PUT *size_bytes* of *path* from *offset* on to a presigned URL, with exactly these headers.

    The outcome is Answered, or it raises Unanswered. *sent* gets the size of each piece in bytes.
    """

    url: str
    headers: Mapping[str, str]
    path: Path
    offset: int
    size_bytes: int
    sent: Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveFile:
    """GET a signed link into *path*, from *offset* on where the file has that many bytes already.

    A *url* that begins with a slash is the API's own.

    The outcome is Answered (without the body), or it raises Unanswered after keeping what came.
    """

    url: str
    path: Path
    offset: int
    got: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait *seconds*."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An HTTP answer. Header names are lower case. *retries_max*: what the client's owner wants."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    retries_max: int | None = None


class Unanswered(Exception):
    """No whole answer came. *sent*: the request may have been carried out.

    *retries_max*: how often it may be tried again, if that is not the flow's own choice; *final*:
    no further try helps.
    """

    def __init__(
        self, why: str, *, sent: bool, retries_max: int | None = None, final: bool = False
    ) -> None:
        super().__init__(why)
        self.sent = sent
        self.final = final
        self.retries_max = retries_max


Step = Exchange | PutFile | SaveFile | Pause
Flow = Generator[Step, Any, T]  # Any: each kind of step has its own outcome.
