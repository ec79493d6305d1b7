"""Applying the orchestrator's events: each once, by compare-and-set in one batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.media.store import InputRow, input_values
from app.store import Statement, Value, insert
from app.webhooks.store import WebhookMessage, enqueue
from media_jobs.status import ENDED
from media_jobs.wire import JobEvent

_ENDED = ", ".join(f"'{status}'" for status in sorted(ENDED))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """What a download says of its media: *site* is JSON; *title* takes the place of *former_title*,
    if the media still has that.
    """

    media_id: str
    site: str
    former_title: str | None
    title: str | None


def apply_event(
    event: JobEvent,
    inputs: Sequence[InputRow] = (),
    message: WebhookMessage | None = None,
    now_ms: int = 0,
    described: SiteChange | None = None,
    follows: Sequence[Statement] = (),
    cost: str | None = None,
) -> list[Statement]:
    """Project *event* once: the compare-and-set on `event_seq` is in every statement.

    *inputs*: those that the job adds to its media, with the job's owner. *message*: for webhooks,
    due from *now_ms* on. *described*: what the job's media becomes. *follows*: what its end means
    for other jobs, under the condition of `takes`. *cost*: of the job, as JSON. The last
    statement's change count is 1 when the event was applied, 0 when it was not; with a message,
    that of the one before it is how many deliveries there will be.
    """
    error = event.error.model_dump_json(by_alias=True, exclude_none=True) if event.error else None
    added = (_add_input(event, item) for item in inputs)
    enqueued = [] if message is None else _enqueue(event, message, now_ms)
    told = [] if described is None else [_describe(event, described)]
    first = _add_to_timeline(event, error)
    return [first, *added, *told, *follows, *enqueued, _project(event, error, cost)]


_TAKES_IT = (
    "job_id = ? AND media_id = ? AND engine = ? AND generation = ? AND event_seq < ?"
    f" AND status NOT IN ({_ENDED})"
)
_NEWER = f"EXISTS (SELECT 1 FROM jobs WHERE {_TAKES_IT})"
_WAITING = "EXISTS (SELECT 1 FROM jobs WHERE job_id = ? AND status = 'queued')"


def _guard(event: JobEvent) -> tuple[str, str, str, int, int]:
    return (event.job_id, event.media_id, event.engine, event.generation, event.event_seq)


def takes(event: JobEvent) -> tuple[str, tuple[Value, ...]]:
    """Return the condition that the event's job takes it: it is new, and the job has not ended."""
    return _NEWER, _guard(event)


def _enqueue(event: JobEvent, message: WebhookMessage, now_ms: int) -> list[Statement]:
    # A start is announced once per attempt, with the first event after the wait.
    guard = _NEWER if event.status in ENDED else f"{_NEWER} AND {_WAITING}"
    params = _guard(event) if event.status in ENDED else (*_guard(event), event.job_id)
    return enqueue(message, now_ms, of_job=event.job_id, guard=guard, guard_params=params)


def _add_to_timeline(event: JobEvent, error: str | None) -> Statement:
    return (
        "INSERT INTO job_events (job_id, event_seq, event_id, attempt, status, phase, progress,"
        f" cause, error, at_ms) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE {_NEWER}",
        (
            event.job_id,
            event.event_seq,
            event.event_id,
            event.attempt,
            event.status,
            event.phase,
            event.progress,
            event.cause,
            error,
            event.at_ms,
            *_guard(event),
        ),
    )


def _add_input(event: JobEvent, item: InputRow) -> Statement:
    source = f"FROM jobs WHERE {_TAKES_IT}"
    return insert("inputs", input_values(item), source, *_guard(event), verb="INSERT OR IGNORE")


def _describe(event: JobEvent, change: SiteChange) -> Statement:
    return (
        "UPDATE media SET site = ?, title = CASE WHEN title = ? THEN coalesce(?, title) ELSE title"
        f" END WHERE media_id = ? AND deleted_ms IS NULL AND {_NEWER}",
        (change.site, change.former_title, change.title, change.media_id, *_guard(event)),
    )


def _project(event: JobEvent, error: str | None, cost: str | None) -> Statement:
    ended = event.status in ENDED
    # What stands here is written in each index that has it, also where it is what it was.
    end = " finished_ms = ?, check_ms = NULL," if ended else ""
    outputs = {name: item.model_dump(by_alias=True) for name, item in (event.outputs or {}).items()}
    return (
        "UPDATE jobs SET event_seq = ?, status = ?, phase = ?, progress = ?, attempt = ?,"
        f" error = ?, outputs = ?, updated_ms = ?,{end} accepted = 1,"
        " handover_error = NULL, dead_letters = 0, cost = coalesce(?, cost)"
        f" WHERE {_TAKES_IT}",
        (
            event.event_seq,
            event.status,
            event.phase,
            event.progress,
            event.attempt,
            error,
            json.dumps(outputs) if outputs else None,
            event.at_ms,
            *([event.at_ms] if ended else []),
            cost,
            *_guard(event),
        ),
    )
