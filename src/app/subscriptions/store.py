"""Subscriptions and what they have seen: reads, and writes as statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json, to_json

from app.store import Row, Statement, Store, Value
from media_jobs.subscriptions import utc_day_ms

ACTIVE, PAUSED, REMOVED = "active", "paused", "removed"
WAITING, STARTED, SKIPPED, KNOWN = "waiting", "started", "skipped", "known"
STATES = (KNOWN, WAITING, STARTED, SKIPPED)
_ENTRIES_AT_ONCE = 100
Guard = tuple[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """A subscription; see drizzle/0014. *title*: what the site calls the list, once it is known."""

    subscription_id: str
    owner_id: str
    token_hash: str
    url: str
    recipe: str
    parameters: dict[str, str]
    options: dict[str, dict[str, object]]
    every_s: int
    per_day_max: int
    start_with: int
    state: str
    created_ms: int
    due_ms: int | None
    next_look_ms: int | None
    paused_reason: str | None = None
    error: dict[str, Any] | None = None  # Any: shown as it is.
    failures: int = 0
    looks: int = 0
    changed: int = 0
    is_long: bool = False
    media_id: str | None = None
    look_job_id: str | None = None
    last_look_ms: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry of a list; *reason*: why it is skipped; *run_id*: the run that it has started."""

    entry_id: str
    site_id: str
    url: str
    title: str | None
    state: str
    reason: str | None
    seen_ms: int
    run_id: str | None = None
    started_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many entries of a subscription there are by state, and how many it has started today."""

    by_state: dict[str, int] = field(default_factory=dict)
    today: int = 0


_STORED = [name for name in SubscriptionRow.__slots__ if name != "title"]
_COLUMNS = (
    ", ".join(_STORED)
    + ", (SELECT m.title FROM media AS m WHERE m.media_id = s.media_id AND s.looks > 0) AS title"
)
_ENTRY = (
    "e.entry_id, e.site_id, e.url, e.title, e.state, e.reason, e.seen_ms, r.run_id, r.started_ms"
    " FROM subscription_entries AS e LEFT JOIN subscription_runs AS r"
    " ON r.subscription_id = e.subscription_id AND r.site_id = e.site_id"
)


async def select_subscription(store: Store, subscription_id: str) -> SubscriptionRow | None:
    """Return one subscription that was not removed."""
    return await store.one(
        _subscription,
        f"SELECT {_COLUMNS} FROM subscriptions AS s WHERE subscription_id = ?"
        f" AND state <> '{REMOVED}'{store.and_owned()}",
        subscription_id,
        *store.owned,
    )


async def select_subscriptions(
    store: Store, before: str | None, limit: int
) -> list[SubscriptionRow]:
    """Return subscriptions, newest first, after the cursor *before*."""
    rows = await store.rows(
        f"SELECT {_COLUMNS} FROM subscriptions AS s WHERE subscription_id < ?"
        f" AND state <> '{REMOVED}'{store.and_owned()} ORDER BY subscription_id DESC LIMIT ?",
        before or "~",
        *store.owned,
        limit,
    )
    return [_subscription(row) for row in rows]


async def select_due_subscriptions(store: Store, now_ms: int, limit: int) -> list[SubscriptionRow]:
    """Return the subscriptions that are to be attended to, due longest first."""
    rows = await store.rows(
        f"SELECT {_COLUMNS} FROM subscriptions AS s WHERE due_ms <= ? ORDER BY due_ms LIMIT ?",
        now_ms,
        limit,
    )
    return [_subscription(row) for row in rows]


async def select_tallies(
    store: Store, subscription_ids: Sequence[str], now_ms: int
) -> dict[str, Tally]:
    """Return how many entries each of these subscriptions has."""
    counts = ", ".join(
        "(SELECT count(*) FROM subscription_entries"
        f" WHERE subscription_id = m.value AND state = '{state}') AS {state}"
        for state in STATES
    )
    rows = await store.rows(
        f"SELECT m.value AS subscription_id, {counts}, (SELECT count(*) FROM subscription_runs"
        " WHERE subscription_id = m.value AND started_ms >= ?) AS today FROM json_each(?) AS m",
        utc_day_ms(now_ms),
        json.dumps(list(subscription_ids)),
    )
    return {
        row["subscription_id"]: Tally(
            by_state={state: row[state] for state in STATES}, today=row["today"]
        )
        for row in rows
    }


async def select_entries(
    store: Store, subscription_id: str, state: str | None, before: str | None, limit: int
) -> list[EntryRow]:
    """Return entries of one state or of all, newest first, after the cursor *before*."""
    of_state = "" if state is None else " AND e.state = ?"
    rows = await store.rows(
        f"SELECT {_ENTRY} WHERE e.subscription_id = ?{of_state} AND e.entry_id < ?"
        " ORDER BY e.entry_id DESC LIMIT ?",
        subscription_id,
        *(() if state is None else (state,)),
        before or "~",
        limit,
    )
    return [EntryRow(**row) for row in rows]


async def select_waiting_entries(store: Store, subscription_id: str, limit: int) -> list[EntryRow]:
    """Return the entries that are to be started, oldest first."""
    rows = await store.rows(
        f"SELECT {_ENTRY} WHERE e.subscription_id = ? AND e.state = '{WAITING}'"
        " ORDER BY e.entry_id LIMIT ?",
        subscription_id,
        limit,
    )
    return [EntryRow(**row) for row in rows]


async def select_seen(
    store: Store, subscription_id: str, site_ids: Sequence[str]
) -> dict[str, tuple[str, str | None]]:
    """Return state and reason of those of these entries that were seen before."""
    rows = await store.rows(
        "SELECT e.site_id, e.state, e.reason FROM json_each(?) AS m"
        " CROSS JOIN subscription_entries AS e"
        " ON e.subscription_id = ? AND e.site_id = m.value",
        json.dumps(list(site_ids)),
        subscription_id,
    )
    return {row["site_id"]: (row["state"], row["reason"]) for row in rows}


def insert_subscription(row: SubscriptionRow, count_max: int) -> Statement:
    """Add a subscription, unless its workspace has *count_max*."""
    values = _values(row)
    return (
        f"INSERT INTO subscriptions ({', '.join(values)}) SELECT {', '.join('?' * len(values))}"
        f" WHERE (SELECT count(*) FROM subscriptions WHERE owner_id = ? AND state <> '{REMOVED}')"
        " < ?",
        (*values.values(), row.owner_id, count_max),
    )


def update_subscription(row: SubscriptionRow) -> Statement:
    """Store what a person has made of a subscription, if nobody else has changed it meanwhile."""
    names = (
        *("token_hash", "recipe", "parameters", "options", "every_s", "per_day_max"),
        *("state", "paused_reason", "error", "failures", "next_look_ms", "due_ms"),
    )
    values = _values(row)
    return (
        f"UPDATE subscriptions SET {', '.join(f'{name} = ?' for name in names)},"
        " changed = changed + 1 WHERE subscription_id = ? AND changed = ? AND state <> ?",
        (*(values[name] for name in names), row.subscription_id, row.changed, REMOVED),
    )


def attend_at(row: SubscriptionRow, due_ms: int | None) -> Statement:
    """Say when the cron attends to a subscription next, unless a person has changed it."""
    return (
        "UPDATE subscriptions SET due_ms = ? WHERE subscription_id = ? AND changed = ?"
        f" AND state <> '{PAUSED}'",
        (due_ms, row.subscription_id, row.changed),
    )


def may_look(row: SubscriptionRow) -> Guard:
    """Return the condition that a look of an active subscription may begin."""
    return (
        "EXISTS (SELECT 1 FROM subscriptions WHERE subscription_id = ? AND look_job_id IS NULL"
        f" AND state = '{ACTIVE}' AND looks = ? AND failures = ?)",
        (row.subscription_id, row.looks, row.failures),
    )


def begin_look(row: SubscriptionRow, job_id: str, media_id: str) -> Statement:
    """Note the job that looks, if it was stored."""
    return (
        "UPDATE subscriptions SET look_job_id = ?, media_id = ? WHERE subscription_id = ?"
        " AND look_job_id IS NULL AND EXISTS (SELECT 1 FROM jobs WHERE job_id = ?)",
        (job_id, media_id, row.subscription_id, job_id),
    )


def looks_with(row: SubscriptionRow) -> Guard:
    """Return the condition that the job which has looked was not read yet."""
    return (
        "EXISTS (SELECT 1 FROM subscriptions WHERE subscription_id = ? AND look_job_id = ?)",
        (row.subscription_id, row.look_job_id),
    )


def end_look(
    row: SubscriptionRow,
    now_ms: int,
    next_ms: int,
    *,
    looks: int,
    failures: int,
    error: dict[str, Any] | None,  # Any: shown as it is.
    is_long: bool,
) -> Statement:
    """Note how a look went, once. Entries of it come before, under `looks_with`."""
    return (
        "UPDATE subscriptions SET look_job_id = NULL, last_look_ms = ?, next_look_ms = ?,"
        " looks = ?, failures = ?, error = ?, is_long = ?"
        " WHERE subscription_id = ? AND look_job_id = ?",
        (
            *(now_ms, next_ms, looks, failures, _json(error), int(is_long)),
            *(row.subscription_id, row.look_job_id),
        ),
    )


def save_entries(row: SubscriptionRow, entries: Sequence[EntryRow]) -> list[Statement]:
    """Add entries, and what has changed of those that were skipped, under `looks_with`."""
    guard, params = looks_with(row)
    names = ("site_id", "entry_id", "url", "title", "state", "reason", "seen_ms")
    read = ", ".join(f"value ->> '{name}'" for name in names)
    documents = [{name: getattr(entry, name) for name in names} for entry in entries]
    return [
        (
            f"INSERT INTO subscription_entries (subscription_id, {', '.join(names)})"
            f" SELECT ?, {read} FROM json_each(?) WHERE {guard}"
            " ON CONFLICT (subscription_id, site_id) DO UPDATE SET entry_id = excluded.entry_id,"
            " url = excluded.url, title = excluded.title, state = excluded.state,"
            " reason = excluded.reason"
            f" WHERE subscription_entries.state = '{SKIPPED}'",
            (
                row.subscription_id,
                json.dumps(documents[first : first + _ENTRIES_AT_ONCE]),
                *params,
            ),
        )
        for first in range(0, len(documents), _ENTRIES_AT_ONCE)
    ]


def skip_entry(subscription_id: str, site_id: str, reason: str) -> Statement:
    """Note that a waiting entry can't be started."""
    return (
        f"UPDATE subscription_entries SET state = '{SKIPPED}', reason = ?"
        f" WHERE subscription_id = ? AND site_id = ? AND state = '{WAITING}'",
        (reason, subscription_id, site_id),
    )


