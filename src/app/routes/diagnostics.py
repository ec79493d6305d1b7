"""POST /api/diagnostics: what `vidgen doctor` and the orchestrator ask, by signature alone."""

from app.diagnostics import diagnose
from app.routes.call import Call, Row
from media_jobs.diagnosis import PATHS, open_question
from media_jobs.routing import Reply, Request
from media_jobs.signing import SIGNATURE_HEADER

__all__ = ["ROWS"]

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


ROWS: tuple[Row, ...] = (("POST", PATHS["app"], "signed", post_diagnostics),)
