"""What a job's Durable Object stores: the job, its attempts and its outbox, in one document.

Stored documents outlive the code that wrote them: fields are added with defaults and never change
meaning; unknown ones are ignored. Times are Unix milliseconds of the Durable Object's own clock.
"""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from media_jobs.changed import changed
from media_jobs.effects import (
    AbortUpload,
    AskContainer,
    CallHelpers,
    DeferSlot,
    DropCheckpoint,
    DropHelpers,
    Effect,
    ReleaseSlot,
    RequestSlot,
    StartAttempt,
    StartHelper,
    StopContainer,
    TellApp,
    TellLeader,
    VerifyOutputs,
)
from media_jobs.engines import EngineId
from media_jobs.pieces import Helps, Sharing
from media_jobs.request_id import StoredRequestId
from media_jobs.status import ENDED, Status
from media_jobs.wire import ErrorReport, Evidence, OutputClaim, OutputObject

__all__ = [
    "EVENT_TRIES_MAX",
    "AbortUpload",
    "AskContainer",
    "Attempt",
    "AttemptState",
    "CallHelpers",
    "Clocks",
    "DeferSlot",
    "DropCheckpoint",
    "DropHelpers",
    "Effect",
    "JobRecord",
    "OutboxEntry",
    "PartedUpload",
    "ReleaseSlot",
    "RequestSlot",
    "StartAttempt",
    "StartHelper",
    "StopContainer",
    "TellApp",
    "TellLeader",
    "Verdict",
    "VerifyOutputs",
    "next_generation",
    "next_progress_ms",
    "postpone",
    "put_off",
    "remove_entry",
    "revive",
    "shown",
    "watched",
    "with_effects",
    "with_upload",
]

EVENT_TRIES_MAX = 64
"""Deliveries of one event before it is dead; with `retry.EVENT`, a little over 12 hours."""

PROGRESS_INTERVAL_MS = 10 * 60_000
"""Mere progress is delivered to the app's database at most this often; the latest wins."""

LIVE_INTERVAL_MS = 1000
"""Mere progress is shown to viewers at most this often, and delivered so to an app of before 0.7,
which has no other way to show it.
"""