def start_entry(subscription_id: str, site_id: str, run_id: str, now_ms: int) -> list[Statement]:
    """Note the run of an entry, if that was stored; a second run fails the whole batch."""
    stored = "EXISTS (SELECT 1 FROM runs WHERE run_id = ?)"
    return [
        (
            "INSERT INTO subscription_runs (subscription_id, site_id, run_id, started_ms)"
            f" SELECT ?, ?, ?, ? WHERE {stored}",
            (subscription_id, site_id, run_id, now_ms, run_id),
        ),
        (
            f"UPDATE subscription_entries SET state = '{STARTED}', reason = NULL"
            f" WHERE subscription_id = ? AND site_id = ? AND {stored}",
            (subscription_id, site_id, run_id),
        ),
    ]


def is_active(row: SubscriptionRow) -> Guard:
    """Return the condition that a subscription is active, as a person has left it."""
    return (
        "EXISTS (SELECT 1 FROM subscriptions WHERE subscription_id = ?"
        f" AND state = '{ACTIVE}' AND changed = ?)",
        (row.subscription_id, row.changed),
    )


def pause(row: SubscriptionRow, reason: str, error: dict[str, Any] | None) -> Statement:
    """Pause an active subscription by itself, for a *reason*."""
    return (
        f"UPDATE subscriptions SET state = '{PAUSED}', paused_reason = ?, error = ?, due_ms = NULL,"
        f" next_look_ms = NULL WHERE subscription_id = ? AND state = '{ACTIVE}' AND changed = ?",
        (reason, _json(error), row.subscription_id, row.changed),
    )


