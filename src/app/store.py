"""All SQL of the app. Rows come out as frozen dataclasses; writes are statements for a batch."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.ports import Database, Statement
from media_jobs.engines import EngineId
from media_jobs.status import ENDED, Status
from media_jobs.wire import JobEvent

__all__ = [
    "InputRow",
    "JobRow",
    "MediaRow",
    "Store",
    "TokenRow",
    "apply_event",
    "end_here",
    "insert_idempotency",
    "insert_input",
    "insert_job",
    "insert_media",
    "note_dead_letters",
    "note_handover",
    "restart",
]

CHECK_INTERVAL_MS = 5 * 60_000
"""How long an unfinished job may be silent before the sweeper asks after it."""

_ENDED = ", ".join(f"'{status}'" for status in sorted(ENDED))
_JOB = (
    "job_id, media_id, engine, generation, options, status, phase, progress, attempt, error,"
    " outputs, event_seq, accepted, handover_tries, handover_error, created_ms, updated_ms,"
    " finished_ms, dead_letters"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """What a token may; None is no limit."""

    scopes: frozenset[str]
    queued_max: int | None
    running_max: int | None


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


class Store:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def token(self, token_hash: str) -> TokenRow | None:
        """Return a token that was not revoked, or None."""
        rows = await self.database.rows(
            "SELECT scopes, queued_max, running_max FROM tokens"
            " WHERE token_hash = ? AND revoked_ms IS NULL",
            token_hash,
        )
        if not rows:
            return None
        return TokenRow(**{**rows[0], "scopes": frozenset(rows[0]["scopes"].split())})

    async def unfinished_jobs(self, token_hash: str) -> int:
        """Return how many of a token's jobs have not ended."""
        rows = await self.database.rows(
            "SELECT count(*) AS n FROM jobs WHERE token_hash = ? AND check_ms IS NOT NULL",
            token_hash,
        )
        return int(rows[0]["n"])

    async def media(self, media_id: str) -> MediaRow | None:
        """Return one media."""
        rows = await self.database.rows(
            "SELECT media_id, title, source_url, created_ms FROM media WHERE media_id = ?", media_id
        )
        return MediaRow(**rows[0]) if rows else None

    async def media_page(self, before: str | None, limit: int) -> list[MediaRow]:
        """Return media, newest first, after the cursor *before*."""
        rows = await self.database.rows(
            "SELECT media_id, title, source_url, created_ms FROM media"
            " WHERE media_id < ? ORDER BY media_id DESC LIMIT ?",
            before or "~",
            limit,
        )
        return [MediaRow(**row) for row in rows]

    async def inputs(self, media_id: str) -> dict[str, InputRow]:
        """Return the newest ready version of each of a media's inputs, by slot."""
        rows = await self.database.rows(
            "SELECT * FROM inputs WHERE media_id = ? ORDER BY slot, ready, created_ms, input_id",
            media_id,
        )
        return {row["slot"]: _input(row) for row in rows if row["ready"]}

    async def input(self, media_id: str, input_id: str) -> InputRow | None:
        """Return one version."""
        rows = await self.database.rows(
            "SELECT * FROM inputs WHERE input_id = ? AND media_id = ?", input_id, media_id
        )
        return _input(rows[0]) if rows else None

    async def job(self, job_id: str) -> JobRow | None:
        """Return one job."""
        rows = await self.database.rows(f"SELECT {_JOB} FROM jobs WHERE job_id = ?", job_id)
        return _job(rows[0]) if rows else None

    async def job_page(
        self,
        before: str | None,
        limit: int,
        media_id: str | None = None,
        status: str | None = None,
        *,
        dead_letters: bool = False,
    ) -> list[JobRow]:
        """Return jobs, newest first, after the cursor *before*."""
        where, params = "job_id < ?", [before or "~"]
        if media_id is not None:
            where, params = f"media_id = ? AND {where}", [media_id, *params]
        if status is not None:
            where, params = f"status = ? AND {where}", [status, *params]
        if dead_letters:
            where = f"dead_letters > 0 AND {where}"
        rows = await self.database.rows(
            f"SELECT {_JOB} FROM jobs WHERE {where} ORDER BY job_id DESC LIMIT ?",
            *params,
            limit,
        )
        return [_job(row) for row in rows]

    async def jobs_to_check(self, now_ms: int, limit: int) -> list[JobRow]:
        """Return the unfinished jobs that have been silent longest."""
        rows = await self.database.rows(
            f"SELECT {_JOB} FROM jobs WHERE check_ms <= ? ORDER BY check_ms LIMIT ?",
            now_ms,
            limit,
        )
        return [_job(row) for row in rows]

    async def events(self, job_id: str, after: int, limit: int) -> list[dict[str, Any]]:
        """Return a job's timeline in order."""
        rows = await self.database.rows(
            "SELECT event_seq, event_id, attempt, status, phase, progress, cause, error, at_ms"
            " FROM job_events WHERE job_id = ? AND event_seq > ? ORDER BY event_seq LIMIT ?",
            job_id,
            after,
            limit,
        )
        return [{**row, "error": from_json(row["error"]) if row["error"] else None} for row in rows]

    async def idempotent_job(self, token_hash: str, key: str) -> tuple[str, str] | None:
        """Return body hash and job id of an earlier request with this key."""
        rows = await self.database.rows(
            "SELECT body_hash, job_id FROM idempotency"
            " WHERE token_hash = ? AND idempotency_key = ?",
            token_hash,
            key,
        )
        return (rows[0]["body_hash"], rows[0]["job_id"]) if rows else None


