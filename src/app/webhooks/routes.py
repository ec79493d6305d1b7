"""Routes of outgoing webhooks."""

from app.web.call import JSON_BYTES_MAX, Call, Row, invalid, page, page_cursor, page_limit
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
from app.webhooks.store import WebhookRow, select_deliveries, select_webhooks
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.wire import read

DELIVERY_STATUSES = ("pending", "delivered", "failed")


async def list_webhooks(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/webhooks: endpoints, newest first."""
    params = request.params()
    limit = page_limit(params)
    rows = await select_webhooks(call.ports.store, page_cursor(params), limit + 1)
    items = [webhook_document(row, call.ports.now_ms()) for row in rows[:limit]]
    return page(items, rows[limit - 1].webhook_id if len(rows) > limit else None)


async def post_webhook(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/webhooks: an endpoint to be told of jobs; only this answer shows its secret."""
    body = read(NewWebhook, await request.read(JSON_BYTES_MAX))
    return _with_secret(call, await create_webhook(body, call.ports), 201)


def _with_secret(call: Call, webhook: WebhookRow, status: int) -> Reply:
    document = {**webhook_document(webhook, call.ports.now_ms()), "secret": webhook.secret}
    return json_reply(document, status, {"cache-control": "no-store"})


async def get_webhook(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/webhooks/:id: one endpoint, without its secret."""
    found = await find_webhook(values["webhook_id"], call.ports)
    return json_reply(webhook_document(found, call.ports.now_ms()))


async def patch_webhook(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PATCH /api/webhooks/:id: another URL, other events, off or on."""
    body = read(ChangedWebhook, await request.read(JSON_BYTES_MAX))
    changed = await change_webhook(values["webhook_id"], body, call.ports)
    return json_reply(webhook_document(changed, call.ports.now_ms()))


async def delete_webhook(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/webhooks/:id: with its delivery log."""
    await remove_webhook(values["webhook_id"], call.ports)
    return Reply(status=204)


async def post_secret(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/webhooks/:id/secret: a new secret; the former one signs beside it for a day."""
    return _with_secret(call, await rotate(values["webhook_id"], call.ports), 200)


async def post_test(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/webhooks/:id/test: send a test event."""
    sent = await send_test(values["webhook_id"], call.ports)
    return json_reply(delivery_document(sent), 202)


async def list_deliveries(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/webhooks/:id/deliveries: what was sent and how it went, newest first."""
    params = request.params()
    limit, status = page_limit(params), params.get("status")
    if status is not None and status not in DELIVERY_STATUSES:
        raise invalid("status", f"must be one of {', '.join(DELIVERY_STATUSES)}")
    webhook = await find_webhook(values["webhook_id"], call.ports)
    rows = await select_deliveries(
        call.ports.store, webhook.webhook_id, page_cursor(params), limit + 1, status
    )
    items = [delivery_document(row) for row in rows[:limit]]
    return page(items, rows[limit - 1].delivery_id if len(rows) > limit else None)


async def post_replay(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/webhooks/:id/deliveries/:deliveryId/replay: send it again."""
    sent = await replay(values["webhook_id"], values["delivery_id"], call.ports)
    return json_reply(delivery_document(sent), 202)


_ONE = "/api/webhooks/{webhook_id}"
ROWS: tuple[Row, ...] = (
    ("GET", "/api/webhooks", "read", list_webhooks),
    ("POST", "/api/webhooks", "admin", post_webhook),
    ("GET", _ONE, "read", get_webhook),
    ("PATCH", _ONE, "admin", patch_webhook),
    ("DELETE", _ONE, "admin", delete_webhook),
    ("POST", f"{_ONE}/secret", "admin", post_secret),
    ("POST", f"{_ONE}/test", "admin", post_test),
    ("GET", f"{_ONE}/deliveries", "read", list_deliveries),
    ("POST", f"{_ONE}/deliveries/{{delivery_id}}/replay", "admin", post_replay),
)
