"""What the API answers, typed. Unknown fields are ignored, so that newer servers can be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from vidgen.engines import Engine

__all__ = [
    "ENDED",
    "Answer",
    "Artifact",
    "BatchItem",
    "BulkItem",
    "Event",
    "ImportedTerms",
    "Input",
    "Job",
    "JobCounts",
    "JobError",
    "JobInput",
    "Media",
    "MemoryPair",
    "NewJob",
    "Notice",
    "Page",
    "Preset",
    "PresignedPart",
    "Problem",
    "QueuePlace",
    "Receipt",
    "ReceiptKey",
    "ReceiptSignature",
    "Scope",
    "Session",
    "ShownToken",
    "Status",
    "Subtitles",
    "Term",
    "Time",
    "Token",
    "Upload",
    "Version",
    "WaitsFor",
    "Why",
]

T = TypeVar("T")

Status = Literal[
    "waiting",
    "queued",
    "fetching_metadata",
    "preparing",
    "running",
    "uploading",
    "completed",
    "failed",
    "canceled",
]
Scope = Literal["read", "submit", "admin"]
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
    """Who the token is. *caller_id*: the same each time; of an older server, empty."""

    caller_id: str = ""
    name: str
    scopes: list[str]
    expires_at: Time | None = None


class Input(Answer):
    """One immutable version of a media's video, subtitles or comments. Sizes are bytes.

    Of subtitles: *language* (BCP 47), where somebody has said it; *origin*: upload, site,
    transcript, translation or edit; *parent*: the version that they were made of.
    """

    input_id: str
    slot: str
    content_type: str
    size_bytes: int
    created_at: Time
    language: str | None = None
    origin: str | None = None
    parent: str | None = None


class Version(Input):
    """A version in the list of all: whether it is the newest, and how many jobs have read it."""

    current: bool
    used_by_jobs: int


class Notice(Answer):
    """A remark: what was guessed, repaired, left out or is shown otherwise.

    *cue*, *at*: the first cue, line or comment that it is about, from 1.
    """

    code: str
    message: str
    cue: int | None = None
    at: int | None = None


class Subtitles(Input):
    """Stored subtitles. *encoding*: that of the file, by its name in the Encoding Standard.

    *sample*: up to three lines that would look otherwise in another encoding. *pairs_learned*: how
    many texts of a translation an edit says otherwise, which the translation memory has learned.
    """

    encoding: str | None = None
    encoding_guessed: bool = False
    sample: str = ""
    pairs_learned: int = 0
    notices: list[Notice] = Field(default_factory=list)


class JobCounts(Answer):
    """How many jobs there are, and how many of them have not ended."""

    total: int = 0
    unfinished: int = 0


class Media(Answer):
    """A media and its newest inputs by slot; *jobs*: how many it has."""

    media_id: str
    title: str
    source_url: str | None = None
    created_at: Time
    inputs: dict[str, Input] = Field(default_factory=dict)
    jobs: JobCounts = Field(default_factory=JobCounts)


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
    """A result with its signed links, which are good until *expires_at*.

    *file_name*: what it is called when it is saved; None from servers before 0.6.
    """

    url: str
    download_url: str
    expires_at: Time
    size_bytes: int
    content_type: str
    file_name: str | None = None


class JobError(Answer):
    """Why a job failed; *tool_tail* holds the tool's own last lines."""

    code: str
    message: str = ""
    retryable: bool = False
    hints: list[str] | None = None
    options: list[str] | None = None
    tool_tail: str | None = None


class QueuePlace(Answer):
    """Where a job waits: *position* counts from 1, *eta_ms* is an estimate."""

    position: int | None = None
    eta_ms: int | None = None


class WaitsFor(Answer):
    """An input that a waiting job waits for, and the review that it needs, if one is to be."""

    slot: str
    from_job: str
    output: str
    review_id: str | None = None
    input_id: str | None = None


