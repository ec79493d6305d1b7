"""Rows, as frozen dataclasses."""

from dataclasses import dataclass
from typing import Any

from media_jobs.engines import EngineId
from media_jobs.status import ENDED, Status

__all__ = ["InputRow", "JobRow", "MediaRow", "PresetRow", "TokenRow"]


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
    """One version of an input."""

    input_id: str
    media_id: str
    slot: str
    object_key: str
    content_type: str
    size_bytes: int
    ready: bool
    created_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as the app knows it. *accepted*: the orchestrator has it."""

    job_id: str
    media_id: str
    engine: EngineId
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

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self.status in ENDED
