"""Routes of outgoing webhooks."""

from typing import Literal

from app.web.call import Call
from app.web.caller import Access
from app.web.query import Paging, Query, paged
from app.webhooks.endpoints import (
    ChangedWebhook,
    NewWebhook,
    change_webhook,
    create_webhook,
    delivery_document,
    find_webhook,
    remove_webhook,
    replay,
    rotate,
    send_test,
    webhook_document,
)
from app.webhooks.store import WebhookRow, select_deliveries, select_tries, select_webhooks
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route

HOUR_MS = 3_600_000


class DeliveriesQuery(Paging):
    """Which deliveries to list."""

    status: Literal["pending", "delivered", "failed"] | None = None


async def list_webhooks(call: Call, query: Paging) -> Reply:
    """List endpoints, newest first; a workspace has at most 50."""
    rows = await select_webhooks(call.ports.store, query.cursor, query.limit + 1)
    now_ms = call.ports.now_ms()
    return paged(
        rows, query.limit, lambda row: webhook_document(row, now_ms), lambda row: row.webhook_id
    )


async def post_webhook(call: Call, body: NewWebhook) -> Reply:
    """Add an endpoint to be notified of jobs; its `secret` is only in this response."""
    return _with_secret(call, await create_webhook(body, call.ports), 201)


def _with_secret(call: Call, webhook: WebhookRow, status: int) -> Reply:
    document = {**webhook_document(webhook, call.ports.now_ms()), "secret": webhook.secret}
    return json_reply(document, status, {"cache-control": "no-store"})


async def get_webhook(call: Call, webhook_id: str) -> Reply:
    """Show one endpoint, without its secret."""
    found = await find_webhook(webhook_id, call.ports)
    return json_reply(webhook_document(found, call.ports.now_ms()))


async def patch_webhook(call: Call, webhook_id: str, body: ChangedWebhook) -> Reply:
    """Change an endpoint: its URL, its events, or whether it is enabled."""
    changed = await change_webhook(webhook_id, body, call.ports)
    return json_reply(webhook_document(changed, call.ports.now_ms()))


async def delete_webhook(call: Call, webhook_id: str) -> Reply:
    """Remove an endpoint with its delivery log."""
    await remove_webhook(webhook_id, call.ports)
    return Reply(status=204)


async def post_secret(call: Call, webhook_id: str) -> Reply:
    """Create a new `secret`; the former one also signs for 24 hours."""
    return _with_secret(call, await rotate(webhook_id, call.ports), 200)


async def post_test(call: Call, webhook_id: str) -> Reply:
    """Send a test event, `webhook.test`."""
    sent = await send_test(webhook_id, call.ports)
    return json_reply(delivery_document(sent), 202)


async def list_deliveries(call: Call, webhook_id: str, query: DeliveriesQuery) -> Reply:
    """List deliveries and their results, newest first; they are kept for 30 days."""
    webhook = await find_webhook(webhook_id, call.ports)
    rows = await select_deliveries(
        call.ports.store, webhook.webhook_id, query.cursor, query.limit + 1, query.status
    )
    return paged(rows, query.limit, delivery_document, lambda row: row.delivery_id)


class StatisticsQuery(Query):
    """Of which time: the last 24 hours by the hour, or the last 30 days by the day (UTC)."""

    span: Literal["day", "month"] = "day"


async def get_statistics(call: Call, webhook_id: str, query: StatisticsQuery) -> Reply:
    """Show how deliveries went by the hour or by the day: tries, failures, how long they took.

    Spans without a try are left out. Made of the deliveries that are kept, with their last tries.
    """
    webhook = await find_webhook(webhook_id, call.ports)
    step_ms, count = (HOUR_MS, 24) if query.span == "day" else (24 * HOUR_MS, 30)
    now_ms = call.ports.now_ms()
    since_ms = (now_ms // step_ms - count + 1) * step_ms
    rows = await select_tries(call.ports.store, webhook.webhook_id, since_ms, step_ms)
    items = [
        {
            "at": row.at_ms,
            "delivered": row.delivered,
            "failed": row.tries - row.delivered,
            "averageMs": round(row.average_ms),
            "longestMs": row.longest_ms,
        }
        for row in rows
    ]
    return json_reply({"since": since_ms, "stepMs": step_ms, "steps": count, "items": items})


async def post_replay(call: Call, webhook_id: str, delivery_id: str) -> Reply:
    """Send a delivery again: its tries start over, with the same `webhook-id`."""
    sent = await replay(webhook_id, delivery_id, call.ports)
    return json_reply(delivery_document(sent), 202)


_ALL = "/api/webhooks"
_ONE = "/api/webhooks/{webhook_id}"
_DELIVERIES = f"{_ONE}/deliveries"
ROUTES: tuple[Route[Access], ...] = (
    Route("GET", _ALL, Access.ADMIN, list_webhooks, answers={200: "Page[Webhook]"}),
    Route("POST", _ALL, Access.ADMIN, post_webhook, answers={201: "NewWebhookSecret"}),
    Route("GET", _ONE, Access.ADMIN, get_webhook, answers={200: "Webhook"}),
    Route("PATCH", _ONE, Access.ADMIN, patch_webhook, answers={200: "Webhook"}),
    Route("DELETE", _ONE, Access.ADMIN, delete_webhook, answers={204: None}),
    Route("POST", f"{_ONE}/secret", Access.ADMIN, post_secret, answers={200: "NewWebhookSecret"}),
    Route("POST", f"{_ONE}/test", Access.ADMIN, post_test, answers={202: "Delivery"}),
    Route("GET", _DELIVERIES, Access.ADMIN, list_deliveries, answers={200: "Page[Delivery]"}),
    Route(
        "GET",
        f"{_ONE}/statistics",
        Access.ADMIN,
        get_statistics,
        answers={200: "WebhookStatistics"},
    ),
    Route(
        "POST",
        _DELIVERIES + "/{delivery_id}/replay",
        Access.ADMIN,
        post_replay,
        answers={202: "Delivery"},
    ),
)