class Job(Answer):
    """A job. *progress* runs from 0 to 1 within an attempt.

    *started_at*: when it left the queue. *cost*: tokens, characters and money, as its result says.
    *imported*: it ended in the earlier system; it can be read, and not retried.
    """

    job_id: str
    media_id: str
    media_title: str | None = None
    engine: str
    generation: int = 1
    status: str
    phase: str | None = None
    progress: float = 0.0
    attempt: int = 0
    error: JobError | None = None
    accepted: bool = True
    imported: bool = False
    handover_error: str | None = None
    dead_letters: int = 0
    queue: QueuePlace | None = None
    options: dict[str, Any] = Field(default_factory=dict)  # Any: the engine's own.
    artifacts: dict[str, Artifact] = Field(default_factory=dict)
    waits_for: list[WaitsFor] = Field(default_factory=list)
    created_at: Time
    updated_at: Time
    started_at: Time | None = None
    finished_at: Time | None = None
    cost: dict[str, Any] | None = None  # Any: shown as it is.

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
    """A job's history in words; *notices*: what to know of its result."""

    summary: str
    steps: list[WhyStep] = Field(default_factory=list)
    notices: list[Notice] = Field(default_factory=list)


class Page(Answer, Generic[T]):
    """One page of a list; *next_cursor* is None on the last."""

    items: list[T]
    next_cursor: str | None = None


# --- many jobs at once --------------------------------------------------------------------------


JobInput = str | Mapping[str, str]
"""A version by its id, or what another job makes: `{"fromJob": "job_…", "output": "subtitles"}`."""


class NewJob(BaseModel):
    """A job to be submitted in a batch: what `submit` takes of one."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, populate_by_name=True
    )

    engine: Engine
    options: dict[str, Any] = Field(default_factory=dict)  # Any: the engine's own.
    media_id: str | None = None
    inputs: dict[str, JobInput] | None = None
    limits: dict[str, int] | None = None
    priority: int | None = None


class Problem(Answer):
    """Why something was refused; *code* is the API's stable word for it."""

    status: int
    code: str
    detail: str = ""
    errors: list[dict[str, str]] = Field(default_factory=list)


class BatchItem(Answer):
    """What became of one job of a batch: *status* is HTTP's; the job, or why it was refused."""

    status: int
    job: Job | None = None
    problem: Problem | None = None


class BulkItem(Answer):
    """A job that was meant: its status now, and why nothing was done to it if so."""

    job_id: str
    status: str
    problem: Problem | None = None


class ReceiptSignature(Answer):
    """A signature (Ed25519, base64), and the thumbprint of its key."""

    keyid: str
    sig: str


class Receipt(Answer):
    """The signed receipt of a job's result; `vidgen.receipts` checks and reads it."""

    payload_type: str
    payload: str
    signatures: list[ReceiptSignature]


class ReceiptKey(Answer):
    """A public key of receipts (RFC 8037); *x*: base64url, *kid*: its thumbprint (RFC 7638)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str
    kid: str = ""


# --- access -------------------------------------------------------------------------------------


class Token(Answer):
    """An API token, without the token itself. *token_id* is None of one made by hand."""

    token_id: str | None = None
    name: str
    scopes: list[str]
    queued_max: int | None = None
    running_max: int | None = None
    created_at: Time
    expires_at: Time | None = None
    revoked_at: Time | None = None
    last_used_at: Time | None = None


class ShownToken(Token):
    """A new token, and the only time that *token* itself is shown; keep it."""

    token: str = Field(repr=False)


class Preset(Answer):
    """Options of an engine, saved under a name."""

    preset_id: str
    name: str
    engine: str
    options: dict[str, Any]  # Any: the engine's own.
    created_at: Time
    updated_at: Time


# --- translation --------------------------------------------------------------------------------


class Term(Answer):
    """How *source* is said in another language; *from_language* None: whatever it is in."""

    term_id: str
    from_language: str | None = Field(alias="from")
    to_language: str = Field(alias="to")
    source: str
    target: str
    note: str | None = None
    updated_at: Time


class ImportedTerms(Answer):
    """How many terms of a file were added, and how many took the place of others."""

    added: int
    replaced: int


class MemoryPair(Answer):
    """What a person made of a text's translation; *taught_by*: the name of the token."""

    pair_id: str
    from_language: str | None = Field(alias="from")
    to_language: str = Field(alias="to")
    source: str
    target: str
    media_id: str
    job_id: str
    taught_by: str | None = None
    updated_at: Time
