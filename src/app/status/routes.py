"""Routes of diagnostics (what the doctor and the orchestrator ask), health, usage, status."""

from app.status.diagnostics import diagnose
from app.status.health import health
from app.status.status import status
from app.status.usage import DAYS_DEFAULT, DAYS_MAX, usage
from app.web.call import Call, Row, invalid
from media_jobs.diagnosis import PATHS, open_question
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.signing import SIGNATURE_HEADER

QUESTION_BYTES_MAX = 16 * 1024


async def post_diagnostics(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/diagnostics."""
    body = await request.read(QUESTION_BYTES_MAX)
    signature = request.header(SIGNATURE_HEADER)
    secrets, now_ms = call.ports.settings().secrets, call.ports.now_ms()
    question = open_question("app", body, signature, secrets, now_ms)
    answer = await diagnose(question, call.ports)
    headers = {"content-type": "application/json; charset=utf-8"}
    return Reply(body=answer.to_json().decode(), headers=headers)


async def get_usage(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/usage?days=: jobs by day and engine."""
    days = request.params().get("days", str(DAYS_DEFAULT))
    if not days.isascii() or not days.isdigit() or len(days) > 3 or not 1 <= int(days) <= DAYS_MAX:
        raise invalid("days", f"must be a whole number from 1 to {DAYS_MAX}")
    return json_reply(await usage(int(days), call.ports))


async def get_health(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/health: how the parts of the system are."""
    return json_reply(await health(call.ports))


async def get_status(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/status: unfinished jobs, dead letters and alerts."""
    return json_reply(await status(call.ports))


ROWS: tuple[Row, ...] = (
    ("POST", PATHS["app"], "signed", post_diagnostics),
    ("GET", "/api/usage", "read", get_usage),
    ("GET", "/api/health", "read", get_health),
    ("GET", "/api/status", "read", get_status),
)
