"""Jobs: reads, and writes as statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.rows import JobRow, TokenRow
from app.store import EVERYONE, UNFINISHED, Statement, Store, Value
from app.webhooks.store import WebhookMessage, enqueue
from media_jobs.engines import EngineId
from media_jobs.ids import first_id
from media_jobs.status import ENDED, WAITING, JobStatus, Status, job_status


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """A filter of jobs; what is None, or empty, matches all.

    Jobs are created at or after *created_from_ms* and before *created_to_ms*. *words* are in the
    title of their media.
    """

    statuses: tuple[str, ...] = ()
    engine: EngineId | None = None
    media_id: str | None = None
    ids: tuple[str, ...] = ()
    dead_letters: bool = False
    created_from_ms: int | None = None
    created_to_ms: int | None = None
    words: str = ""


SILENCE_MS = 5 * 60_000
"""How long an unfinished job may be silent before the sweeper checks it."""
RUNNING_SILENCE_MS = 15 * 60_000
"""The same of one that runs: the reports of its container wake its object anyway, and the database
is told of them every ten minutes.
"""
_ENDED = ", ".join(f"'{status}'" for status in sorted(ENDED))
_UNFINISHED_OF_TOKEN = f"SELECT count(*) AS n FROM jobs WHERE token_hash = ? AND {UNFINISHED}"
_HAS_ROOM = f"(? IS NULL OR ({_UNFINISHED_OF_TOKEN}) + ? <= ?)"
"""Its parameters: the limit, a token, how many jobs are added, the limit."""
STARTED = (
    "(SELECT min(e.at_ms) FROM job_events AS e WHERE e.job_id = {job}.job_id"
    " AND e.status <> 'queued'"
    " AND instr(e.event_id, {job}.job_id || '.' || {job}.generation || '.') = 1)"
)
"""When the generation of a job first left the queue; *job* is the name of its table."""
_JOB = (
    "job_id, media_id, engine, generation, options, status, phase, progress, attempt, error,"
    " outputs, event_seq, accepted, handover_tries, handover_error, created_ms, updated_ms,"
    " finished_ms, dead_letters, artifacts_expired_ms, request_id,"
    " (SELECT json_group_object(i.slot, i.input_id) FROM job_inputs AS i"
    " WHERE i.job_id = jobs.job_id) AS inputs,"
    " (SELECT json_group_array(json_object('slot', w.slot, 'fromJob', w.from_job, 'output',"
    " w.output, 'reviewId', w.review_id, 'inputId', w.input_id)) FROM job_waits AS w"
    f" WHERE w.job_id = jobs.job_id AND jobs.status = '{WAITING}') AS waits_for,"
    " (SELECT m.title FROM media AS m WHERE m.media_id = jobs.media_id) AS media_title,"
    " (SELECT json_group_object(i.slot, n.language) FROM job_inputs AS i JOIN inputs AS n"
    " ON n.input_id = i.input_id WHERE i.job_id = jobs.job_id AND n.language IS NOT NULL)"
    " AS input_languages,"
    " (SELECT json_group_object(n.object_key, n.language) FROM json_each(jobs.outputs) AS k"
    " CROSS JOIN inputs AS n ON n.object_key = json_extract(k.value, '$.key')"
    " WHERE n.language IS NOT NULL) AS output_languages,"
    f" {STARTED.format(job='jobs')} AS started_ms, cost,"
    # A token has started every other job; so nothing more is read of these.
    " (token_hash IS NULL AND EXISTS (SELECT 1 FROM job_events AS e WHERE e.job_id = jobs.job_id"
    " AND e.event_seq = jobs.event_seq AND e.cause = 'imported')) AS imported"
)


async def select_unfinished_jobs(store: Store, token_hash: str) -> int:
    """Return how many of a token's jobs have not ended."""
    return int((await store.rows(_UNFINISHED_OF_TOKEN, token_hash))[0]["n"])


async def select_job(store: Store, job_id: str) -> JobRow | None:
    """Return one job."""
    sql, params = _one_job(store, job_id)
    return await store.one(_job, sql, *params)


async def select_job_after(
    store: Store, statements: Sequence[Statement], job_id: str
) -> JobRow | None:
    """Run *statements* as one transaction, and return one job as it is then."""
    _, rows = await store.batch_and_read(statements, _one_job(store, job_id))
    return _job(rows[0]) if rows else None


