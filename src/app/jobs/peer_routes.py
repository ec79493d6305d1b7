"""Routes that the orchestrator calls, and the one for monitors."""

from app.jobs.events import receive_event
from app.web.call import OpenCall
from app.web.caller import Access
from media_jobs import __version__
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route
from media_jobs.wire import JobEvent


async def healthz(call: OpenCall) -> Reply:
    """Show that this Worker is up, and its version."""
    return json_reply({"ok": True, "version": __version__})


async def post_callback(call: OpenCall, body: JobEvent) -> Reply:
    """Apply an event of a job; 200 only if it is applied, now or earlier."""
    applied = await receive_event(body, call.ports)
    return json_reply({"ok": True} if applied else {"ok": True, "duplicate": True})


ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/healthz", Access.OPEN, healthz, answers={200: "WorkerHealth"}),
    Route(
        "POST",
        "/api/render/cf-callback",
        Access.SIGNED,
        post_callback,
        answers={200: "{ok, duplicate?}"},
    ),
)
