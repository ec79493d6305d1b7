"""What waiting jobs wait for: reads, and writes as statements for a batch.

The writes that follow from a job's end take a *guard*, an SQL condition with its parameters: what
must still be true of the change that they are in one batch with.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.rows import JobRow
from app.store import Row, Statement, Store, Value
from media_jobs.status import WAITING, Status

Guard = tuple[str, tuple[Value, ...]]
ALWAYS: Guard = ("1", ())

WAIT_CHECK_MS = 24 * 3600_000
"""How often a waiting job is looked at although nothing it waits for has changed."""

FOLLOWERS_AT_ONCE = 10
"""How many jobs begin or fail with the one they wait for; the sweeper has the others do so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One input that a job waits for.

    *made_id*: the version that the output became; *input_id*: the version to read. None: not yet.
    """

    job_id: str
    slot: str
    from_job: str
    output: str
    review_id: str | None = None
    made_id: str | None = None
    input_id: str | None = None


_WAIT = ", ".join(Wait.__slots__)
_IS_WAITING = f"job_id = ? AND generation = ? AND status = '{WAITING}'"
_IS_SATISFIED = (
    "NOT EXISTS (SELECT 1 FROM job_waits AS w WHERE w.job_id = jobs.job_id AND w.input_id IS NULL)"
)
_ALL_MADE = (
    "NOT EXISTS (SELECT 1 FROM job_waits AS w"
    " WHERE w.review_id = reviews.review_id AND w.made_id IS NULL)"
)


async def select_waits(store: Store, job_ids: Sequence[str]) -> list[Wait]:
    """Return everything that these jobs wait or have waited for."""
    rows = await store.rows(
        f"SELECT {_WAIT} FROM job_waits WHERE job_id IN (SELECT value FROM json_each(?))"
        " ORDER BY job_id, slot",
        json.dumps(list(job_ids)),
    )
    return [_wait(row) for row in rows]


async def select_waits_with(store: Store, from_job: str) -> list[Wait]:
    """Return everything that the jobs wait for which wait for *from_job*: the oldest of them."""
    rows = await store.rows(
        f"SELECT {_WAIT} FROM job_waits WHERE job_id IN (SELECT s.job_id FROM job_waits AS s"
        f" JOIN jobs AS j ON j.job_id = s.job_id AND j.status = '{WAITING}'"
        " WHERE s.from_job = ? ORDER BY s.job_id LIMIT ?) ORDER BY job_id, slot",
        from_job,
        FOLLOWERS_AT_ONCE,
    )
    return [_wait(row) for row in rows]


_FOLLOWERS = (
    "WITH RECURSIVE followers (id) AS ("
    "SELECT job_id FROM job_waits WHERE from_job = ? AND made_id IS NULL"
    " UNION SELECT w.job_id FROM job_waits AS w JOIN followers ON w.from_job = followers.id)"
)
_FOLLOWS = f"job_id IN (SELECT id FROM followers) AND status = '{WAITING}'"


async def select_followers(store: Store, job_id: str, limit: int) -> list[str]:
    """Return the oldest waiting jobs that cannot begin without *job_id*, directly or not."""
    rows = await store.rows(
        f"{_FOLLOWERS} SELECT job_id FROM jobs WHERE {_FOLLOWS} ORDER BY job_id LIMIT ?",
        job_id,
        limit,
    )
    return [row["job_id"] for row in rows]


async def select_made_by(store: Store, media_id: str, job_id: str) -> dict[str, str]:
    """Return the media's versions that are outputs of a job, by the names of their files."""
    rows = await store.rows(
        "SELECT object_key, input_id FROM inputs WHERE media_id = ? AND ready = 1"
        " AND instr(object_key, ?) > 0 ORDER BY created_ms DESC, input_id DESC",
        media_id,
        f"/{job_id}/",
    )
    # The oldest last, which stays: those after it have been restored from it.
    return {row["object_key"].rpartition("/")[2]: row["input_id"] for row in rows}


