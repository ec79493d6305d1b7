"""Routes of what is stored."""

from typing import Annotated

from pydantic import Field

from app.media.orphans import orphans
from app.web.call import Call
from app.web.caller import Access
from app.web.query import Query, page
from media_jobs.http import Reply
from media_jobs.routing import Route


class OrphansQuery(Query):
    """Where the report continues; its cursors are not ids."""

    cursor: Annotated[str | None, Field(description="the last answer's `nextCursor`")] = None


async def list_orphans(call: Call, query: OrphansQuery) -> Reply:
    """List where bucket and records differ; nothing is deleted.

    A page may be empty although `nextCursor` leads to another.
    """
    items, cursor = await orphans(query.cursor, call.ports)
    return page(items, cursor)


ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/api/orphans", Access.OPERATOR, list_orphans, answers={200: "Page[Orphan]"}),
)
