"""The API's calls about many jobs: submitted, canceled, or started again in one request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from vidgen.calls import PAGE_SIZE, post
from vidgen.models import BatchItem, BulkItem, BulkPage, NewJob
from vidgen.steps import Flow

__all__ = ["cancel_jobs", "retry_jobs", "submit_batch"]


class _Batch(BaseModel):
    items: list[BatchItem]


def submit_batch(
    jobs: Sequence[NewJob], idempotency_key: str | None = None
) -> Flow[list[BatchItem]]:
    """Submit up to 50 jobs; without an *idempotency_key* one is made.

    What became of each is in its place; a wrong one does not stop the others.
    """
    documents = [job.model_dump(mode="json", by_alias=True, exclude_none=True) for job in jobs]
    headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
    found: _Batch = yield from post(
        _Batch, "/api/jobs/batch", {"jobs": documents}, headers=headers, repeatable=True
    )
    return found.items


def cancel_jobs(
    *,
    status: Sequence[str] | None = None,
    engine: str | None = None,
    media_id: str | None = None,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> Flow[list[BulkItem]]:
    """Cancel the newest *limit* (None: all) of the unfinished jobs to which everything applies."""
    wanted = _filter(status, engine, media_id, ids)
    return (yield from _all("/api/jobs/cancel", wanted, limit, repeatable=True))


def retry_jobs(
    *,
    status: Sequence[str] | None = None,
    engine: str | None = None,
    media_id: str | None = None,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> Flow[list[BulkItem]]:
    """Start the newest *limit* (None: all) of the failed and canceled jobs that are meant again."""
    wanted = _filter(status, engine, media_id, ids)
    return (yield from _all("/api/jobs/retry", wanted, limit, repeatable=False))


def _filter(
    status: Sequence[str] | None,
    engine: str | None,
    media_id: str | None,
    ids: Sequence[str] | None,
) -> dict[str, object]:
    """Return what is given. An empty list is given, too: the API refuses it.

    Left out, it would mean every job: `ids=[]` must not cancel them all.
    """
    wanted = {
        "status": None if status is None else list(status),
        "engine": engine,
        "mediaId": media_id,
        "ids": None if ids is None else list(ids),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _all(
    path: str, wanted: Mapping[str, object], limit: int | None, *, repeatable: bool
) -> Flow[list[BulkItem]]:
    found: list[BulkItem] = []
    cursor: str | None = None
    while True:
        size = PAGE_SIZE if limit is None else min(PAGE_SIZE, limit - len(found))
        body = {"filter": wanted, "limit": size, **({"cursor": cursor} if cursor else {})}
        page: BulkPage = yield from post(BulkPage, path, body, repeatable=repeatable)
        found += page.items
        cursor = page.next_cursor
        if cursor is None or (limit is not None and len(found) >= limit):
            return found