def insert_wait(wait: Wait) -> Statement:
    """Note what a job waits for, if the job was added."""
    return (
        "INSERT INTO job_waits (job_id, slot, from_job, output, review_id)"
        " SELECT ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE job_id = ?)",
        (wait.job_id, wait.slot, wait.from_job, wait.output, wait.review_id, wait.job_id),
    )


def note_made(from_job: str, output: str, input_id: str, guard: Guard = ALWAYS) -> Statement:
    """Note which version an output became; what needs no review is read as it is."""
    condition, params = guard
    return (
        "UPDATE job_waits SET made_id = ?, input_id = CASE WHEN review_id IS NULL THEN ? END"
        f" WHERE from_job = ? AND output = ? AND {condition}",
        (input_id, input_id, from_job, output, *params),
    )


def choose_input(wait: Wait, input_id: str, guard: Guard) -> Statement:
    """Note which version a review has chosen."""
    condition, params = guard
    return (
        f"UPDATE job_waits SET input_id = ? WHERE job_id = ? AND slot = ? AND {condition}",
        (input_id, wait.job_id, wait.slot, *params),
    )


def look_at_followers(from_job: str, now_ms: int, guard: Guard) -> Statement:
    """Have the sweeper look at the jobs that wait for *from_job*, which ends now."""
    condition, params = guard
    return (
        f"UPDATE jobs SET check_ms = ? WHERE status = '{WAITING}' AND job_id IN"
        f" (SELECT job_id FROM job_waits WHERE from_job = ?) AND {condition}",
        (now_ms, from_job, *params),
    )


def look_at_all_followers(from_job: str, now_ms: int, guard: Guard) -> Statement:
    """Have the sweeper look at all jobs that cannot begin without *from_job*, which fails now."""
    condition, params = guard
    return (
        f"{_FOLLOWERS} UPDATE jobs SET check_ms = ? WHERE {_FOLLOWS} AND {condition}",
        (from_job, now_ms, *params),
    )


def look_at_reviewed(review_id: str, now_ms: int, guard: Guard) -> Statement:
    """Have the sweeper look at the jobs that wait for a review, which is decided now."""
    condition, params = guard
    return (
        f"UPDATE jobs SET check_ms = ? WHERE status = '{WAITING}' AND job_id IN"
        f" (SELECT job_id FROM job_waits WHERE review_id = ?) AND {condition}",
        (now_ms, review_id, *params),
    )


def release(job: JobRow, now_ms: int, guard: Guard = ALWAYS) -> list[Statement]:
    """Queue a job that waits for nothing any more; its manifest is written already.

    The last statement's change count is 1 if it was this batch that did so.
    """
    condition, params = guard
    mine = (job.job_id, job.generation)
    return [
        (
            "INSERT OR IGNORE INTO job_inputs (job_id, slot, input_id)"
            " SELECT job_id, slot, input_id FROM job_waits WHERE job_id = ?"
            f" AND EXISTS (SELECT 1 FROM jobs WHERE {_IS_WAITING} AND {_IS_SATISFIED})"
            f" AND {condition}",
            (job.job_id, *mine, *params),
        ),
        (
            "UPDATE jobs SET status = 'queued', check_ms = ?, updated_ms = ?"
            f" WHERE {_IS_WAITING} AND {_IS_SATISFIED} AND {condition}",
            (now_ms + 60_000, now_ms, *mine, *params),
        ),
    ]


def end_waiting(
    job: JobRow, status: Status, error: str | None, now_ms: int, guard: Guard = ALWAYS
) -> Statement:
    """End a job that waits; *error* as JSON. Changes nothing if it waits no more."""
    condition, params = guard
    return (
        "UPDATE jobs SET status = ?, error = ?, finished_ms = ?, updated_ms = ?, check_ms = NULL"
        f" WHERE {_IS_WAITING} AND {condition}",
        (status, error, now_ms, now_ms, job.job_id, job.generation, *params),
    )


def while_ended(job: JobRow) -> Guard:
    """Return the condition that *job* has not been started again since it was read."""
    return (
        "EXISTS (SELECT 1 FROM jobs WHERE job_id = ? AND generation = ? AND status = ?)",
        (job.job_id, job.generation, job.status),
    )


