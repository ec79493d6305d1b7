"""What a job's Durable Object stores: the job, its attempts and its outbox, in one document.

Stored documents outlive the code that wrote them: fields are added with defaults and never change
meaning; unknown ones are ignored. Times are Unix milliseconds of the Durable Object's own clock.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from media_jobs.engines import EngineId
from media_jobs.status import ENDED, Status
from media_jobs.wire import ErrorReport, JobEvent, OutputClaim, OutputObject

__all__ = [
    "Attempt",
    "AttemptState",
    "Clocks",
    "Effect",
    "JobRecord",
    "OutboxEntry",
    "StartAttempt",
    "StopContainer",
    "TellApp",
    "Verdict",
    "VerifyOutputs",
    "postpone",
    "remove_entry",
    "with_effects",
]

TELL_TRIES_MAX = 64
"""Deliveries of one event before it is dead; with `retry.TELL_APP`, a little over 12 hours."""

PROGRESS_INTERVAL_MS = 1000
"""The app is told of mere progress at most this often; the latest wins."""


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class AttemptState(StrEnum):
    """Where one attempt stands."""

    STARTING = "starting"
    WORKING = "working"
    VERIFYING = "verifying"
    ENDED = "ended"


class Verdict(StrEnum):
    """How an attempt ended; the container of one that was given up is told 410."""

    COMPLETED = "completed"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class Attempt(_Stored):
    """One start of a container: its number from 1, its token, its clocks and its end."""

    number: int
    token: str = Field(repr=False)
    state: AttemptState = AttemptState.STARTING
    opened_ms: int
    waiting: bool = False
    started_ms: int | None = None
    heartbeat_ms: int | None = None
    progress_ms: int | None = None
    ended_ms: int | None = None
    verdict: Verdict | None = None
    error: ErrorReport | None = None
    claims: dict[str, OutputClaim] = {}


class Clocks(_Stored):
    """The limits of this job, in milliseconds (see `engines.Limits`)."""

    queue_ms: int
    start_ms: int
    heartbeat_ms: int
    no_progress_ms: int
    total_ms: int


class StartAttempt(_Stored):
    """Ask the container to start this attempt."""

    kind: Literal["start_attempt"] = "start_attempt"
    attempt: int


class StopContainer(_Stored):
    """Ask the container to kill this attempt."""

    kind: Literal["stop_container"] = "stop_container"
    attempt: int


class VerifyOutputs(_Stored):
    """Look whether the objects that this attempt claims exist."""

    kind: Literal["verify_outputs"] = "verify_outputs"
    attempt: int


class TellApp(_Stored):
    """Deliver one event to the app. *progress_only*: a later one may take its place."""

    kind: Literal["tell_app"] = "tell_app"
    event: JobEvent
    progress_only: bool = False


Effect = Annotated[
    StartAttempt | StopContainer | VerifyOutputs | TellApp, Field(discriminator="kind")
]


class OutboxEntry(_Stored):
    """An effect that is still to be done. Entries are done in order of `entry_id`.

    One that is *dead* has failed too often; it is kept to be seen and replayed, not tried again.
    """

    entry_id: int
    due_ms: int
    tries: int = 0
    effect: Effect
    last_error: str | None = None
    dead: bool = False


class JobRecord(_Stored):
    """One job."""

    version: int = 1
    job_id: str
    media_id: str
    engine: EngineId
    generation: int
    inputs: dict[str, str]
    options: dict[str, object]
    clocks: Clocks
    max_attempts: int
    status: Status = Status.QUEUED
    phase: str | None = None
    progress: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    retry_at_ms: int | None = None
    created_ms: int
    queued_ms: int
    updated_ms: int
    finished_ms: int | None = None
    error: ErrorReport | None = None
    outputs: dict[str, OutputObject] = {}
    event_seq: int = 0
    told_ms: int = 0
    next_entry_id: int = 1
    outbox: tuple[OutboxEntry, ...] = ()

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def ended(self) -> bool:
        """Whether the job has reached a status that nothing follows."""
        return self.status in ENDED

    def entry(self, entry_id: int) -> OutboxEntry | None:
        """Return the outbox entry with this id."""
        return next((e for e in self.outbox if e.entry_id == entry_id), None)


def with_effects(job: JobRecord, effects: tuple[Effect, ...], now_ms: int) -> JobRecord:
    """Return *job* with *effects* in its outbox.

    A stop takes away what was still to be started or verified. Progress that was not told yet gives
    way to newer progress and leaves it its place in time, so that a busy job tells once a second.
    """
    outbox = list(job.outbox)
    next_id = job.next_entry_id
    for effect in effects:
        due_ms = now_ms
        if isinstance(effect, StopContainer):
            outbox = [e for e in outbox if not isinstance(e.effect, StartAttempt | VerifyOutputs)]
        elif isinstance(effect, TellApp) and effect.progress_only:
            due_ms = max(now_ms, job.told_ms + PROGRESS_INTERVAL_MS)
        if isinstance(effect, TellApp):
            untold = [e for e in outbox if _is_progress(e)]
            outbox = [e for e in outbox if not _is_progress(e)]
            if untold and effect.progress_only:
                due_ms = untold[0].due_ms
        outbox.append(OutboxEntry(entry_id=next_id, due_ms=due_ms, effect=effect))
        next_id += 1
    return job.model_copy(update={"outbox": tuple(outbox), "next_entry_id": next_id})


def _is_progress(entry: OutboxEntry) -> bool:
    return isinstance(entry.effect, TellApp) and entry.effect.progress_only


def remove_entry(job: JobRecord, entry_id: int, now_ms: int) -> JobRecord:
    """Return *job* without an entry that is done; one that gave way meanwhile is no fault."""
    update: dict[str, object] = {"outbox": tuple(e for e in job.outbox if e.entry_id != entry_id)}
    entry = job.entry(entry_id)
    if entry is not None and isinstance(entry.effect, TellApp):
        update["told_ms"] = now_ms
    return job.model_copy(update=update)


def postpone(job: JobRecord, entry_id: int, now_ms: int, error: str, delay_ms: int) -> JobRecord:
    """Return *job* with a failed entry due again after *delay_ms*.

    Events reach the app in order: those behind a failed one wait for it. After `TELL_TRIES_MAX`
    tries it is dead and they go on.
    """
    failed = job.entry(entry_id)
    if failed is None:
        return job
    tries = failed.tries + 1
    is_event = isinstance(failed.effect, TellApp)
    dead = is_event and tries >= TELL_TRIES_MAX
    due_ms = now_ms + delay_ms

    def later(entry: OutboxEntry) -> OutboxEntry:
        if entry.entry_id == entry_id:
            return entry.model_copy(
                update={"due_ms": due_ms, "tries": tries, "last_error": error[:500], "dead": dead}
            )
        if is_event and not dead and isinstance(entry.effect, TellApp) and entry.due_ms < due_ms:
            return entry.model_copy(update={"due_ms": due_ms})
        return entry

    return job.model_copy(update={"outbox": tuple(later(entry) for entry in job.outbox)})
