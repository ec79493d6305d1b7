"""Handing accepted jobs to the orchestrator, and what else the app asks of it.

The job row is written before the orchestrator is asked; if the call fails, the row says so and the
sweeper tries again, so an accepted job is never lost.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from app.ports import Answer, Ports
from app.store import JobRow, end_unaccepted, note_handover
from media_jobs.errors import UpstreamError
from media_jobs.retry import Backoff
from media_jobs.signing import SIGNATURE_HEADER, sign, sign_request_line
from media_jobs.status import Status
from media_jobs.wire import CancelJob, ErrorReport, Message, PresignUpload, StartJob

__all__ = ["PresignedPut", "ask_status", "cancel", "hand_over", "presigned_put"]

TIMEOUT_MS = 20_000
HANDOVER = Backoff(first_ms=5_000, most_ms=10 * 60_000)
CHECK_AFTER_MS = 5 * 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PresignedPut:
    """A URL to PUT one object to, with exactly these headers, until *expiresAt* (Unix, ms)."""

    url: str
    headers: dict[str, str]
    expiresAt: int


_PRESIGNED = TypeAdapter(PresignedPut)


async def hand_over(job: JobRow, ports: Ports) -> None:
    """Ask the orchestrator to take *job* on, and note how that went."""
    message = StartJob(
        type="job.start",
        job_id=job.job_id,
        media_id=job.media_id,
        engine=job.engine,
        generation=job.generation,
        ts=ports.now_ms(),
        nonce=_nonce(ports),
    )
    try:
        answer = await _post("/jobs", message, ports)
    except UpstreamError as error:
        await _note_failure(job, str(error), ports)
        return
    now_ms = ports.now_ms()
    if answer.status == 200:
        await ports.database.batch([note_handover(job.job_id, None, now_ms + CHECK_AFTER_MS)])
    elif answer.status in (400, 409):
        code, text = _problem(answer)
        error_json = ErrorReport(code=code, message=text, retryable=False).model_dump_json(
            by_alias=True, exclude_none=True
        )
        ended = end_unaccepted(job.job_id, Status.FAILED, error_json, now_ms)
        await ports.database.batch([ended])
        ports.log({"event": "handover_refused", "jobId": job.job_id, "code": code})
    else:
        await _note_failure(job, f"HTTP {answer.status} {_problem(answer)[0]}", ports)


async def _note_failure(job: JobRow, why: str, ports: Ports) -> None:
    delay_ms = HANDOVER.delay_ms(job.handover_tries + 1, job.job_id)
    due_ms = ports.now_ms() + delay_ms
    await ports.database.batch([note_handover(job.job_id, why[:500], due_ms)])
    ports.log({"event": "handover_failed", "jobId": job.job_id, "why": why})


async def cancel(job_id: str, reason: str, ports: Ports) -> int:
    """Ask the orchestrator to cancel; return its status (404: it never had the job)."""
    message = CancelJob(
        type="job.cancel", job_id=job_id, reason=reason, ts=ports.now_ms(), nonce=_nonce(ports)
    )
    answer = await _post(f"/jobs/{job_id}/cancel", message, ports)
    if answer.status not in (200, 404):
        raise UpstreamError(f"The orchestrator answered HTTP {answer.status}.")
    return answer.status


async def ask_status(job_id: str, ports: Ports) -> int:
    """Ask after a job, which makes its Durable Object set its alarm again; return the status."""
    target = f"/jobs/{job_id}?ts={ports.now_ms()}"
    settings = ports.settings()
    headers = {SIGNATURE_HEADER: sign_request_line("GET", target, settings.secrets)}
    url = settings.orchestrator_url + target
    return (await ports.orchestrator.call("GET", url, None, headers, TIMEOUT_MS)).status


async def presigned_put(media_id: str, key: str, content_type: str, ports: Ports) -> PresignedPut:
    """Return a presigned PUT for an input object; raises UpstreamError."""
    message = PresignUpload(
        type="upload.presign",
        media_id=media_id,
        key=key,
        content_type=content_type,
        ts=ports.now_ms(),
        nonce=_nonce(ports),
    )
    answer = await _post("/uploads", message, ports)
    if answer.status != 200:
        raise UpstreamError(f"The orchestrator answered HTTP {answer.status}.")
    try:
        return _PRESIGNED.validate_json(answer.text)
    except ValidationError:
        raise UpstreamError("The orchestrator answered something else.") from None


async def _post(path: str, message: Message, ports: Ports) -> Answer:
    settings = ports.settings()
    body = message.to_json()
    headers = {
        "content-type": "application/json",
        SIGNATURE_HEADER: sign(body, settings.secrets),
    }
    url = settings.orchestrator_url + path
    return await ports.orchestrator.call("POST", url, body, headers, TIMEOUT_MS)


def _nonce(ports: Ports) -> str:
    return ports.entropy(16).hex()


def _problem(answer: Answer) -> tuple[str, str]:
    """Return code and sentence of an orchestrator's refusal."""
    try:
        document = from_json(answer.text[:4000])
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return "orchestrator_refused", f"The orchestrator answered HTTP {answer.status}."
    return str(document.get("error", "orchestrator_refused"))[:64], str(
        document.get("message", "")
    )[:500]
