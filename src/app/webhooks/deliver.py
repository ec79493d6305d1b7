"""Sending webhooks: one endpoint's due deliveries, each tried and its outcome noted.

Run by the endpoint's Durable Object, one at a time. A crash between sending and noting repeats a
delivery under the same `webhook-id`; none is lost, because what is due is stored in D1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic_core import from_json

from app.store import Store
from app.webhooks.store import (
    DeliveryRow,
    WebhookRow,
    note_health,
    note_try,
    select_due_deliveries,
    select_next_due_ms,
    select_webhook,
    stop_deliveries,
)
from media_jobs.alarm import AGAIN_MS, Alarm
from media_jobs.errors import UpstreamError
from media_jobs.messages import message
from media_jobs.ports import PeerAnswer
from media_jobs.said import Said, said, said_by
from media_jobs.webhooks import FAILING_DAYS_MAX, retry_delay_ms, signed_headers, url_fault

DELIVERIES_PER_RUN = 10
TIMEOUT_MS = 15_000
ANSWER_CHARACTERS = 500
GONE = 410
_DAY_MS = 24 * 3600 * 1000


class Courier(Protocol):
    """Posts to endpoints outside; follows no redirect."""

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        """Return the answer, of its body the beginning.

        Raises UpstreamError when there is none in time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPorts:
    """Everything an endpoint's Durable Object works with."""

    store: Store
    courier: Courier
    now_ms: Callable[[], int]
    log: Callable[[dict[str, object]], None]
    allow_loopback: Callable[[], bool]


async def send_due(webhook_id: str, alarm: Alarm, ports: DeliveryPorts) -> None:
    """Send what is due, and set the alarm for what is next. Called by the alarm."""
    # Set before anything is tried, as D1 may be out of reach.
    again_ms = ports.now_ms() + AGAIN_MS
    alarm.rearm(again_ms)
    due_ms = await deliver_due(webhook_id, ports)
    # Otherwise this sender was woken meanwhile, and it looks again at once.
    if alarm.due_ms == again_ms:
        alarm.rearm(due_ms)


async def deliver_due(webhook_id: str, ports: DeliveryPorts) -> int | None:
    """Send what is due to an endpoint; return when the next delivery is (Unix, ms), if any."""
    for item in await select_due_deliveries(
        ports.store, webhook_id, ports.now_ms(), DELIVERIES_PER_RUN
    ):
        # Read for each: it may have been changed, disabled or deleted while the last one was sent.
        webhook = await select_webhook(ports.store, webhook_id)
        if webhook is None:
            return None
        if webhook.disabled_reason is not None:
            await ports.store.batch(stop_deliveries(webhook_id, webhook.disabled_reason))
            return None
        await _try(item, webhook, ports)
    return await select_next_due_ms(ports.store, webhook_id)


def secrets_of(webhook: WebhookRow, now_ms: int) -> tuple[str, ...]:
    """Return the secrets that sign now, newest first: two during a rotation."""
    former, until_ms = webhook.former_secret, webhook.former_until_ms
    if former is not None and until_ms is not None and now_ms < until_ms:
        return webhook.secret, former
    return (webhook.secret,)


async def _try(item: DeliveryRow, webhook: WebhookRow, ports: DeliveryPorts) -> None:
    began_ms = ports.now_ms()
    status, text, fault = await _send(item, webhook, ports)
    why = fault.text if fault else None
    attempt: dict[str, object] = {
        "at": began_ms,
        "status": status,
        "durationMs": ports.now_ms() - began_ms,
        "answer": text[:ANSWER_CHARACTERS] or None,
        "error": why,
        **(fault.keys if fault else {}),
    }
    accepted = status is not None and 200 <= status < 300
    delay_ms = None if accepted else retry_delay_ms(item.tries + 1)
    due_ms = None if delay_ms is None else ports.now_ms() + delay_ms
    outcome = "delivered" if accepted else "failed" if due_ms is None else "pending"
    statements = [
        note_try(item, outcome, due_ms, attempt),
        note_health(webhook.webhook_id, None if accepted else began_ms),
    ]
    reason = None if accepted else _why_disable(status, webhook, began_ms)
    if reason is not None:
        statements += stop_deliveries(webhook.webhook_id, reason)
        ports.log({"event": "webhook_disabled", "webhookId": webhook.webhook_id, "why": reason})
    await ports.store.batch(statements)
    ports.log(
        {
            "event": "webhook_tried",
            "webhookId": webhook.webhook_id,
            "deliveryId": item.delivery_id,
            "messageId": item.message_id,
            "jobId": _job_id(item.body),
            "type": item.type,
            "httpStatus": status,
            "outcome": outcome,
            "why": why,
        }
    )


def _job_id(body: str) -> str | None:
    """Return the job that a message is about, if any."""
    data = from_json(body).get("data", {})
    job_id = data.get("jobId")
    return job_id if isinstance(job_id, str) else None


async def _send(
    item: DeliveryRow, webhook: WebhookRow, ports: DeliveryPorts
) -> tuple[int | None, str, Said | None]:
    """Return status, the beginning of the answer, and what went wrong if there was no answer."""
    fault = url_fault(webhook.url, allow_loopback=ports.allow_loopback())
    if fault is not None:
        return None, "", said("delivery_url", reason=fault)
    body = item.body.encode()
    headers = signed_headers(
        item.message_id, body, secrets_of(webhook, ports.now_ms()), ports.now_ms()
    )
    try:
        answer = await ports.courier.post(webhook.url, body, headers, TIMEOUT_MS)
    except UpstreamError as error:
        return None, "", said_by(error)
    return answer.status, answer.text, None


def _why_disable(status: int | None, webhook: WebhookRow, now_ms: int) -> str | None:
    if status == GONE:
        return message("webhook_off.gone")
    since_ms = webhook.failing_since_ms
    if since_ms is not None and now_ms - since_ms >= FAILING_DAYS_MAX * _DAY_MS:
        return message("webhook_off.failing")
    return None
