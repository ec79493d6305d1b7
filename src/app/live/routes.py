"""The route of live viewers."""

from app.access.auth import authenticate, check_origin, held_by
from app.live.live import CONNECTION_LIFE_MS
from app.web.call import Call
from app.web.caller import Access
from media_jobs.errors import MediaJobsError, UpgradeRequired
from media_jobs.http import Reply
from media_jobs.routing import Route


async def get_live(call: Call) -> Reply:
    """Open a WebSocket for changes of jobs."""
    request = call.request
    if (request.header("upgrade") or "").lower() != "websocket":
        raise UpgradeRequired("upgrade_required")
    # A browser asks no other site's permission before it opens a WebSocket, and sends cookies.
    if request.header("origin") is not None:
        check_origin(request)
    until_ms = call.ports.now_ms() + CONNECTION_LIFE_MS
    if call.caller.token.expires_ms is not None:
        until_ms = min(until_ms, call.caller.token.expires_ms)
    held = held_by(call.caller)
    answer = await call.ports.hub.connect(until_ms, held, call.ports.store.owner)
    try:
        # A revocation that came before the socket has not found it.
        await authenticate(request, Access.READ, call.ports)
    except MediaJobsError:
        call.ports.hub.close(held[-1])
        raise
    return Reply(status=101, body=answer)


ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/api/live", Access.READ, get_live, answers={101: None}),
)
