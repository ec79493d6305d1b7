"""The row of a job: the client of the orchestrator and webhooks read it, too."""

from dataclasses import dataclass, field
from typing import Any

from media_jobs.status import ENDED, Status


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
