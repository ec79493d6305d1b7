"""Rows that more than their own subject reads."""

from dataclasses import dataclass, field
from typing import Any

from media_jobs.status import ENDED, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as the app knows it. *accepted*: the orchestrator has it. *inputs*: ids by slot.

    *engine* may be one that this code does not know: newer code has accepted the job, and was
    rolled back. It is shown as it is, and nothing is done with it.
    *request_id*: of the request that created or retried it; None: it is older than request ids.
    *media_title*: the name of its media, as it is now. *input_languages*: of what it reads, by
    slot; *output_languages*: of its outputs that have become versions of the media, by key.
    *started_ms*: when its generation left the queue first. *cost*: as its result says.
    *waits_for*: of a waiting job, what it waits for, as it is shown. *imported*: it ended in the
    earlier system, and is there to be read.
    """

    job_id: str
    media_id: str
    engine: str
    generation: int
    options: dict[str, Any]  # Any: the engine's own options, validated when they came in.
    status: JobStatus
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
    media_title: str | None = None
    input_languages: dict[str, str] = field(default_factory=dict)
    output_languages: dict[str, str] = field(default_factory=dict)
    started_ms: int | None = None
    cost: dict[str, Any] | None = None  # Any: shown as it is.
    waits_for: list[dict[str, str | None]] = field(default_factory=list)
    imported: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token, by its hash. *owner_id*: its workspace.

    *queued_max*: how many of its jobs may be unfinished, *running_max*: how many may run at once.
    Of these and *expires_ms*, None is no limit.
    *token_id* is None when another program than this one has inserted the token.
    *person_id*: whose membership of the workspace it is; it has then no secret, and its scopes are
    those of a role.
    """

    token_hash: str
    token_id: str | None
    owner_id: str
    name: str
    scopes: frozenset[str]
    queued_max: int | None
    running_max: int | None
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None = None
    last_used_ms: int | None = None
    person_id: str | None = None
