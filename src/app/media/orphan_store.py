"""Queries of the orphan report: which rows name an object, and rows by pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import from_json

from app.media.store import InputRow
from app.store import Store
from media_jobs.status import ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class JobObjects:
    """What a job has in the bucket: the keys of its outputs."""

    job_id: str
    media_id: str
    ended: bool
    keys: tuple[str, ...]


_INPUT = "input_id, media_id, slot, object_key, content_type, size_bytes, created_ms"


async def select_input_keys_among(store: Store, keys: Sequence[str]) -> set[str]:
    """Return those of *keys* that inputs name, uploads and those of one job included."""
    named = "EXISTS (SELECT 1 FROM {} WHERE object_key = k.value)"
    rows = await store.rows(
        "SELECT k.value AS object_key FROM json_each(?) AS k"
        f" WHERE {named.format('inputs')} OR {named.format('job_documents')}",
        json.dumps(list(keys)),
    )
    return {row["object_key"] for row in rows}


async def select_input_ids_among(store: Store, input_ids: Sequence[str]) -> set[str]:
    """Return those of *input_ids* that there are, uploads included."""
    rows = await store.rows(
        "SELECT input_id FROM inputs WHERE input_id IN (SELECT value FROM json_each(?))",
        json.dumps(list(input_ids)),
    )
    return {row["input_id"] for row in rows}


async def select_objects_of_jobs(store: Store, job_ids: Sequence[str]) -> list[JobObjects]:
    """Return what the jobs among *job_ids* that exist have in the bucket."""
    rows = await store.rows(
        "SELECT job_id, media_id, status, outputs FROM jobs"
        " WHERE job_id IN (SELECT value FROM json_each(?))",
        json.dumps(list(job_ids)),
    )
    return [_objects(row) for row in rows]


async def select_objects_of_jobs_after(store: Store, job_id: str, limit: int) -> list[JobObjects]:
    """Return what the jobs after *job_id*, by id, have in the bucket."""
    rows = await store.rows(
        "SELECT job_id, media_id, status, outputs FROM jobs WHERE job_id > ?"
        " ORDER BY job_id LIMIT ?",
        job_id,
        limit,
    )
    return [_objects(row) for row in rows]


async def select_inputs_after(store: Store, input_id: str, limit: int) -> list[InputRow]:
    """Return the inputs after *input_id*, by id, uploads included."""
    rows = await store.rows(
        f"SELECT {_INPUT}, ready FROM inputs WHERE input_id > ? ORDER BY input_id LIMIT ?",
        input_id,
        limit,
    )
    return [InputRow(**{**row, "ready": bool(row["ready"])}) for row in rows]


def _objects(row: dict[str, str | None]) -> JobObjects:
    outputs = from_json(row["outputs"]) if row["outputs"] else {}
    return JobObjects(
        job_id=str(row["job_id"]),
        media_id=str(row["media_id"]),
        ended=row["status"] in ENDED,
        keys=tuple(item["key"] for item in outputs.values()),
    )