def mark_removed(store: Store, subscription_id: str, now_ms: int) -> Statement:
    """Begin to remove a subscription: nothing shows it any more, and the cron finishes it."""
    return (
        f"UPDATE subscriptions SET state = '{REMOVED}', due_ms = ?, changed = changed + 1"
        f" WHERE subscription_id = ? AND state <> '{REMOVED}'{store.and_owned()}",
        (now_ms, subscription_id, *store.owned),
    )


def delete_subscription(subscription_id: str) -> list[Statement]:
    """Delete a removed subscription with all that it has seen; its runs stay."""
    tables = ("subscription_entries", "subscription_runs", "subscriptions")
    return [
        (f"DELETE FROM {table} WHERE subscription_id = ?", (subscription_id,)) for table in tables
    ]


def _json(value: object) -> str | None:
    return None if value is None else to_json(value).decode()


def _values(row: SubscriptionRow) -> dict[str, Value]:
    values: dict[str, Value] = {name: getattr(row, name) for name in _STORED}
    for name in ("parameters", "options", "error"):
        values[name] = _json(values[name])
    return {**values, "is_long": int(row.is_long)}


def _subscription(row: Row) -> SubscriptionRow:
    return SubscriptionRow(
        **{
            **row,
            "parameters": from_json(row["parameters"]),
            "options": from_json(row["options"]),
            "error": from_json(row["error"]) if row["error"] else None,
            "is_long": bool(row["is_long"]),
        }
    )