class _Stored(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class AttemptState(StrEnum):
    """Where one attempt stands."""

    WAITING = "waiting"
    STARTING = "starting"
    WORKING = "working"
    VERIFYING = "verifying"
    ENDED = "ended"


class Verdict(StrEnum):
    """How an attempt ended; the container of one that was given up gets a 410."""

    COMPLETED = "completed"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class PartedUpload(_Stored):
    """An output on its way in parts; *upload_id* is the bucket's own name of it."""

    key: str
    upload_id: str = Field(repr=False)
    size_bytes: int
    part_bytes: int


class Attempt(_Stored):
    """One start of a container: its number from 1, its token, its clocks and its end.

    Numbers continue from generation to generation, so that a stop of an old attempt can never reach
    a new one. *host*: whose slot it was last granted, to which all calls about it go; one of before
    there were hosts has none. *first_host*: the one that it was granted first. *mute_ms*: since
    when its container is known to have no answer to how an attempt stands, as those of the earlier
    system. *sharing*: its pieces, where other hosts help to make them.
    """

    number: int
    generation: int = 1
    token: str = Field(repr=False)
    host: str = ""
    first_host: str = ""
    state: AttemptState = AttemptState.STARTING
    opened_ms: int
    started_ms: int | None = None
    heartbeat_ms: int | None = None
    asked_ms: int | None = None
    mute_ms: int | None = None
    progress_ms: int | None = None
    ended_ms: int | None = None
    verdict: Verdict | None = None
    error: ErrorReport | None = None
    claims: dict[str, OutputClaim] = {}
    evidence: Evidence | None = None
    uploads: dict[str, PartedUpload] = {}
    sharing: Sharing | None = None

    @property
    def host_token(self) -> str:
        """The token as its host gets it: what another host has begun of the attempt has another.

        The first one's is the token itself, which the release before hosts knows, too.
        """
        if self.host == self.first_host:
            return self.token
        return f"{self.token}.{sha256(self.host.encode()).hexdigest()[:8]}"


class Clocks(_Stored):
    """The limits of this job, in milliseconds (see `engines.Limits`)."""

    queue_ms: int
    start_ms: int
    heartbeat_ms: int
    no_progress_ms: int
    total_ms: int


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
    """One job. *inputs*: keys by slot; *languages*: of those whose language is known (BCP 47).

    *told_ms*: when the app last took an event; *shown_ms*: when viewers were last sent mere
    progress, as they are until *watched_until_ms*. *brief*: the app is of 0.7 or later: it shows
    progress without storing it, and takes lists of events. *source_pixels*: of a picture of the
    source, where that is known. *helps*: the job whose pieces this one
    makes; the app knows nothing of it.
    """

    version: int = 1
    job_id: str
    media_id: str
    engine: EngineId
    generation: int
    inputs: dict[str, str]
    languages: dict[str, str] = {}
    options: dict[str, object]
    source_pixels: int | None = None
    clocks: Clocks
    max_attempts: int
    caller: str = ""
    head_start_s: int = 0
    running_max: int | None = None
    request_id: StoredRequestId = ""
    helps: Helps | None = None
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
    shown_ms: int = 0
    watched_until_ms: int = 0
    brief: bool = False
    next_entry_id: int = 1
    outbox: tuple[OutboxEntry, ...] = ()

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def tries(self) -> tuple[Attempt, ...]:
        """The attempts of this generation."""
        return tuple(a for a in self.attempts if a.generation == self.generation)

    @property
    def ended(self) -> bool:
        """Whether the job has reached a status that nothing follows."""
        return self.status in ENDED

    def entry(self, entry_id: int) -> OutboxEntry | None:
        """Return the outbox entry with this id."""
        return next((e for e in self.outbox if e.entry_id == entry_id), None)


def with_upload(job: JobRecord, slot: str, upload: PartedUpload) -> JobRecord:
    """Return *job*, whose latest attempt has begun *upload* for the output *slot*."""
    attempt = job.attempts[-1]
    begun = changed(attempt, uploads={**attempt.uploads, slot: upload})
    return changed(job, attempts=(*job.attempts[:-1], begun))


def next_generation(ended: JobRecord, fresh: JobRecord) -> JobRecord:
    """Return *fresh*, a job that is to be started again, with the history of its *ended* life.

    Attempts, event numbers and undelivered events are kept; pending stops are dropped.
    """
    assert ended.ended
    assert fresh.generation > ended.generation
    kept = tuple(e for e in ended.outbox if isinstance(e.effect, _KEPT))
    return changed(
        fresh,
        attempts=ended.attempts,
        event_seq=max(ended.event_seq, fresh.event_seq),
        told_ms=ended.told_ms,
        brief=ended.brief,
        next_entry_id=ended.next_entry_id,
        outbox=kept,
    )


_KEPT = (TellApp, TellLeader, ReleaseSlot, AbortUpload, DropCheckpoint, DropHelpers)
"""What is still done for a generation after the next one has begun."""

_OUTLIVING = (StopContainer, *_KEPT)
"""What is done for an attempt after its end."""


def with_effects(job: JobRecord, effects: tuple[Effect, ...], now_ms: int) -> JobRecord:
    """Return *job* with *effects* in its outbox.

    What gives the slot back takes away what was still to be done for the attempt, but for its end.
    """
    outbox = job.outbox
    for entry_id, effect in enumerate(effects, job.next_entry_id):
        if isinstance(effect, ReleaseSlot):
            outbox = tuple(e for e in outbox if isinstance(e.effect, _OUTLIVING))
        entry = OutboxEntry(entry_id=entry_id, due_ms=now_ms, effect=effect)
        if isinstance(effect, TellApp):
            outbox, entry = _in_order(outbox, entry, job, now_ms)
        outbox = (*outbox, entry)
    return changed(job, outbox=outbox, next_entry_id=job.next_entry_id + len(effects))


def _in_order(
    outbox: tuple[OutboxEntry, ...], entry: OutboxEntry, job: JobRecord, now_ms: int
) -> tuple[tuple[OutboxEntry, ...], OutboxEntry]:
    """Return the outbox without undelivered progress, and the new event's *entry*, in order.

    An event waits for those before it. Undelivered progress is replaced by newer events; newer
    progress inherits its failures with its due time, so that an app that is down is not called more
    often for it.
    """
    untold = next((e for e in outbox if _is_progress(e)), None)
    outbox = tuple(e for e in outbox if not _is_progress(e))
    dues = _event_dues(outbox)
    update: dict[str, object] = {}
    if _is_progress(entry):
        has_failed = untold is not None and untold.tries > 0
        dues.append(untold.due_ms if untold and has_failed else _progress_due_ms(job, now_ms))
        if untold is not None:
            update = {"tries": untold.tries, "last_error": untold.last_error}
    update["due_ms"] = max(entry.due_ms, *dues) if dues else entry.due_ms
    return outbox, changed(entry, **update)


def _event_dues(outbox: Sequence[OutboxEntry]) -> list[int]:
    """Return when the events are due that are more than mere progress."""
    events = (e for e in outbox if isinstance(e.effect, TellApp) and not _is_progress(e))
    return [e.due_ms for e in events if not e.dead]


def _progress_due_ms(job: JobRecord, now_ms: int) -> int:
    """Return when mere progress is delivered next, or shown while somebody looks."""
    due_ms = next_progress_ms(job)
    if job.watched_until_ms > now_ms:
        due_ms = min(due_ms, job.shown_ms + LIVE_INTERVAL_MS)
    return due_ms


def next_progress_ms(job: JobRecord) -> int:
    """Return before when the app's database is not told of mere progress."""
    return job.told_ms + (PROGRESS_INTERVAL_MS if job.brief else LIVE_INTERVAL_MS)


def _is_progress(entry: OutboxEntry) -> bool:
    return isinstance(entry.effect, TellApp) and entry.effect.progress_only


def remove_entry(
    job: JobRecord, entry: OutboxEntry, now_ms: int, *, brief: bool = False
) -> JobRecord:
    """Return *job* without *entry*, which is done; it may have been replaced meanwhile.

    *brief*: of an event, that it was taken by an app that is as `JobRecord` says.

    Dead letters are removed with a later event that was delivered: the app accepts no event older
    than its latest, and what is left in the outbox keeps the job from being forgotten.
    """
    outbox = tuple(e for e in job.outbox if e.entry_id != entry.entry_id)
    if not isinstance(entry.effect, TellApp):
        return changed(job, outbox=outbox)
    outbox = tuple(e for e in outbox if not e.dead or e.entry_id > entry.entry_id)
    told = changed(job, told_ms=now_ms, brief=brief)
    earliest_ms = _progress_due_ms(told, now_ms)
    outbox = tuple(
        changed(e, due_ms=max(e.due_ms, earliest_ms)) if _is_progress(e) else e for e in outbox
    )
    return changed(told, outbox=outbox)


def watched(job: JobRecord, for_ms: int, now_ms: int) -> JobRecord:
    """Return *job* as somebody looks at it for another *for_ms*: what is not told yet is shown."""
    watched_job = changed(job, watched_until_ms=now_ms + for_ms)
    return _with_progress_due(watched_job, now_ms)


def shown(
    job: JobRecord, entry: OutboxEntry, now_ms: int, *, until_ms: int | None = None
) -> JobRecord:
    """Return *job*, whose progress in *entry* was shown, or had no viewers; it is still to be told.

    *until_ms*: until when somebody looks; None: for as long as was known.
    """
    until_ms = job.watched_until_ms if until_ms is None else until_ms
    told = changed(job, shown_ms=now_ms, watched_until_ms=until_ms)
    is_newest = any(e.entry_id == entry.entry_id for e in job.outbox)
    if not is_newest:
        return _with_progress_due(told, now_ms)
    rest = tuple(
        changed(e, due_ms=next_progress_ms(told)) if e.entry_id == entry.entry_id else e
        for e in told.outbox
    )
    return changed(told, outbox=rest)


def _with_progress_due(job: JobRecord, now_ms: int) -> JobRecord:
    """Return *job* with its undelivered progress due when it is to be, unless that has failed."""
    due_ms = max(now_ms, _progress_due_ms(job, now_ms), *_event_dues(job.outbox))
    outbox = tuple(
        changed(e, due_ms=due_ms) if _is_progress(e) and not e.tries else e for e in job.outbox
    )
    return changed(job, outbox=outbox)


def put_off(job: JobRecord, entry: OutboxEntry, now_ms: int, *, wait_ms: int) -> JobRecord:
    """Return *job* with an event that may not be sent for *wait_ms*, and those behind it."""
    outbox = tuple(
        changed(e, due_ms=max(e.due_ms, now_ms + wait_ms))
        if isinstance(e.effect, TellApp) and not e.dead and e.entry_id >= entry.entry_id
        else e
        for e in job.outbox
    )
    return changed(job, outbox=outbox)


def revive(job: JobRecord, now_ms: int) -> JobRecord:
    """Return *job* with its dead letters due again, with a fresh count of tries."""
    outbox = tuple(
        changed(e, dead=False, tries=0, due_ms=now_ms) if e.dead else e for e in job.outbox
    )
    return changed(job, outbox=outbox)


def postpone(
    job: JobRecord, entry: OutboxEntry, now_ms: int, error: str, delay_ms: int
) -> JobRecord:
    """Return *job* with *entry*, which has failed, due again after *delay_ms*.

    Events reach the app in order: those behind a failed one wait for it, even if one of them has
    replaced it meanwhile. After `EVENT_TRIES_MAX` tries an event is dead, and the others continue;
    mere progress does not die, because newer progress or the end takes its place.
    """
    tries = entry.tries + 1
    is_event = isinstance(entry.effect, TellApp)
    dead = is_event and not _is_progress(entry) and tries >= EVENT_TRIES_MAX
    due_ms = now_ms + delay_ms

    def later(other: OutboxEntry) -> OutboxEntry:
        if other.entry_id == entry.entry_id:
            return changed(other, due_ms=due_ms, tries=tries, last_error=error[:500], dead=dead)
        if is_event and not dead and not other.dead and isinstance(other.effect, TellApp):
            return changed(other, due_ms=max(other.due_ms, due_ms))
        return other

    return changed(job, outbox=tuple(later(other) for other in job.outbox))
