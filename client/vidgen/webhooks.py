"""The API's calls about webhooks: endpoints that are notified of jobs, and their deliveries."""

from __future__ import annotations

from collections.abc import Sequence

from vidgen.calls import delete, get, page, post
from vidgen.models import Page
from vidgen.steps import Flow
from vidgen.webhook_models import Delivery, DeliveryStatus, EventType, Webhook, WebhookSecret

__all__ = [
    "change_webhook",
    "create_webhook",
    "delete_webhook",
    "deliveries",
    "replay_delivery",
    "rotate_webhook_secret",
    "send_test",
    "webhook",
    "webhooks",
]


def webhooks(cursor: str | None = None) -> Flow[Page[Webhook]]:
    """Yield all endpoints, newest first."""
    return (yield from page(Page[Webhook], "/api/webhooks", cursor))


def webhook(webhook_id: str) -> Flow[Webhook]:
    """Return one endpoint, without its secret."""
    return (yield from get(Webhook, f"/api/webhooks/{webhook_id}"))


def create_webhook(
    url: str, events: Sequence[EventType], description: str = ""
) -> Flow[WebhookSecret]:
    """Add an endpoint to be notified of *events*. Only this answer has its secret."""
    body = {"url": url, "events": list(events), "description": description}
    return (yield from post(WebhookSecret, "/api/webhooks", body))


def change_webhook(
    webhook_id: str,
    *,
    url: str | None = None,
    events: Sequence[EventType] | None = None,
    description: str | None = None,
    enabled: bool | None = None,
) -> Flow[Webhook]:
    """Change what is given of an endpoint; *enabled* switches it on again, or off."""
    given = {
        "url": url,
        "events": None if events is None else list(events),
        "description": description,
        "enabled": enabled,
    }
    body = {name: value for name, value in given.items() if value is not None}
    path = f"/api/webhooks/{webhook_id}"
    return (yield from post(Webhook, path, body, method="PATCH", repeatable=True))


def delete_webhook(webhook_id: str) -> Flow[None]:
    """Remove an endpoint with its delivery log."""
    yield from delete(f"/api/webhooks/{webhook_id}")


def rotate_webhook_secret(webhook_id: str) -> Flow[WebhookSecret]:
    """Give an endpoint a new secret; the former one signs beside it for 24 hours."""
    # Not repeatable: the second would end the one that still signs beside the first.
    return (yield from post(WebhookSecret, f"/api/webhooks/{webhook_id}/secret"))


def send_test(webhook_id: str) -> Flow[Delivery]:
    """Send an endpoint a test event. Raises Conflict when it is disabled."""
    return (yield from post(Delivery, f"/api/webhooks/{webhook_id}/test"))


def deliveries(
    cursor: str | None, webhook_id: str, *, status: DeliveryStatus | None = None
) -> Flow[Page[Delivery]]:
    """Yield what was sent to an endpoint and how it went, newest first."""
    path = f"/api/webhooks/{webhook_id}/deliveries"
    return (yield from page(Page[Delivery], path, cursor, status=status))


def replay_delivery(webhook_id: str, delivery_id: str) -> Flow[Delivery]:
    """Begin the tries of a delivery anew. Raises Conflict when the endpoint is disabled."""
    path = f"/api/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"
    return (yield from post(Delivery, path))
