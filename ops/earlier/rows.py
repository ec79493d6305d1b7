"""The rows of what is brought along, as SQL for D1. Pure.

Each statement does nothing where its row is there already: an import may be broken off anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ops.earlier.history import FAILED_THERE, HistoricJob
from ops.earlier.mapping import Brought, Version

Value = str | int | float | None


def quoted(value: Value) -> str:
    """Return *value* as SQL writes it. D1 takes no NUL in a text."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("\0", "").replace("'", "''") + "'"
    return repr(value)


def statement(table: str, row: Mapping[str, Value]) -> str:
    """Return the statement that adds *row*, values by column, unless it is there."""
    values = ", ".join(quoted(value) for value in row.values())
    return f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({values});"  # noqa: S608 - names are of this file; values are quoted.


def media_statement(media: Brought, workspace: str) -> str:
    """Return the statement that adds a media."""
    row: dict[str, Value] = {
        "media_id": media.media_id,
        "title": media.title,
        "source_url": media.source_url,
        "created_ms": media.created_ms,
        "site": media.site,
        "owner_id": workspace,
    }
    return statement("media", row)


def version_statement(version: Version, media_id: str, workspace: str) -> str:
    """Return the statement that adds a version of an input."""
    row: dict[str, Value] = {
        "input_id": version.input_id,
        "media_id": media_id,
        "slot": version.slot,
        "object_key": version.key,
        "content_type": version.content_type,
        "size_bytes": version.size_bytes,
        "ready": 1,
        "created_ms": version.created_ms,
        "owner_id": workspace,
        "language": version.language,
        "origin": version.origin,
        "parent_id": version.parent_id,
        "duration_ms": version.duration_ms,
    }
    return statement("inputs", row)


def job_statements(
    job: HistoricJob, media_id: str, workspace: str, etags: Mapping[str, str]
) -> Iterator[str]:
    """Yield the statements that add a job and its events; *etags* of its outputs, by key.

    An output without one is not there any more.
    """
    made = {name: output for name, output in job.outputs.items() if output.key in etags}
    outputs = {
        name: {
            "key": output.key,
            "sizeBytes": output.size_bytes,
            "contentType": output.content_type,
            "etag": etags[output.key],
        }
        for name, output in made.items()
    }
    error = None
    if job.status == "failed":
        error = json.dumps(
            {"code": FAILED_THERE, "message": job.error or "", "retryable": False},
            ensure_ascii=False,
        )
    row: dict[str, Value] = {
        "job_id": job.job_id,
        "media_id": media_id,
        "engine": job.engine,
        "generation": 1,
        "options": "{}",
        "status": job.status,
        "progress": job.progress,
        "attempt": 1,
        "error": error,
        "outputs": json.dumps(outputs) if outputs else None,
        "event_seq": 2,
        "accepted": 1,
        "handover_tries": 0,
        "check_ms": None,
        "created_ms": job.created_ms,
        "updated_ms": job.finished_ms,
        "finished_ms": job.finished_ms,
        "owner_id": workspace,
    }
    yield statement("jobs", row)
    if job.started_ms is not None:
        yield _event(job, 1, "running", 0.0, "reported", None, job.started_ms)
    yield _event(job, 2, job.status, job.progress, "imported", error, job.finished_ms)


def _event(
    job: HistoricJob,
    seq: int,
    status: str,
    progress: float,
    cause: str,
    error: str | None,
    at_ms: int,
) -> str:
    row: dict[str, Value] = {
        "job_id": job.job_id,
        "event_seq": seq,
        "event_id": f"{job.job_id}.1.{seq}",
        "attempt": 1,
        "status": status,
        "progress": progress,
        "cause": cause,
        "error": error,
        "at_ms": at_ms,
    }
    return statement("job_events", row)