def insert_media(media: MediaRow) -> Statement:
    """Add a media."""
    return (
        "INSERT INTO media (media_id, title, source_url, created_ms) VALUES (?, ?, ?, ?)",
        (media.media_id, media.title, media.source_url, media.created_ms),
    )


def insert_input(item: InputRow) -> Statement:
    """Add a version of an input, or complete one that was begun."""
    return (
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (input_id) DO UPDATE SET"
        " ready = excluded.ready, size_bytes = excluded.size_bytes",
        (
            item.input_id,
            item.media_id,
            item.slot,
            item.object_key,
            item.content_type,
            item.size_bytes,
            int(item.ready),
            item.created_ms,
        ),
    )


def insert_job(
    job_id: str, media_id: str, engine: str, options: str, token_hash: str, now_ms: int
) -> Statement:
    """Add a queued job; the sweeper looks after it in a minute if nobody else has."""
    return (
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, event_seq, accepted, handover_tries, token_hash, check_ms, created_ms,"
        " updated_ms) VALUES (?, ?, ?, 1, ?, 'queued', 0.0, 0, 0, 0, 0, ?, ?, ?, ?)",
        (job_id, media_id, engine, options, token_hash, now_ms + 60_000, now_ms, now_ms),
    )


def note_dead_letters(job_id: str, count: int) -> Statement:
    """Note how many of a job's events were given up; the next event applied clears it."""
    return ("UPDATE jobs SET dead_letters = ? WHERE job_id = ?", (count, job_id))


def insert_idempotency(
    token_hash: str, key: str, body_hash: str, job_id: str, now_ms: int
) -> Statement:
    """Remember which job a key has made; a second insert of the key fails the whole batch."""
    return (
        "INSERT INTO idempotency (token_hash, idempotency_key, body_hash, job_id, created_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        (token_hash, key, body_hash, job_id, now_ms),
    )


def note_handover(job_id: str, error: str | None, check_ms: int) -> Statement:
    """Note that the orchestrator has the job (*error* None), or why it has not."""
    return (
        "UPDATE jobs SET accepted = max(accepted, ?), handover_tries = handover_tries + 1,"
        f" handover_error = ?, check_ms = ? WHERE job_id = ? AND status NOT IN ({_ENDED})",
        (int(error is None), error, check_ms, job_id),
    )


