"""Routes of what is stored."""

from app.media.orphans import orphans
from app.web.call import Call, Row, page
from media_jobs.routing import Reply, Request


async def list_orphans(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/orphans?cursor=: where bucket and records differ."""
    items, cursor = await orphans(request.params().get("cursor"), call.ports)
    return page(items, cursor)


ROWS: tuple[Row, ...] = (("GET", "/api/orphans", "admin", list_orphans),)
