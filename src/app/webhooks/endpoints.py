"""Registered webhook endpoints."""

from typing import Annotated

from pydantic import Field
from pydantic_core import from_json

from app.ports import Ports
from app.webhooks.store import (
    DeliveryRow,
    WebhookMessage,
    WebhookRow,
    delete_webhook,
    enable_webhook,
    enqueue,
    insert_webhook,
    replay_delivery,
    rotate_secret,
    select_delivery,
    select_delivery_of,
    select_webhook,
    stop_deliveries,
    update_webhook,
)
from media_jobs.errors import Conflict, NotFound, present
from media_jobs.ids import new_id
from media_jobs.messages import message
from media_jobs.strict import Strict
from media_jobs.webhooks import (
    ROTATION_MS,
    SECRET_BYTES,
    URL_LENGTH_MAX,
    EventType,
    check_url,
    find_why_off,
    message_body,
    new_secret,
)

WEBHOOKS_MAX = 50
BY_HAND = message("webhook_off.by_hand")

Events = Annotated[list[EventType], Field(min_length=1, max_length=10)]
_SHAPE = (
    r"^https://(?:[a-z0-9]{1,20}\.){1,4}(?:[a-z]{2}|com|dev|net|org)(?::[1-9][0-9]{0,3})?"
    r"(?:[/?][!$-;=?-Z_a-z~]*)?$"
)
"""What nearly every URL is like that may be called."""
Url = Annotated[
    str, Field(min_length=1, max_length=URL_LENGTH_MAX, json_schema_extra={"pattern": _SHAPE})
]


class NewWebhook(Strict):
    """An endpoint to be notified of *events*."""

    url: Url
    events: Events
    description: Annotated[str, Field(max_length=200)] = ""


class ChangedWebhook(Strict):
    """Changes to an endpoint; *enabled* switches it on again, or off."""

    url: Url | None = None
    events: Events | None = None
    description: Annotated[str, Field(max_length=200)] | None = None
    enabled: bool | None = None


async def create_webhook(body: NewWebhook, ports: Ports) -> WebhookRow:
    """Add an endpoint with its own secret; raises InvalidInput, Conflict (`too_many_webhooks`)."""
    url = check_url(body.url, allow_loopback=ports.settings().webhook_allow_loopback)
    now_ms = ports.now_ms()
    row = WebhookRow(
        webhook_id=new_id("whk", now_ms, ports.entropy(10)),
        url=url,
        events=tuple(dict.fromkeys(body.events)),
        description=body.description,
        secret=new_secret(ports.entropy(SECRET_BYTES)),
        former_secret=None,
        former_until_ms=None,
        disabled_reason=None,
        failing_since_ms=None,
        created_ms=now_ms,
    )
    if not any(await ports.store.batch(insert_webhook(ports.store, row, WEBHOOKS_MAX))):
        raise Conflict("too_many_webhooks", most=WEBHOOKS_MAX)
    ports.log({"event": "webhook_created", "webhookId": row.webhook_id})
    return row


async def find_webhook(webhook_id: str, ports: Ports) -> WebhookRow:
    """Return an endpoint; raises NotFound."""
    return present(
        await select_webhook(ports.store, webhook_id), "not_found.webhook", webhook=webhook_id
    )


async def change_webhook(webhook_id: str, body: ChangedWebhook, ports: Ports) -> WebhookRow:
    """Change an endpoint; raises NotFound, InvalidInput."""
    found = await find_webhook(webhook_id, ports)
    url = found.url
    if body.url is not None:
        url = check_url(body.url, allow_loopback=ports.settings().webhook_allow_loopback)
    events = found.events if body.events is None else tuple(dict.fromkeys(body.events))
    description = found.description if body.description is None else body.description
    statements = [update_webhook(webhook_id, url, events, description)]
    if body.enabled is True:
        statements.append(enable_webhook(webhook_id))
    elif body.enabled is False:
        statements += stop_deliveries(webhook_id, BY_HAND)
    await ports.store.batch(statements)
    return await find_webhook(webhook_id, ports)


