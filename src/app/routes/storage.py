"""Routes of what is stored."""

from app.orphans import orphans
from app.routes.call import Call, Row, page
from media_jobs.routing import Reply, Request

__all__ = ["ROWS"]


async def list_orphans(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/orphans?cursor=: where bucket and records differ."""
    items, cursor = await orphans(request.params().get("cursor"), call.store, call.ports)
    return page(items, cursor)


ROWS: tuple[Row, ...] = (("GET", "/api/orphans", "admin", list_orphans),)
