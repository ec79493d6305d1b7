"""Jobs as viewers see them live, and whose media are."""

from collections.abc import Sequence

from pydantic_core import from_json, to_json

from app.store import Store


async def select_live_jobs(store: Store, job_ids: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return the state of those *job_ids* that exist, by id, as sent to viewers."""
    # One parameter for all ids: D1 binds at most a hundred.
    rows = await store.rows(
        "SELECT job_id, generation, event_seq, status, phase, progress, attempt, error,"
        " updated_ms FROM jobs WHERE job_id IN (SELECT value FROM json_each(?))"
        f"{store.and_owned()}",
        to_json(list(job_ids)).decode(),
        *store.owned,
    )
    return {
        row["job_id"]: {
            "jobId": row["job_id"],
            "generation": row["generation"],
            "eventSeq": row["event_seq"],
            "status": row["status"],
            "phase": row["phase"],
            "progress": row["progress"],
            "attempt": row["attempt"],
            "error": from_json(row["error"]) if row["error"] else None,
            "at": row["updated_ms"],
        }
        for row in rows
    }


async def select_media_owner(store: Store, media_id: str) -> str | None:
    """Return whose a media is, also of one that is being deleted; None where there is none."""
    sql = "SELECT owner_id FROM media WHERE media_id = ?"
    return await store.one(lambda row: str(row["owner_id"]), sql, media_id)