async def remove_webhook(webhook_id: str, ports: Ports) -> None:
    """Remove an endpoint and its delivery log; raises NotFound."""
    if await ports.store.batch([delete_webhook(ports.store, webhook_id)]) == [0]:
        raise NotFound("not_found.webhook", webhook=webhook_id)
    ports.log({"event": "webhook_deleted", "webhookId": webhook_id})


async def rotate(webhook_id: str, ports: Ports) -> WebhookRow:
    """Give an endpoint a new secret; the former one also signs for a day. Raises NotFound."""
    await find_webhook(webhook_id, ports)
    secret = new_secret(ports.entropy(SECRET_BYTES))
    until_ms = ports.now_ms() + ROTATION_MS
    await ports.store.batch([rotate_secret(webhook_id, secret, until_ms)])
    ports.log({"event": "webhook_secret_rotated", "webhookId": webhook_id})
    return await find_webhook(webhook_id, ports)


async def send_test(webhook_id: str, ports: Ports) -> DeliveryRow:
    """Send an endpoint a test event, whatever it listens to; raises NotFound, Conflict."""
    _check_enabled(await find_webhook(webhook_id, ports))
    now_ms = ports.now_ms()
    message = WebhookMessage(
        message_id=new_id("msg", now_ms, ports.entropy(10)),
        type="webhook.test",
        body=message_body("webhook.test", now_ms, {"webhookId": webhook_id}),
    )
    await ports.store.batch(enqueue(message, now_ms, to=webhook_id))
    ports.senders.wake(webhook_id)
    return present(
        await select_delivery_of(ports.store, webhook_id, message.message_id),
        "not_found.webhook",
        webhook=webhook_id,
    )


async def replay(webhook_id: str, delivery_id: str, ports: Ports) -> DeliveryRow:
    """Start a delivery over; raises NotFound, Conflict (`webhook_disabled`)."""
    _check_enabled(await find_webhook(webhook_id, ports))
    await _find_delivery(webhook_id, delivery_id, ports)
    await ports.store.batch([replay_delivery(delivery_id, ports.now_ms())])
    ports.senders.wake(webhook_id)
    return await _find_delivery(webhook_id, delivery_id, ports)


async def _find_delivery(webhook_id: str, delivery_id: str, ports: Ports) -> DeliveryRow:
    return present(
        await select_delivery(ports.store, webhook_id, delivery_id),
        "not_found.delivery",
        delivery=delivery_id,
    )


def _check_enabled(webhook: WebhookRow) -> None:
    if webhook.disabled_reason is not None:
        why = webhook.disabled_reason
        raise Conflict("webhook_disabled", why=find_why_off(why) or why)


def webhook_document(webhook: WebhookRow, now_ms: int) -> dict[str, object]:
    """Return what the API shows of an endpoint; its secret is not in it."""
    until_ms = webhook.former_until_ms
    why = find_why_off(webhook.disabled_reason)
    return {
        "webhookId": webhook.webhook_id,
        "url": webhook.url,
        "events": list(webhook.events),
        "description": webhook.description,
        "enabled": webhook.disabled_reason is None,
        "disabledReason": webhook.disabled_reason,
        **({"messageKey": why} if why else {}),
        "failingSince": webhook.failing_since_ms,
        "formerSecretUntil": until_ms if until_ms is not None and until_ms > now_ms else None,
        "createdAt": webhook.created_ms,
    }


def delivery_document(delivery: DeliveryRow) -> dict[str, object]:
    """Return what the API shows of a delivery: what was sent, and how each try went."""
    return {
        "deliveryId": delivery.delivery_id,
        "messageId": delivery.message_id,
        "type": delivery.type,
        "status": delivery.status,
        "tries": delivery.tries,
        "nextTryAt": delivery.due_ms,
        "attempts": delivery.attempts,
        "payload": from_json(delivery.body),
        "createdAt": delivery.created_ms,
    }