def while_waiting(job: JobRow, guard: Guard = ALWAYS) -> Guard:
    """Return the condition that `end_waiting` of the same job changes something."""
    condition, params = guard
    return (
        f"EXISTS (SELECT 1 FROM jobs WHERE {_IS_WAITING}) AND {condition}",
        (job.job_id, job.generation, *params),
    )


def wait_again(job: JobRow, token_hash: str, now_ms: int, request_id: str) -> Statement:
    """Begin the next generation of a job that has ended before it began: it waits once more."""
    return (
        f"UPDATE jobs SET generation = generation + 1, status = '{WAITING}', error = NULL,"
        " check_ms = ?, updated_ms = ?, finished_ms = NULL, request_id = ?, token_hash = ?"
        " WHERE job_id = ? AND generation = ? AND status IN ('failed', 'canceled')"
        " AND EXISTS (SELECT 1 FROM media WHERE media_id = ? AND deleted_ms IS NULL)",
        (
            *(now_ms, now_ms, request_id or None, token_hash),
            *(job.job_id, job.generation, job.media_id),
        ),
    )


# --- reviews --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A person's step: *state* is waiting, requested, approved, rejected or canceled."""

    review_id: str
    run_id: str
    media_id: str
    state: str
    requested_ms: int | None = None
    decided_ms: int | None = None


_REVIEW = ", ".join(ReviewRow.__slots__)


async def select_reviews(store: Store, review_ids: Sequence[str]) -> list[ReviewRow]:
    """Return these reviews."""
    rows = await store.rows(
        f"SELECT {_REVIEW} FROM reviews WHERE review_id IN (SELECT value FROM json_each(?))",
        json.dumps(list(review_ids)),
    )
    return [ReviewRow(**row) for row in rows]


async def select_waits_reviewed(store: Store, review_id: str) -> list[Wait]:
    """Return what is reviewed, for each job that reads it."""
    rows = await store.rows(
        f"SELECT {_WAIT} FROM job_waits WHERE review_id = ? ORDER BY job_id, slot", review_id
    )
    return [_wait(row) for row in rows]


def insert_review(review: ReviewRow) -> Statement:
    """Add a review of what there is not yet."""
    return (
        "INSERT INTO reviews (review_id, run_id, media_id, state) SELECT ?, ?, ?, 'waiting'"
        " WHERE EXISTS (SELECT 1 FROM runs WHERE run_id = ?)",
        (review.review_id, review.run_id, review.media_id, review.run_id),
    )


def when_all_made(review_id: str, guard: Guard = ALWAYS) -> Guard:
    """Return the condition that `request_review` changes something."""
    condition, params = guard
    return (
        "EXISTS (SELECT 1 FROM reviews WHERE review_id = ? AND state = 'waiting'"
        f" AND {_ALL_MADE}) AND {condition}",
        (review_id, *params),
    )


def request_review(review_id: str, now_ms: int, guard: Guard = ALWAYS) -> Statement:
    """Ask for a review once everything that is to be reviewed is there."""
    condition, params = guard
    return (
        "UPDATE reviews SET state = 'requested', requested_ms = ?"
        f" WHERE review_id = ? AND state = 'waiting' AND {_ALL_MADE} AND {condition}",
        (now_ms, review_id, *params),
    )


def decide_review(review_id: str, state: str, now_ms: int, *former: str) -> Statement:
    """Decide a review that is in one of the *former* states."""
    states = ", ".join("?" * len(former))
    return (
        f"UPDATE reviews SET state = ?, decided_ms = ? WHERE review_id = ? AND state IN ({states})",
        (state, now_ms, review_id, *former),
    )


def reopen_review(review_id: str) -> Statement:
    """Have a review that was rejected or canceled asked for again."""
    return (
        "UPDATE reviews SET state = 'waiting', requested_ms = NULL, decided_ms = NULL"
        " WHERE review_id = ? AND state IN ('rejected', 'canceled')",
        (review_id,),
    )


def _wait(row: Row) -> Wait:
    return Wait(**row)
