"""Routes of diagnostics (what the doctor and the orchestrator ask), health, usage, status."""

from typing import Annotated

from app.status.diagnostics import diagnose
from app.status.health import health
from app.status.status import status
from app.status.usage import DAYS_DEFAULT, DAYS_MAX, usage
from app.web.call import Call, OpenCall
from app.web.caller import Access
from app.web.query import Query, Whole
from media_jobs import __version__
from media_jobs.diagnosis import PATHS, Diagnose
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route

QUESTION_BYTES_MAX = 16 * 1024


class UsageQuery(Query):
    """How many days to look back."""

    days: Annotated[int, Whole(1, DAYS_MAX)] = DAYS_DEFAULT


async def healthz(call: OpenCall) -> Reply:
    """Show that this Worker is up, and its version."""
    return json_reply({"ok": True, "version": __version__})


async def post_diagnostics(call: OpenCall, body: Diagnose) -> Reply:
    """Answer the doctor's and the orchestrator's questions about this part."""
    answer = await diagnose(body, call.ports)
    headers = {"content-type": "application/json; charset=utf-8"}
    return Reply(body=answer.to_json().decode(), headers=headers)


async def get_usage(call: Call, query: UsageQuery) -> Reply:
    """Count jobs by day (UTC) and engine, with bytes of output and seconds until their end."""
    return json_reply(await usage(query.days, call.ports))


async def get_health(call: Call) -> Reply:
    """Show the state of every part.

    The versions of both Workers; for each container whether it answers, its version, busy and free
    slots, and waiting jobs.
    """
    return json_reply(await health(call.ports))


async def get_status(call: Call) -> Reply:
    """Count unfinished jobs by status, and dead letters, with the newest alerts."""
    return json_reply(await status(call.ports))


ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/healthz", Access.OPEN, healthz, answers={200: "WorkerHealth"}),
    Route(
        "POST",
        PATHS["app"],
        Access.SIGNED,
        post_diagnostics,
        body_bytes_max=QUESTION_BYTES_MAX,
        answers={200: "Diagnosis"},
    ),
    Route("GET", "/api/usage", Access.READ, get_usage, answers={200: "Usage"}),
    Route("GET", "/api/health", Access.READ, get_health, answers={200: "Health"}),
    Route("GET", "/api/status", Access.READ, get_status, answers={200: "SystemStatus"}),
)
