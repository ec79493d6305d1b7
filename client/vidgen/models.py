"""What the API answers, typed. Unknown fields are ignored, so that newer servers can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

__all__ = [
    "Artifact",
    "Engine",
    "Event",
    "Input",
    "Job",
    "JobError",
    "Media",
    "Page",
    "PresignedPart",
    "QueuePlace",
    "Session",
    "Status",
    "Upload",
    "Why",
]

T = TypeVar("T")

Engine = Literal["burner-ffmpeg", "renderer-remotion", "media-downloader"]
Status = Literal[
    "queued",
    "fetching_metadata",
    "preparing",
    "running",
    "uploading",
    "completed",
    "failed",
    "canceled",
]
ENDED: frozenset[str] = frozenset({"completed", "failed", "canceled"})


def _from_ms(value: object) -> object:
    return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int | float) else value


def _to_ms(value: datetime) -> int:
    return round(value.timestamp() * 1000)


Time = Annotated[
    datetime, BeforeValidator(_from_ms), PlainSerializer(_to_ms, return_type=int, when_used="json")
]
"""A point in time, in UTC; Unix milliseconds on the wire."""


class Answer(BaseModel):
    """A document of the API."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, populate_by_name=True
    )


class Session(Answer):
    """Who the token is."""

    name: str
    scopes: list[str]
    expires_at: Time | None = None


class Input(Answer):
    """One immutable version of a media's video, subtitles or comments. Sizes are bytes."""

    input_id: str
    slot: str
    content_type: str
    size_bytes: int
    created_at: Time


class Media(Answer):
    """A media and its newest inputs by slot."""

    media_id: str
    title: str
    source_url: str | None = None
    created_at: Time
    inputs: dict[str, Input] = Field(default_factory=dict)


class Upload(Answer):
    """A begun upload: one PUT to *url*, or *part_count* parts of *part_size_bytes* each."""

    upload_id: str
    method: str = "PUT"
    url: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    part_size_bytes: int | None = None
    part_count: int | None = None


class PresignedPart(Answer):
    """Where one part of an upload goes; parts count from 1."""

    part_number: int
    method: str = "PUT"
    url: str
    headers: dict[str, str] = Field(default_factory=dict)


class Artifact(Answer):
    """A result with its signed links, which are good until *expires_at*."""

    url: str
    download_url: str
    expires_at: Time
    size_bytes: int
    content_type: str


class JobError(Answer):
    """Why a job failed; *tool_tail* holds the tool's own last lines."""

    code: str
    message: str = ""
    retryable: bool = False
    hints: list[str] | None = None
    tool_tail: str | None = None


class QueuePlace(Answer):
    """Where a job waits: *position* counts from 1, *eta_ms* is an estimate."""

    position: int | None = None
    eta_ms: int | None = None


class Job(Answer):
    """A job. *progress* runs from 0 to 1 within an attempt."""

    job_id: str
    media_id: str
    engine: str
    generation: int = 1
    status: str
    phase: str | None = None
    progress: float = 0.0
    attempt: int = 0
    error: JobError | None = None
    accepted: bool = True
    handover_error: str | None = None
    dead_letters: int = 0
    queue: QueuePlace | None = None
    options: dict[str, Any] = Field(default_factory=dict)  # Any: the engine's own.
    artifacts: dict[str, Artifact] = Field(default_factory=dict)
    created_at: Time
    updated_at: Time
    finished_at: Time | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing follows by itself."""
        return self.status in ENDED


class Event(Answer):
    """One step of a job's timeline."""

    event_seq: int
    event_id: str
    attempt: int
    status: str
    phase: str | None = None
    progress: float = 0.0
    cause: str
    error: JobError | None = None
    at: Time


class WhyStep(Answer):
    """One sentence of a job's history."""

    at: Time
    text: str


class Why(Answer):
    """A job's history in words."""

    summary: str
    steps: list[WhyStep] = Field(default_factory=list)


class Page(Answer, Generic[T]):
    """One page of a list; *next_cursor* is None on the last."""

    items: list[T]
    next_cursor: str | None = None
