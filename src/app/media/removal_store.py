"""Deleting a media with everything it owns: statements for a batch, each of which may run again."""

import json
from collections.abc import Sequence

from app.ports import Statement


def mark_deleted(media_id: str, now_ms: int) -> Statement:
    """Begin to delete a media; changes nothing while one of its jobs has not ended."""
    return (
        "UPDATE media SET deleted_ms = ?, wipe_ms = ?"
        " WHERE media_id = ? AND deleted_ms IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM jobs WHERE media_id = ? AND check_ms IS NOT NULL)",
        (now_ms, now_ms, media_id, media_id),
    )


def delete_jobs(job_ids: Sequence[str]) -> list[Statement]:
    """Delete jobs with everything that is stored of them."""
    ids = json.dumps(list(job_ids))
    these = "job_id IN (SELECT value FROM json_each(?))"
    tables = ("job_events", "job_inputs", "idempotency", "jobs")
    return [(f"DELETE FROM {table} WHERE {these}", (ids,)) for table in tables]


def delete_media_rows(media_id: str, next_ms: int | None) -> list[Statement]:
    """Delete a media's inputs, and itself or, until *next_ms*, what it says of itself."""
    inputs: Statement = ("DELETE FROM inputs WHERE media_id = ?", (media_id,))
    if next_ms is None:
        return [inputs, ("DELETE FROM media WHERE media_id = ?", (media_id,))]
    emptied = "UPDATE media SET title = '', source_url = NULL, wipe_ms = ? WHERE media_id = ?"
    return [inputs, (emptied, (next_ms, media_id))]


def postpone_wipe(media_id: str, next_ms: int) -> Statement:
    """Look for a deleted media's objects again at *next_ms*."""
    return (
        "UPDATE media SET wipe_ms = ? WHERE media_id = ? AND wipe_ms IS NOT NULL",
        (next_ms, media_id),
    )
