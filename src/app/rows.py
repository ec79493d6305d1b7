"""Rows, as frozen dataclasses."""

from dataclasses import dataclass, field
from typing import Any

from media_jobs.engines import EngineId
from media_jobs.status import ENDED, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token, by its hash. *queued_max*, *running_max*, *expires_ms*: None is no limit.

    *token_id* is None when another program than this one has inserted the token.
    """

    token_hash: str
    token_id: str | None
    name: str
    scopes: frozenset[str]
    queued_max: int | None
    running_max: int | None
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None = None
    last_used_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetRow:
    """Saved options of an engine."""

    preset_id: str
    name: str
    engine: str
    options: dict[str, Any]  # Any: the engine's own options, validated when they came in.
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRow:
    """A media."""

    media_id: str
    title: str
    source_url: str | None
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One version of an input; one that is not *ready* is an upload, good until *expires_ms*.

    *multipart_id*, *part_size_bytes*: of an upload in parts, its name in the bucket and the size of
    each part but the last.
    """

    input_id: str
    media_id: str
    slot: str
    object_key: str
    content_type: str
    size_bytes: int
    ready: bool
    created_ms: int
    expires_ms: int | None = None
    aborted: bool = False
    multipart_id: str | None = None
    part_size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version and how many jobs have read it."""

    item: InputRow
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedMedia:
    """A media of which objects may still be there."""

    media_id: str
    deleted_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCounts:
    """How many jobs a media has, and how many of them have not ended."""

    total: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the unfinished jobs stand: how many by status, and the one that has waited longest.

    *dead_letters* is how many events were given up, *dead_letter_jobs* of how many jobs.
    """

    unfinished: dict[str, int]
    oldest_job_id: str | None
    oldest_since_ms: int | None
    dead_letter_jobs: int
    dead_letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobObjects:
    """What a job has in the bucket: the keys of its outputs."""

    job_id: str
    media_id: str
    ended: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs are meant; what is None, or empty, does not matter.

    Jobs are created at or after *created_from_ms* and before *created_to_ms*.
    """

    statuses: tuple[Status, ...] = ()
    engine: EngineId | None = None
    media_id: str | None = None
    ids: tuple[str, ...] = ()
    dead_letters: bool = False
    created_from_ms: int | None = None
    created_to_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as the app knows it. *accepted*: the orchestrator has it. *inputs*: ids by slot.

    *engine* may be one that this code does not know: newer code has accepted the job, and was
    rolled back. It is shown as it is, and nothing is done with it.
    *request_id*: of the request that has made it or started it again; None: before there were any.
    """

    job_id: str
    media_id: str
    engine: str
    generation: int
    options: dict[str, Any]  # Any: the engine's own options, validated when they came in.
    status: Status
    phase: str | None
    progress: float
    attempt: int
    error: dict[str, Any] | None  # Any: shown as it is.
    outputs: dict[str, dict[str, Any]] | None  # Any: shown as it is.
    event_seq: int
    accepted: bool
    handover_tries: int
    handover_error: str | None
    created_ms: int
    updated_ms: int
    finished_ms: int | None
    dead_letters: int = 0
    artifacts_expired_ms: int | None = None
    request_id: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.status in ENDED
