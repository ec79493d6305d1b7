"""A subscription that pauses by itself, and tells webhooks why."""

from hashlib import sha256

from app.ports import Ports
from app.store import Statement
from app.subscriptions.store import SubscriptionRow, is_active, pause
from app.webhooks.messages import SUBSCRIPTION_PAUSED
from app.webhooks.store import WebhookMessage, enqueue
from media_jobs.ids import new_id
from media_jobs.webhooks import message_body


def pausing(
    row: SubscriptionRow, reason: str, error: dict[str, object] | None, ports: Ports
) -> list[Statement]:
    """Return what pauses an active subscription, and tells its workspace's webhooks.

    Nothing of it happens where it was paused or changed since *row* was read. The last statement's
    change count says whether it did.
    """
    now_ms = ports.now_ms()
    data: dict[str, object] = {
        "subscriptionId": row.subscription_id,
        "url": row.url,
        "title": row.title,
        "reason": reason,
        "error": error,
    }
    seed = f"{row.subscription_id}.{row.changed}.{SUBSCRIPTION_PAUSED}"
    message = WebhookMessage(
        message_id=new_id("msg", now_ms, sha256(seed.encode()).digest()[:10]),
        type=SUBSCRIPTION_PAUSED,
        body=message_body(SUBSCRIPTION_PAUSED, now_ms, data),
    )
    guard, params = is_active(row)
    told = enqueue(message, now_ms, of_owner=row.owner_id, guard=guard, guard_params=params)
    return [*told, pause(row, reason, error)]