def _one_job(store: Store, job_id: str) -> Statement:
    return f"SELECT {_JOB} FROM jobs WHERE job_id = ?{store.and_owned()}", (job_id, *store.owned)


async def select_jobs(
    store: Store, wanted: JobFilter, before: str | None, limit: int
) -> list[JobRow]:
    """Return the jobs that match *wanted*, newest first, after the cursor *before*."""
    found: list[JobRow] = []
    # One query for each status: each walks its index in order, and D1 takes at most five terms
    # in a UNION.
    for status in wanted.statuses or (None,):
        where, params = _where(store, wanted, status, before)
        rows = await store.rows(
            f"SELECT {_JOB} FROM jobs WHERE {where} ORDER BY job_id DESC LIMIT ?",
            *params,
            limit,
        )
        found += (_job(row) for row in rows)
    if len(wanted.statuses) > 1:
        found.sort(key=lambda job: job.job_id, reverse=True)
    return found[:limit]


async def select_jobs_to_check(
    store: Store, now_ms: int, limit: int
) -> tuple[list[JobRow], list[str]]:
    """Return the unfinished jobs that have been silent longest.

    Also return the ids of those whose rows this code cannot read.
    """
    rows = await store.rows(
        f"SELECT {_JOB} FROM jobs WHERE check_ms <= ? ORDER BY check_ms LIMIT ?",
        now_ms,
        limit,
    )
    jobs, unreadable = [], []
    for row in rows:
        try:
            jobs.append(_job(row))
        except ValueError:
            unreadable.append(row["job_id"])
    return jobs, unreadable


async def select_jobs_to_expire(
    store: Store, ended_ms: int, now_ms: int, limit: int
) -> list[JobRow]:
    """Return jobs with outputs that ended at *ended_ms* or before, oldest first."""
    rows = await store.rows(
        f"SELECT {_JOB} FROM jobs WHERE finished_ms <= ? AND outputs IS NOT NULL"
        " AND (artifacts_try_ms IS NULL OR artifacts_try_ms <= ?)"
        " ORDER BY finished_ms LIMIT ?",
        ended_ms,
        now_ms,
        limit,
    )
    return [_job(row) for row in rows]


