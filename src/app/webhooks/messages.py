"""Webhook messages about jobs: written together with the change they report, and sent after it."""

from hashlib import sha256

from app.ports import Ports
from app.rows import JobRow
from app.webhooks.store import WebhookMessage, forget_messages, select_webhooks_due
from media_jobs.ids import new_id
from media_jobs.status import Status
from media_jobs.webhooks import EventType, message_body
from media_jobs.wire import ErrorReport, JobEvent

MESSAGE_LIFE_MS = 30 * 24 * 3600 * 1000
"""How long the delivery log goes back."""

REVIEW_REQUESTED: EventType = "review.requested"
SUBSCRIPTION_PAUSED: EventType = "subscription.paused"
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
    if event.status not in _TYPES:
        return None
    outputs: dict[str, dict[str, object]] = {
        name: {"contentType": item.content_type, "sizeBytes": item.size_bytes}
        for name, item in (event.outputs or {}).items()
    }
    return _message(event, event.status, event.error, outputs, event.event_id, event.at_ms)


def end_message_of(
    job: JobRow, status: Status, error: ErrorReport | None, at_ms: int
) -> WebhookMessage:
    """Return what webhooks are told of a job that the app itself ends."""
    seed = f"{job.job_id}.{job.generation}.{job.event_seq}.{status}"
    return _message(job, status, error, {}, seed, at_ms)


def _message(
    of: JobEvent | JobRow,
    status: Status,
    error: ErrorReport | None,
    outputs: dict[str, dict[str, object]],
    seed: str,
    at_ms: int,
) -> WebhookMessage:
    data: dict[str, object] = {
        "jobId": of.job_id,
        "mediaId": of.media_id,
        "engine": of.engine,
        "generation": of.generation,
        "eventSeq": of.event_seq,
        "attempt": of.attempt,
        "status": status,
        "error": error.model_dump(by_alias=True, exclude_none=True) if error else None,
        "outputs": outputs,
    }
    return WebhookMessage(
        message_id=new_id("msg", at_ms, sha256(seed.encode()).digest()[:10]),
        type=_TYPES[status],
        body=message_body(_TYPES[status], at_ms, data),
    )


def review_message(run_id: str, review_id: str, media_id: str, at_ms: int) -> WebhookMessage:
    """Return what webhooks are told of a review that a person is asked for."""
    data: dict[str, object] = {"runId": run_id, "reviewId": review_id, "mediaId": media_id}
    seed = f"{review_id}.{at_ms}"
    return WebhookMessage(
        message_id=new_id("msg", at_ms, sha256(seed.encode()).digest()[:10]),
        type=REVIEW_REQUESTED,
        body=message_body(REVIEW_REQUESTED, at_ms, data),
    )


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
