"""Webhook messages about jobs: written together with the change they report, and sent after it."""

from hashlib import sha256

from app.ports import Ports
from app.rows import JobRow
from app.webhooks.store import WebhookMessage, forget_messages, select_webhooks_due
from media_jobs.ids import new_id
from media_jobs.status import Status
from media_jobs.webhooks import message_body
from media_jobs.wire import ErrorReport, JobEvent

MESSAGE_LIFE_MS = 30 * 24 * 3600 * 1000
"""How long the delivery log goes back."""

_TYPES = {
    Status.FETCHING_METADATA: "job.started",
    Status.PREPARING: "job.started",
    Status.RUNNING: "job.started",
    Status.UPLOADING: "job.started",
    Status.COMPLETED: "job.completed",
    Status.FAILED: "job.failed",
    Status.CANCELED: "job.canceled",
}


def message_of(event: JobEvent) -> WebhookMessage | None:
    """Return the webhook message for *event*; None: there is none.

    Its id is derived from the event's, so it is the same however often the event arrives.
    """
    kind = _TYPES.get(event.status)
    if kind is None:
        return None
    outputs = {
        name: {"contentType": item.content_type, "sizeBytes": item.size_bytes}
        for name, item in (event.outputs or {}).items()
    }
    data: dict[str, object] = {
        "jobId": event.job_id,
        "mediaId": event.media_id,
        "engine": event.engine,
        "generation": event.generation,
        "eventSeq": event.event_seq,
        "attempt": event.attempt,
        "status": event.status,
        "error": _error(event.error),
        "outputs": outputs,
    }
    return _message(kind, event.event_id, event.at_ms, data)


def _message(kind: str, seed: str, at_ms: int, data: dict[str, object]) -> WebhookMessage:
    return WebhookMessage(
        message_id=new_id("msg", at_ms, sha256(seed.encode()).digest()[:10]),
        type=kind,
        body=message_body(kind, at_ms, data),
    )


def _error(error: ErrorReport | None) -> dict[str, object] | None:
    return error.model_dump(by_alias=True, exclude_none=True) if error else None


def end_message_of(
    job: JobRow, status: Status, error: ErrorReport | None, at_ms: int
) -> WebhookMessage:
    """Return the webhook message for a job that the app itself ends."""
    data: dict[str, object] = {
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "engine": job.engine,
        "generation": job.generation,
        "eventSeq": job.event_seq,
        "attempt": job.attempt,
        "status": status,
        "error": _error(error),
        "outputs": {},
    }
    seed = f"{job.job_id}.{job.generation}.{job.event_seq}.{status}"
    return _message(_TYPES[status], seed, at_ms, data)


async def wake_senders(ports: Ports) -> None:
    """Wake the senders of everything due, after the response is sent."""
    for webhook_id in await select_webhooks_due(ports.store, ports.now_ms()):
        ports.senders.wake(webhook_id)


async def call_senders(ports: Ports) -> None:
    """Wake the senders of everything due, where no response is being sent."""
    for webhook_id in await select_webhooks_due(ports.store, ports.now_ms()):
        await ports.senders.call(webhook_id)


async def sweep_webhooks(ports: Ports) -> None:
    """Wake the senders of due deliveries, as a wake-up may be lost, and forget old messages."""
    await ports.store.batch([forget_messages(ports.now_ms() - MESSAGE_LIFE_MS)])
    await call_senders(ports)
