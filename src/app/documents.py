"""What the API answers, as models: the reference is made of them, and tests hold answers to them.

Handlers build plain dicts, as validating each answer would cost every request. A field more is no
breach: clients must ignore what they do not know.
"""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from media_jobs.engines import EngineId
from media_jobs.ids import Id
from media_jobs.status import Status

__all__ = [
    "Answer",
    "Artifact",
    "Event",
    "Input",
    "Job",
    "JobHistory",
    "Media",
    "MediaItem",
    "Page",
    "Problem",
    "Upload",
    "WorkerHealth",
]

T = TypeVar("T")
UnixMs = Annotated[int, Field(ge=0, description="Unix time in milliseconds")]
Bytes = Annotated[int, Field(ge=0)]


class Answer(BaseModel):
    """What all answers share: camelCase names; of each field exactly its type."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="ignore", populate_by_name=True, strict=True
    )


class FieldProblem(Answer):
    """What is wrong with one field: its path with dots, and a sentence."""

    field: str
    reason: str


class Problem(Answer):
    """Why a request was refused (RFC 9457). `code` is stable, for programs; `detail` for people."""

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str
    detail: str
    errors: list[FieldProblem] = []


class Page(Answer, Generic[T]):
    """One page of a list. `nextCursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


class WorkerHealth(Answer):
    """That the app Worker answers, and its version."""

    ok: bool
    version: str


class Input(Answer):
    """One immutable version of a media's video, subtitles or comments."""

    input_id: Id
    slot: str
    content_type: str
    size_bytes: Bytes
    created_at: UnixMs


class MediaItem(Answer):
    """A media as lists show it."""

    media_id: Id
    title: str
    source_url: str | None
    created_at: UnixMs


class Media(MediaItem):
    """A media with the newest version of each of its inputs, by slot."""

    inputs: dict[str, Input]


class Upload(Answer):
    """Where to PUT a video, with exactly these headers, until `expiresAt`."""

    upload_id: Id
    method: str
    url: str
    headers: dict[str, str]
    expires_at: UnixMs


class QueuePlace(Answer):
    """The place of a job that waits for a slot, from 1, and when it may begin, as far as known."""

    position: int | None = None
    eta_ms: int | None = None


class Artifact(Answer):
    """Signed links to one output: to show it, and to save it; good until `expiresAt`."""

    url: str
    download_url: str
    expires_at: UnixMs
    size_bytes: Bytes
    content_type: str


class Job(Answer):
    """A job. `queue` is null but for one job asked for by its id while it waits for a slot."""

    job_id: Id
    media_id: Id
    engine: Annotated[EngineId, Field(strict=False)]
    generation: Annotated[int, Field(ge=1)]
    options: dict[str, object]
    status: Annotated[Status, Field(strict=False)]
    phase: str | None
    progress: Annotated[float, Field(ge=0, le=1)]
    attempt: Annotated[int, Field(ge=0)]
    error: dict[str, object] | None
    accepted: bool
    handover_error: str | None
    dead_letters: Annotated[int, Field(ge=0)]
    queue: QueuePlace | None
    artifacts: dict[str, Artifact]
    created_at: UnixMs
    updated_at: UnixMs
    finished_at: UnixMs | None


class Event(Answer):
    """One step of a job's timeline."""

    event_seq: Annotated[int, Field(ge=1)]
    event_id: str
    attempt: Annotated[int, Field(ge=0)]
    status: Annotated[Status, Field(strict=False)]
    phase: str | None
    progress: Annotated[float, Field(ge=0, le=1)]
    cause: str
    error: dict[str, object] | None
    at: UnixMs


class Step(Answer):
    """One sentence of a job's history."""

    at: UnixMs
    text: str


class JobHistory(Answer):
    """A job's history in words."""

    job_id: Id
    status: Annotated[Status, Field(strict=False)]
    summary: str
    steps: list[Step]
