"""The signed client of the orchestrator: what the app asks of it, and what it answers."""

from collections.abc import Callable, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from app.ports import Ports
from app.rows import JobRow
from app.settings import AppSettings
from media_jobs.errors import UpstreamError
from media_jobs.keyring import Purpose
from media_jobs.live import WatchJobs
from media_jobs.ports import PeerAnswer, Peers
from media_jobs.request_id import request_id_header
from media_jobs.signing import SIGNATURE_HEADER, sign_request_line, signed_headers
from media_jobs.status import Status
from media_jobs.wire import (
    CancelJob,
    ErrorReport,
    Message,
    OutputObject,
    ReplayEvents,
)

TIMEOUT_MS = 20_000


class Asking(Protocol):
    """What is needed to ask the orchestrator for something; `Ports` has it."""

    @property
    def orchestrator(self) -> Peers: ...
    @property
    def settings(self) -> Callable[[], AppSettings]: ...
    @property
    def now_ms(self) -> Callable[[], int]: ...
    @property
    def entropy(self) -> Callable[[int], bytes]: ...
    @property
    def request_id(self) -> str: ...


class _Undelivered(BaseModel):
    model_config = ConfigDict(defer_build=True)

    dead: bool = False


class StatusDocument(BaseModel):
    """What the app reads of the orchestrator's status document."""

    model_config = ConfigDict(alias_generator=to_camel, defer_build=True)

    status: Status = Status.QUEUED
    generation: int = 1
    attempt: int = 0
    event_seq: int = 0
    phase: str | None = None
    progress: float = 0.0
    updated_at: int | None = None
    error: ErrorReport | None = None
    outputs: dict[str, OutputObject] = {}
    finished_at: int | None = None
    all_told: bool = False
    queue: dict[str, int | None] | None = None
    missing: list[str] = []
    undelivered: list[_Undelivered] = []

    @property
    def dead_letters(self) -> int:
        return sum(entry.dead for entry in self.undelivered)


async def cancel(job: JobRow, reason: str, ports: Ports) -> bool:
    """Ask the orchestrator to cancel; return False when it has no such job.

    Raises UpstreamError when it is not known to have been canceled.
    """
    message = CancelJob(
        type="job.cancel",
        job_id=job.job_id,
        generation=job.generation,
        reason=reason,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    answer = await post_signed(f"/jobs/{job.job_id}/cancel", message, ports)
    if is_unknown(answer):
        return False
    if answer.status != 200:
        raise UpstreamError(
            "upstream_failed.status", part="part.orchestrator", status=answer.status
        )
    return True


async def replay(job: JobRow, ports: Ports) -> None:
    """Ask the orchestrator to deliver again what it has given up; raises UpstreamError."""
    message = ReplayEvents(
        type="job.replay", job_id=job.job_id, ts=ports.now_ms(), nonce=new_nonce(ports)
    )
    answer = await post_signed(f"/jobs/{job.job_id}/replay", message, ports)
    if answer.status != 200:
        raise UpstreamError(
            "upstream_failed.status", part="part.orchestrator", status=answer.status
        )


async def watch(job_ids: Sequence[str], for_s: int, ports: Asking) -> bool:
    """Say that somebody looks at these jobs; return whether the orchestrator has heard it."""
    message = WatchJobs(
        type="jobs.watch",
        jobs=list(job_ids),
        for_s=for_s,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    try:
        return (await post_signed("/watch", message, ports)).status == 200
    except UpstreamError:
        return False


def read_status(answer: PeerAnswer) -> StatusDocument:
    try:
        return StatusDocument.model_validate_json(answer.text)
    except ValidationError:
        return StatusDocument()


async def ask_status(job: JobRow, ports: Ports, timeout_ms: int = TIMEOUT_MS) -> PeerAnswer:
    target = f"/jobs/{job.job_id}?ts={ports.now_ms()}"
    settings = ports.settings()
    signature = sign_request_line("GET", target, settings.keys.signing(Purpose.TO_ORCHESTRATOR))
    headers = {SIGNATURE_HEADER: signature, **request_id_header(ports.request_id)}
    url = settings.orchestrator_url + target
    return await ports.orchestrator.call("GET", url, None, headers, timeout_ms)


async def post_signed(
    path: str, message: Message, ports: Asking, method: str = "POST"
) -> PeerAnswer:
    """Send a signed message to the orchestrator; raises UpstreamError when it does not answer."""
    settings = ports.settings()
    body = message.to_json()
    url = settings.orchestrator_url + path
    keys = settings.keys.signing(message.purpose or Purpose.TO_ORCHESTRATOR)
    headers = signed_headers(body, keys, ports.request_id)
    return await ports.orchestrator.call(method, url, body, headers, TIMEOUT_MS)


def new_nonce(ports: Asking) -> str:
    """Return a nonce for a message."""
    return ports.entropy(16).hex()


def document_of(answer: PeerAnswer) -> dict[str, object]:
    """Return the JSON object that was answered; an empty one if it was something else."""
    try:
        document = from_json(answer.text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def refusal_of(answer: PeerAnswer) -> ErrorReport | None:
    """Return why the orchestrator refused; None if something else answered in its place."""
    document = document_of(answer)
    code, message = document.get("error"), str(document.get("message", ""))
    if not isinstance(code, str):
        return None
    report = {"code": code, "message": message[:500], "retryable": False}
    keys = {name: document.get(name) for name in ("messageKey", "messageValues")}
    try:
        return ErrorReport.model_validate({**report, **keys})
    except ValidationError:  # Keys that are none say nothing.
        return ErrorReport.model_validate(report)


def is_unknown(answer: PeerAnswer) -> bool:
    """Whether the orchestrator itself says that it has no such job; a wrong address also is 404."""
    refusal = refusal_of(answer) if answer.status == 404 else None
    return refusal is not None and refusal.code == "not_found"
