"""The API's calls about many jobs: submitted, canceled, or started again in one request."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypedDict, Unpack

from pydantic import BaseModel

from vidgen.calls import PAGE_SIZE, post
from vidgen.models import BatchItem, BulkItem, NewJob, Page
from vidgen.steps import Flow

__all__ = ["Which", "cancel_jobs", "retry_jobs", "submit_batch"]


class _Batch(BaseModel):
    items: list[BatchItem]


def submit_batch(
    jobs: Sequence[NewJob], *, idempotency_key: str | None = None
) -> Flow[list[BatchItem]]:
    """Submit up to 50 jobs; return what became of each, in their order.

    A wrong one does not stop the others. The same *idempotency_key* again answers the same;
    without one, one is made.
    """
    documents = [job.model_dump(mode="json", by_alias=True, exclude_none=True) for job in jobs]
    headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
    found: _Batch = yield from post(
        _Batch, "/api/jobs/batch", {"jobs": documents}, headers=headers, repeatable=True
    )
    return found.items


class Which(TypedDict, total=False):
    """Which jobs are meant: those to which all that is given applies, the newest first.

    *limit*: at most so many, None for all. An empty list is given, too, and the API refuses it:
    left out, `ids=[]` would mean every job.
    """

    status: Sequence[str] | None
    engine: str | None
    media_id: str | None
    ids: Sequence[str] | None
    limit: int | None


def cancel_jobs(**which: Unpack[Which]) -> Flow[list[BulkItem]]:
    """Cancel the unfinished jobs to which all that is given applies, newest first.

    *limit*: at most so many, None for all. Returns the jobs that were meant, each with why it
    was left alone if so. Raises InvalidRequest when nothing is given, or an empty list.
    """
    return (yield from _all("/api/jobs/cancel", which, repeatable=True))


def retry_jobs(**which: Unpack[Which]) -> Flow[list[BulkItem]]:
    """Retry failed and canceled jobs, selected and reported as by `cancel_jobs`."""
    return (yield from _all("/api/jobs/retry", which, repeatable=False))


def _all(path: str, which: Which, *, repeatable: bool) -> Flow[list[BulkItem]]:
    limit = which.get("limit")
    named = {
        "status": which.get("status"),
        "engine": which.get("engine"),
        "mediaId": which.get("media_id"),
        "ids": which.get("ids"),
    }
    wanted = {name: value for name, value in named.items() if value is not None}
    found: list[BulkItem] = []
    cursor: str | None = None
    while True:
        size = PAGE_SIZE if limit is None else min(PAGE_SIZE, limit - len(found))
        body = {"filter": wanted, "limit": size, **({"cursor": cursor} if cursor else {})}
        page: Page[BulkItem] = yield from post(Page[BulkItem], path, body, repeatable=repeatable)
        found += page.items
        cursor = page.next_cursor
        if cursor is None or (limit is not None and len(found) >= limit):
            return found