def end_here(job: JobRow, status: Status, error: str | None, now_ms: int) -> Statement:
    """End a job that the orchestrator does not have; an event since *job* was read prevents it."""
    return (
        "UPDATE jobs SET status = ?, error = ?, finished_ms = ?, updated_ms = ?, check_ms = NULL"
        f" WHERE job_id = ? AND generation = ? AND event_seq = ? AND status NOT IN ({_ENDED})",
        (status, error, now_ms, now_ms, job.job_id, job.generation, job.event_seq),
    )


def restart(job: JobRow, now_ms: int) -> Statement:
    """Begin the next generation of a job that has failed or was canceled, once."""
    return (
        "UPDATE jobs SET generation = generation + 1, status = 'queued', phase = NULL,"
        " progress = 0.0, error = NULL, outputs = NULL, accepted = 0, handover_tries = 0,"
        " handover_error = NULL, check_ms = ?, updated_ms = ?, finished_ms = NULL"
        " WHERE job_id = ? AND generation = ? AND status IN ('failed', 'canceled')",
        (now_ms + 60_000, now_ms, job.job_id, job.generation),
    )


def apply_event(event: JobEvent, video: InputRow | None) -> list[Statement]:
    """Project *event* once: the compare-and-set on `event_seq` is in every statement.

    *video*: the input that a finished download gives its media. The last statement's change count
    is 1 when the event was applied, 0 when it was not.
    """
    error = event.error.model_dump_json(by_alias=True, exclude_none=True) if event.error else None
    statements = [_add_to_timeline(event, error)]
    if video is not None:
        statements.append(_add_video(event, video))
    statements.append(_project(event, error))
    return statements


_NEWER = (
    "EXISTS (SELECT 1 FROM jobs WHERE job_id = ? AND generation = ? AND event_seq < ?"
    f" AND status NOT IN ({_ENDED}))"
)


def _guard(event: JobEvent) -> tuple[str, int, int]:
    return (event.job_id, event.generation, event.event_seq)


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


def _add_video(event: JobEvent, video: InputRow) -> Statement:
    return (
        "INSERT OR IGNORE INTO inputs (input_id, media_id, slot, object_key, content_type,"
        f" size_bytes, ready, created_ms) SELECT ?, ?, ?, ?, ?, ?, 1, ? WHERE {_NEWER}",
        (
            video.input_id,
            video.media_id,
            video.slot,
            video.object_key,
            video.content_type,
            video.size_bytes,
            video.created_ms,
            *_guard(event),
        ),
    )


def _project(event: JobEvent, error: str | None) -> Statement:
    ended = event.status in ENDED
    outputs = {name: item.model_dump(by_alias=True) for name, item in (event.outputs or {}).items()}
    return (
        "UPDATE jobs SET event_seq = ?, status = ?, phase = ?, progress = ?, attempt = ?,"
        " error = ?, outputs = ?, updated_ms = ?, finished_ms = ?, accepted = 1,"
        " handover_error = NULL, dead_letters = 0, check_ms = ?"
        " WHERE job_id = ? AND generation = ?"
        f" AND event_seq < ? AND status NOT IN ({_ENDED})",
        (
            event.event_seq,
            event.status,
            event.phase,
            event.progress,
            event.attempt,
            error,
            json.dumps(outputs) if outputs else None,
            event.at_ms,
            event.at_ms if ended else None,
            None if ended else event.at_ms + CHECK_INTERVAL_MS,
            *_guard(event),
        ),
    )


def _input(row: dict[str, Any]) -> InputRow:
    return InputRow(**{**row, "ready": bool(row["ready"])})


def _job(row: dict[str, Any]) -> JobRow:
    return JobRow(
        **{
            **row,
            "engine": EngineId(row["engine"]),
            "status": Status(row["status"]),
            "progress": float(row["progress"]),
            "accepted": bool(row["accepted"]),
            "options": from_json(row["options"]),
            "error": from_json(row["error"]) if row["error"] else None,
            "outputs": from_json(row["outputs"]) if row["outputs"] else None,
        }
    )
