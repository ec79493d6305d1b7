"""Deleting a media with everything it owns: statements for a batch, each of which may run again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.media.store import InputRow
from app.store import UNFINISHED, Statement, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedMedia:
    """A media of which objects may still be there."""

    media_id: str
    deleted_ms: int


async def select_media_to_wipe(store: Store, now_ms: int, limit: int) -> list[DeletedMedia]:
    """Return deleted media that may still have objects, due longest first."""
    rows = await store.rows(
        "SELECT media_id, deleted_ms FROM media WHERE wipe_ms <= ? ORDER BY wipe_ms LIMIT ?",
        now_ms,
        limit,
    )
    return [DeletedMedia(**row) for row in rows]


async def select_job_ids_of(store: Store, media_id: str, limit: int) -> list[str]:
    """Return ids of a media's jobs."""
    rows = await store.rows("SELECT job_id FROM jobs WHERE media_id = ? LIMIT ?", media_id, limit)
    return [row["job_id"] for row in rows]


def mark_deleted(media_id: str, now_ms: int) -> Statement:
    """Begin to delete a media; changes nothing while one of its jobs has not ended."""
    return (
        "UPDATE media SET deleted_ms = ?, wipe_ms = ?"
        " WHERE media_id = ? AND deleted_ms IS NULL AND NOT EXISTS"
        f" (SELECT 1 FROM jobs WHERE media_id = ? AND {UNFINISHED})",
        (now_ms, now_ms, media_id, media_id),
    )


def mark_deleted_with_upload(item: InputRow, now_ms: int) -> list[Statement]:
    """Begin to delete the media that was made for an upload; one that has more is shown instead."""
    made_for_it = "media_id = ? AND upload_id = ? AND deleted_ms IS NULL"
    has_more = (
        "(EXISTS (SELECT 1 FROM inputs AS i WHERE i.media_id = media.media_id AND i.ready = 1)"
        " OR EXISTS (SELECT 1 FROM jobs AS j WHERE j.media_id = media.media_id))"
    )
    return [
        (
            f"UPDATE media SET deleted_ms = ?, wipe_ms = ? WHERE {made_for_it} AND NOT {has_more}",
            (now_ms, now_ms, item.media_id, item.input_id),
        ),
        (
            f"UPDATE media SET upload_id = NULL WHERE {made_for_it}",
            (item.media_id, item.input_id),
        ),
    ]


def delete_jobs(job_ids: Sequence[str]) -> list[Statement]:
    """Delete jobs with everything that is stored of them."""
    ids = json.dumps(list(job_ids))
    these = "job_id IN (SELECT value FROM json_each(?))"
    tables = ("job_events", "job_inputs", "job_waits", "job_documents", "idempotency", "jobs")
    return [(f"DELETE FROM {table} WHERE {these}", (ids,)) for table in tables]


def delete_media_rows(media_id: str, next_ms: int | None) -> list[Statement]:
    """Delete a media's inputs, runs and tags, and its row, or until *next_ms* what the row says."""
    of_runs = "run_id IN (SELECT run_id FROM runs WHERE media_id = ?)"
    inputs: list[Statement] = [
        *((f"DELETE FROM {t} WHERE {of_runs}", (media_id,)) for t in ("run_steps", "reviews")),
        *(
            (f"DELETE FROM {t} WHERE media_id = ?", (media_id,))
            for t in ("runs", "inputs", "media_tags")
        ),
    ]
    if next_ms is None:
        return [*inputs, ("DELETE FROM media WHERE media_id = ?", (media_id,))]
    emptied = (
        "UPDATE media SET title = '', source_url = NULL, site = NULL, trashed_ms = NULL,"
        " wipe_ms = ? WHERE media_id = ?"
    )
    return [*inputs, (emptied, (next_ms, media_id))]


def postpone_wipe(media_id: str, next_ms: int) -> Statement:
    """Look for a deleted media's objects again at *next_ms*."""
    return (
        "UPDATE media SET wipe_ms = ? WHERE media_id = ? AND wipe_ms IS NOT NULL",
        (next_ms, media_id),
    )
