"""Routes that the orchestrator calls, and the one for monitors."""

from app.jobs.events import receive_event
from app.web.call import JSON_BYTES_MAX, Call, Row
from media_jobs import __version__
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.signing import SIGNATURE_HEADER


async def healthz(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /healthz: whether this Worker answers."""
    return json_reply({"ok": True, "version": __version__})


async def post_callback(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/render/cf-callback, signed by the orchestrator."""
    body = await request.read(JSON_BYTES_MAX)
    applied = await receive_event(body, request.header(SIGNATURE_HEADER), call.ports)
    return json_reply({"ok": True} if applied else {"ok": True, "duplicate": True})


ROWS: tuple[Row, ...] = (
    ("GET", "/healthz", "open", healthz),
    ("POST", "/api/render/cf-callback", "signed", post_callback),
)