async def select_events(store: Store, job_id: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Return a job's timeline in order."""
    rows = await store.rows(
        "SELECT event_seq, event_id, attempt, status, phase, progress, cause, error, at_ms"
        " FROM job_events WHERE job_id = ? AND event_seq > ? ORDER BY event_seq LIMIT ?",
        job_id,
        after,
        limit,
    )
    return [{**row, "error": from_json(row["error"]) if row["error"] else None} for row in rows]


async def select_idempotent_job(store: Store, token_hash: str, key: str) -> tuple[str, str] | None:
    """Return body hash and job id of an earlier request with this key."""
    rows = await store.rows(
        "SELECT body_hash, job_id FROM idempotency WHERE token_hash = ? AND idempotency_key = ?",
        token_hash,
        key,
    )
    return (rows[0]["body_hash"], rows[0]["job_id"]) if rows else None


def _where(
    store: Store, wanted: JobFilter, status: str | None, before: str | None
) -> tuple[str, list[str]]:
    """Return a condition and its parameters.

    A unary plus keeps SQLite from choosing that column's index where another one is narrower.
    """
    parts, params = [], []
    if wanted.ids:
        parts.append("job_id IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(wanted.ids))
    if wanted.dead_letters:
        parts.append("dead_letters > 0")
    few = bool(parts)
    of_few = few or wanted.media_id is not None
    unfinished = not of_few and status is not None and status not in ENDED
    if status is not None and not of_few:
        parts.append(UNFINISHED if unfinished else "finished_ms IS NOT NULL")
    for column, value, narrowed in (
        ("media_id", wanted.media_id, few),
        ("owner_id", store.owner, of_few),
        ("status", status, of_few or unfinished),
        ("engine", wanted.engine, of_few or unfinished or store.owner is not EVERYONE),
    ):
        if value is not None:
            parts.append(f"{'+' if narrowed else ''}{column} = ?")
            params.append(value)
    if wanted.words:
        # Not LIKE: D1 takes no pattern over 50 bytes.
        parts.append(
            "EXISTS (SELECT 1 FROM media AS m WHERE m.media_id = jobs.media_id"
            " AND instr(lower(m.title), lower(?)) > 0)"
        )
        params.append(wanted.words)
    ceiling = before or "~"
    if wanted.created_to_ms is not None:
        ceiling = min(ceiling, first_id("job", wanted.created_to_ms))
    floor = first_id("job", wanted.created_from_ms or 0) if wanted.created_from_ms else ""
    parts.append("job_id >= ? AND job_id < ?")
    return " AND ".join(parts), [*params, floor, ceiling]


def insert_job(
    job_id: str,
    media_id: str,
    engine: str,
    options: str,
    token_hash: str,
    now_ms: int,
    request_id: str = "",
    guard: tuple[str, tuple[Value, ...]] = ("1", ()),
    status: JobStatus = Status.QUEUED,
) -> Statement:
    """Add a queued or waiting job, of the media's owner.

    Changes nothing where the media was deleted or *guard*, an SQL condition with its parameters,
    is false. The sweeper checks it after a minute if nothing has happened by then.
    """
    condition, params = guard
    return (
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, event_seq, accepted, handover_tries, token_hash, check_ms, created_ms,"
        " updated_ms, request_id, owner_id)"
        " SELECT ?, ?, ?, 1, ?, ?, 0.0, 0, 0, 0, 0, ?, ?, ?, ?, ?, owner_id"
        f" FROM media WHERE media_id = ? AND deleted_ms IS NULL AND {condition}",
        (
            job_id,
            media_id,
            engine,
            options,
            status,
            token_hash,
            now_ms + 60_000,
            now_ms,
            now_ms,
            request_id or None,
            media_id,
            *params,
        ),
    )


def insert_job_input(job_id: str, slot: str, input_id: str) -> Statement:
    """Note which version a job reads."""
    return (
        "INSERT INTO job_inputs (job_id, slot, input_id) SELECT ?, ?, ?"
        " WHERE EXISTS (SELECT 1 FROM jobs WHERE job_id = ?)",
        (job_id, slot, input_id, job_id),
    )


def keep_outputs(job: JobRow, outputs: dict[str, dict[str, Any]], now_ms: int) -> Statement:
    """Note which outputs are left of a job that has ended."""
    return (
        "UPDATE jobs SET outputs = ?, updated_ms = ?"
        f" WHERE job_id = ? AND generation = ? AND status IN ({_ENDED})",
        (json.dumps(outputs) if outputs else None, now_ms, job.job_id, job.generation),
    )


def expire_outputs(job: JobRow, now_ms: int) -> Statement:
    """Note that the outputs of a job that has ended were deleted by age."""
    return (
        "UPDATE jobs SET outputs = NULL, artifacts_expired_ms = ?, updated_ms = ?"
        f" WHERE job_id = ? AND generation = ? AND status IN ({_ENDED})",
        (now_ms, now_ms, job.job_id, job.generation),
    )


def postpone_expiry(job_id: str, next_ms: int) -> Statement:
    """Try to delete a job's old outputs again at *next_ms*."""
    return ("UPDATE jobs SET artifacts_try_ms = ? WHERE job_id = ?", (next_ms, job_id))


def note_dead_letters(job: JobRow, count: int) -> Statement:
    """Note how many of a job's events were given up, unless one has come since *job* was read.

    The next event applied clears it.
    """
    return (
        "UPDATE jobs SET dead_letters = ? WHERE job_id = ? AND event_seq = ?",
        (count, job.job_id, job.event_seq),
    )


def insert_idempotency(
    token_hash: str, key: str, body_hash: str, job_id: str, now_ms: int
) -> Statement:
    """Remember which job a key created; a second insert of the key fails the whole batch."""
    return (
        "INSERT INTO idempotency (token_hash, idempotency_key, body_hash, job_id, created_ms)"
        " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE job_id = ?)",
        (token_hash, key, body_hash, job_id, now_ms, job_id),
    )


def postpone_check(job_id: str, check_ms: int) -> Statement:
    """Check an unfinished job at *check_ms*, whatever is known of it."""
    return (
        "UPDATE jobs SET check_ms = ? WHERE job_id = ? AND check_ms IS NOT NULL",
        (check_ms, job_id),
    )


def postpone_heard(now_ms: int, limit: int) -> Statement:
    """Put off the check of up to *limit* jobs that are due, and of which an event came meanwhile.

    An event leaves the time of the check as it is: it would be written for each of them.
    """
    silent_from = (
        f"updated_ms + CASE status WHEN '{Status.RUNNING}' THEN {RUNNING_SILENCE_MS}"
        f" ELSE {SILENCE_MS} END"
    )
    return (
        f"UPDATE jobs SET check_ms = {silent_from} WHERE event_seq > 0 AND accepted = 1"
        f" AND status <> '{WAITING}' AND {silent_from} > ?"
        " AND job_id IN (SELECT job_id FROM jobs WHERE check_ms <= ? ORDER BY check_ms LIMIT ?)",
        (now_ms, now_ms, limit),
    )


def note_submission(job: JobRow, error: str | None, check_ms: int) -> Statement:
    """Note that the orchestrator has the job (*error* None), or why it does not.

    Only for the generation of *job*: the job may have been retried meanwhile.
    """
    return (
        "UPDATE jobs SET accepted = max(accepted, ?), handover_tries = handover_tries + 1,"
        " handover_error = ?, check_ms = ?"
        f" WHERE job_id = ? AND generation = ? AND status NOT IN ({_ENDED})",
        (int(error is None), error, check_ms, job.job_id, job.generation),
    )


_UNCHANGED = f"job_id = ? AND generation = ? AND event_seq = ? AND status NOT IN ({_ENDED})"


def unchanged(job: JobRow) -> tuple[str, tuple[Value, ...]]:
    """Return the condition that nothing has happened to an unended *job* since it was read."""
    condition = f"EXISTS (SELECT 1 FROM jobs WHERE {_UNCHANGED})"
    return condition, (job.job_id, job.generation, job.event_seq)


def end_here(job: JobRow, status: Status, error: str | None, now_ms: int) -> Statement:
    """End a job that the orchestrator does not have; an event since *job* was read prevents it."""
    return (
        "UPDATE jobs SET status = ?, error = ?, finished_ms = ?, updated_ms = ?, check_ms = NULL"
        f" WHERE {_UNCHANGED}",
        (status, error, now_ms, now_ms, job.job_id, job.generation, job.event_seq),
    )


def announce_end_here(job: JobRow, message: WebhookMessage, now_ms: int) -> list[Statement]:
    """Enqueue webhooks for the `end_here` that follows in the batch; none if it changes nothing."""
    guard, params = unchanged(job)
    return enqueue(message, now_ms, of_job=job.job_id, guard=guard, guard_params=params)


def restart(
    job: JobRow,
    token_hash: str,
    now_ms: int,
    request_id: str = "",
    queued_max: int | None = None,
) -> Statement:
    """Begin the next generation of a failed or canceled job, once.

    It counts towards the token that retries it; its owner stays.
    Changes nothing where its media was deleted or the token has *queued_max* unfinished jobs.
    """
    return (
        "UPDATE jobs SET generation = generation + 1, status = 'queued', phase = NULL,"
        " progress = 0.0, error = NULL, outputs = NULL, accepted = 0, handover_tries = 0,"
        " handover_error = NULL, check_ms = ?, updated_ms = ?, finished_ms = NULL,"
        " artifacts_expired_ms = NULL, artifacts_try_ms = NULL, request_id = ?,"
        " token_hash = ?"
        " WHERE job_id = ? AND generation = ? AND status IN ('failed', 'canceled')"
        " AND EXISTS (SELECT 1 FROM media WHERE media_id = ? AND deleted_ms IS NULL)"
        f" AND {_HAS_ROOM}",
        (
            now_ms + 60_000,
            now_ms,
            request_id or None,
            token_hash,
            job.job_id,
            job.generation,
            job.media_id,
            *(queued_max, token_hash, 1, queued_max),
        ),
    )


def has_room(token: TokenRow, jobs: int = 1) -> tuple[str, tuple[Value, ...]]:
    """Return the condition that a token may have so many more unfinished *jobs*."""
    return _HAS_ROOM, (token.queued_max, token.token_hash, jobs, token.queued_max)


def _job(row: dict[str, Any]) -> JobRow:
    return JobRow(
        **{
            **row,
            "status": job_status(row["status"]),
            "progress": float(row["progress"]),
            "accepted": bool(row["accepted"]),
            "imported": bool(row["imported"]),
            "options": from_json(row["options"]),
            "error": from_json(row["error"]) if row["error"] else None,
            "outputs": from_json(row["outputs"]) if row["outputs"] else None,
            "inputs": from_json(row["inputs"]),
            "waits_for": from_json(row["waits_for"]),
            "input_languages": from_json(row["input_languages"]),
            "output_languages": from_json(row["output_languages"]),
            "cost": from_json(row["cost"]) if row["cost"] else None,
        }
    )
