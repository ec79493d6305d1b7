"""Webhooks, their messages and deliveries: reads, and writes as statements for a batch."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from app.store import OPERATORS, Row, Statement, Store, Value
from media_jobs.webhooks import filters_of

ATTEMPTS_MAX = 30
"""How many tries of a delivery are kept: with replays there may be more than the schedule has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """An endpoint. *disabled_reason*: why nothing is sent to it, or None."""

    webhook_id: str
    url: str
    events: tuple[str, ...]
    description: str
    secret: str
    former_secret: str | None
    former_until_ms: int | None
    disabled_reason: str | None
    failing_since_ms: int | None
    created_ms: int

    def __repr__(self) -> str:
        return f"WebhookRow({self.webhook_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMessage:
    """A message for endpoints: its id, the same in every retry, its type, and the JSON sent."""

    message_id: str
    type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One message to one endpoint. *attempts*: the log of its tries, oldest first."""

    delivery_id: str
    message_id: str
    webhook_id: str
    status: str
    tries: int
    due_ms: int | None
    attempts: list[dict[str, Any]]  # Any: shown as it is.
    type: str
    body: str
    created_ms: int


TRIED_MS = 4 * 86_400_000
"""Longer than a delivery is tried by itself (`media_jobs.webhooks.retry_delay_ms`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriesRow:
    """How the tries of one span of time went: how many were accepted, and how long they took."""

    at_ms: int
    delivered: int
    tries: int
    average_ms: float
    longest_ms: int


_WEBHOOK = ", ".join(WebhookRow.__slots__)
_OWNER = (
    "coalesce((SELECT o.owner_id FROM webhook_owners AS o WHERE o.webhook_id = w.webhook_id),"
    f" '{OPERATORS}')"
)
"""Whose the endpoint `w` is: see drizzle/0008."""
_DELIVERY = (
    "SELECT d.*, m.type, m.body, m.created_ms FROM webhook_deliveries AS d"
    " JOIN webhook_messages AS m ON m.message_id = d.message_id"
)


async def select_webhooks(store: Store, before: str | None, limit: int) -> list[WebhookRow]:
    """Return endpoints, newest first, after the cursor *before*."""
    rows = await store.rows(
        f"SELECT {_WEBHOOK} FROM webhooks AS w WHERE webhook_id < ?{store.and_owned(_OWNER)}"
        " ORDER BY webhook_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [_webhook(row) for row in rows]


async def select_webhook(store: Store, webhook_id: str) -> WebhookRow | None:
    """Return one endpoint."""
    sql = f"SELECT {_WEBHOOK} FROM webhooks AS w WHERE webhook_id = ?{store.and_owned(_OWNER)}"
    return await store.one(_webhook, sql, webhook_id, *store.owned)


async def select_delivery(store: Store, webhook_id: str, delivery_id: str) -> DeliveryRow | None:
    """Return one delivery."""
    sql = f"{_DELIVERY} WHERE d.delivery_id = ? AND d.webhook_id = ?"
    return await store.one(_delivery, sql, delivery_id, webhook_id)


async def select_delivery_of(store: Store, webhook_id: str, message_id: str) -> DeliveryRow | None:
    """Return the delivery of a message to an endpoint."""
    sql = f"{_DELIVERY} WHERE d.message_id = ? AND d.webhook_id = ?"
    return await store.one(_delivery, sql, message_id, webhook_id)


async def select_deliveries(
    store: Store, webhook_id: str, before: str | None, limit: int, status: str | None
) -> list[DeliveryRow]:
    """Return an endpoint's deliveries, newest first, after the cursor *before*."""
    where, params = "d.webhook_id = ? AND d.delivery_id < ?", [webhook_id, before or "~"]
    if status is not None:
        where, params = f"{where} AND d.status = ?", [*params, status]
    sql = f"{_DELIVERY} WHERE {where} ORDER BY d.delivery_id DESC LIMIT ?"
    return [_delivery(row) for row in await store.rows(sql, *params, limit)]


async def select_tries(
    store: Store, webhook_id: str, since_ms: int, step_ms: int
) -> list[TriesRow]:
    """Return how an endpoint's tries since *since_ms* went, by spans of *step_ms* of Unix time.

    Those of deliveries that were made up to four days earlier count, too: after that, none is tried
    again by itself.
    """
    rows = await store.rows(
        "SELECT CAST(json_extract(k.value, '$.at') / ? AS INTEGER) * ? AS at_ms,"
        " sum(json_extract(k.value, '$.status') BETWEEN 200 AND 299) AS delivered,"
        " count(*) AS tries, avg(json_extract(k.value, '$.durationMs')) AS average_ms,"
        " max(json_extract(k.value, '$.durationMs')) AS longest_ms"
        " FROM webhook_deliveries AS d CROSS JOIN json_each(d.attempts) AS k"
        " WHERE d.webhook_id = ? AND d.delivery_id >= ? AND json_extract(k.value, '$.at') >= ?"
        " GROUP BY 1 ORDER BY 1",
        step_ms,
        step_ms,
        webhook_id,
        _first_delivery(since_ms - TRIED_MS),
        since_ms,
    )
    return [TriesRow(**{**row, "delivered": row["delivered"] or 0}) for row in rows]


async def select_due_deliveries(
    store: Store, webhook_id: str, now_ms: int, limit: int
) -> list[DeliveryRow]:
    """Return an endpoint's due deliveries, due longest first.

    New deliveries are due at once, so they are sent in the order of the changes they report.
    """
    # In the order of the index: with a thousand due, a run reads its ten and no more.
    order = "ORDER BY d.due_ms, d.delivery_id LIMIT ?"
    sql = f"{_DELIVERY} WHERE d.webhook_id = ? AND d.due_ms <= ? {order}"
    return [_delivery(row) for row in await store.rows(sql, webhook_id, now_ms, limit)]


async def select_next_due_ms(store: Store, webhook_id: str) -> int | None:
    """Return when an endpoint's next delivery is due."""
    rows = await store.rows(
        "SELECT min(due_ms) AS due_ms FROM webhook_deliveries"
        " WHERE webhook_id = ? AND due_ms IS NOT NULL",
        webhook_id,
    )
    due_ms: int | None = rows[0]["due_ms"]
    return due_ms


async def select_webhooks_due(store: Store, now_ms: int) -> list[str]:
    """Return the endpoints with due deliveries."""
    rows = await store.rows(
        "SELECT DISTINCT webhook_id FROM webhook_deliveries"
        " WHERE due_ms IS NOT NULL AND due_ms <= ?",
        now_ms,
    )
    return [row["webhook_id"] for row in rows]


def insert_webhook(store: Store, item: WebhookRow, count_max: int) -> list[Statement]:
    """Add an endpoint, unless its owner has *count_max* already: nothing is changed then."""
    return [
        (
            "INSERT INTO webhooks (webhook_id, url, events, description, secret, created_ms)"
            " SELECT ?, ?, ?, ?, ?, ?"
            f" WHERE (SELECT count(*) FROM webhooks AS w WHERE {_OWNER} = ?) < ?",
            (
                item.webhook_id,
                item.url,
                _json(item.events),
                item.description,
                item.secret,
                item.created_ms,
                store.home,
                count_max,
            ),
        ),
        (
            "INSERT INTO webhook_owners (webhook_id, owner_id)"
            " SELECT webhook_id, ? FROM webhooks WHERE webhook_id = ?",
            (store.home, item.webhook_id),
        ),
    ]


def update_webhook(
    webhook_id: str, url: str, events: tuple[str, ...], description: str
) -> Statement:
    """Change what an endpoint is; how it does stays as it is."""
    return (
        "UPDATE webhooks SET url = ?, events = ?, description = ? WHERE webhook_id = ?",
        (url, _json(events), description, webhook_id),
    )


def rotate_secret(webhook_id: str, secret: str, former_until_ms: int) -> Statement:
    """Give an endpoint a new secret; the present one signs beside it until *former_until_ms*."""
    return (
        "UPDATE webhooks SET former_secret = secret, former_until_ms = ?, secret = ?"
        " WHERE webhook_id = ?",
        (former_until_ms, secret, webhook_id),
    )


def enable_webhook(webhook_id: str) -> Statement:
    """Let an endpoint be sent to again, with a clean record."""
    return (
        "UPDATE webhooks SET disabled_reason = NULL, failing_since_ms = NULL WHERE webhook_id = ?",
        (webhook_id,),
    )


def delete_webhook(store: Store, webhook_id: str) -> Statement:
    """Delete an endpoint with its deliveries."""
    return (
        f"DELETE FROM webhooks AS w WHERE webhook_id = ?{store.and_owned(_OWNER)}",
        (webhook_id, *store.owned),
    )


def enqueue(
    message: WebhookMessage,
    now_ms: int,
    *,
    to: str | None = None,
    of_job: str | None = None,
    of_media: str | None = None,
    of_owner: str | None = None,
    guard: str = "1",
    guard_params: tuple[Value, ...] = (),
) -> list[Statement]:
    """Add a message for the endpoint *to*, or for every endpoint of its owner that wants its type.

    The owner is *of_owner*, or that of the job *of_job* or media *of_media*; without, it is for
    operators. A transactional outbox: put these into the batch of the change that the message
    reports, under the same *guard* (an SQL condition). The same message again changes nothing. The
    last statement's change count is the number of deliveries.
    """
    # Delivery ids sort by creation: so are they sent, and listed.
    prefix = _first_delivery(now_ms)
    params: tuple[Value, ...]
    if to is not None:
        wanted, params = "w.webhook_id = ?", (to, *guard_params)
    else:
        owner, of = f"'{OPERATORS}'", tuple(item for item in (of_job or of_media,) if item)
        if of_owner is not None:
            owner, of = "?", (of_owner,)
        elif of:
            table, column = ("jobs", "job_id") if of_job else ("media", "media_id")
            owner = f"(SELECT owner_id FROM {table} WHERE {column} = ?)"
        wanted = (
            f"w.disabled_reason IS NULL AND {_OWNER} = {owner}"
            " AND EXISTS (SELECT 1 FROM json_each(w.events) WHERE value IN (?, ?))"
        )
        params = (*of, *filters_of(message.type), *guard_params)
    return [
        (
            "INSERT OR IGNORE INTO webhook_messages (message_id, type, body, created_ms)"
            f" SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM webhooks AS w WHERE {wanted})"
            f" AND {guard}",
            (message.message_id, message.type, message.body, now_ms, *params),
        ),
        (
            "INSERT OR IGNORE INTO webhook_deliveries (delivery_id, message_id, webhook_id,"
            " status, tries, due_ms, attempts)"
            " SELECT ? || lower(hex(randomblob(8))), ?, w.webhook_id, 'pending', 0, ?, '[]'"
            f" FROM webhooks AS w WHERE {wanted} AND {guard}",
            (prefix, message.message_id, now_ms, *params),
        ),
    ]


def note_try(
    item: DeliveryRow, status: str, due_ms: int | None, attempt: dict[str, object]
) -> Statement:
    """Note how a try went."""
    attempts = [*item.attempts, attempt][-ATTEMPTS_MAX:]
    return (
        "UPDATE webhook_deliveries SET status = ?, tries = ?, due_ms = ?, attempts = ?"
        " WHERE delivery_id = ?",
        (status, item.tries + 1, due_ms, _json(attempts), item.delivery_id),
    )


def note_health(webhook_id: str, failed_ms: int | None) -> Statement:
    """Note that an endpoint has accepted a delivery (None), or since when it has been failing."""
    if failed_ms is None:
        return ("UPDATE webhooks SET failing_since_ms = NULL WHERE webhook_id = ?", (webhook_id,))
    return (
        "UPDATE webhooks SET failing_since_ms = coalesce(failing_since_ms, ?) WHERE webhook_id = ?",
        (failed_ms, webhook_id),
    )


def stop_deliveries(webhook_id: str, reason: str) -> list[Statement]:
    """Disable an endpoint; its pending deliveries are given up, and can be replayed."""
    return [
        (
            "UPDATE webhooks SET disabled_reason = ? WHERE webhook_id = ?"
            " AND disabled_reason IS NULL",
            (reason, webhook_id),
        ),
        (
            "UPDATE webhook_deliveries SET status = 'failed', due_ms = NULL"
            " WHERE webhook_id = ? AND due_ms IS NOT NULL",
            (webhook_id,),
        ),
    ]


def replay_delivery(delivery_id: str, now_ms: int) -> Statement:
    """Start a delivery's tries over; its log continues."""
    return (
        "UPDATE webhook_deliveries SET status = 'pending', tries = 0, due_ms = ?"
        " WHERE delivery_id = ?",
        (now_ms, delivery_id),
    )


def forget_messages(before_ms: int) -> Statement:
    """Delete messages older than *before_ms* (Unix, ms) with their deliveries."""
    return ("DELETE FROM webhook_messages WHERE created_ms < ?", (before_ms,))


def _first_delivery(ms: int) -> str:
    """Return what the ids of deliveries begin with that are made at *ms*."""
    return f"dlv_{ms:012x}"


def _json(value: object) -> str:
    return to_json(value).decode()


def _webhook(row: Row) -> WebhookRow:
    return WebhookRow(**{**row, "events": tuple(from_json(row["events"]))})


def _delivery(row: Row) -> DeliveryRow:
    return DeliveryRow(**{**row, "attempts": from_json(row["attempts"])})
