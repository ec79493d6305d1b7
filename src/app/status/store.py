"""Alerts and the state of the jobs: reads, and writes as statements for a batch."""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic_core import from_json, to_json

from app.store import UNFINISHED, Row, Statement, Store, insert
from app.webhooks.store import WebhookMessage, enqueue
from media_jobs.alerts import Alert, AlertKind, AlertState
from media_jobs.ids import first_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The unfinished jobs: how many by status, and the one that has waited longest.

    *dead_letters* is how many events were given up, *dead_letter_jobs* of how many jobs.
    """

    unfinished: dict[str, int]
    oldest_job_id: str | None
    oldest_since_ms: int | None
    dead_letter_jobs: int
    dead_letters: int


_ALERT = (
    "SELECT alert_id, kind, subject, state, checks, details, since_ms, opened_ms, resolved_ms"
    " FROM alerts"
)


async def select_unresolved_alerts(store: Store) -> list[Alert]:
    """Return pending and open alerts, of kinds that this code knows."""
    rows = await store.rows(f"{_ALERT} WHERE state <> 'resolved'")
    return [_alert(row) for row in rows if row["kind"] in set(AlertKind)]


async def select_shown_alerts(store: Store, limit: int) -> list[Alert]:
    """Return open alerts, then resolved ones, newest first."""
    rows = await store.rows(
        f"{_ALERT} WHERE state <> 'pending'"
        " ORDER BY resolved_ms IS NOT NULL, opened_ms DESC, alert_id DESC LIMIT ?",
        limit,
    )
    return [_alert(row) for row in rows if row["kind"] in set(AlertKind)]


async def select_standing(store: Store) -> Standing:
    """Return how the unfinished jobs stand."""
    # Found among everybody's unfinished jobs: an owner's own may be few among many that have ended.
    unfinished = f"{UNFINISHED}{store.and_owned('+owner_id')}"
    counted = await store.rows(
        f"SELECT status, count(*) AS n FROM jobs WHERE {unfinished} GROUP BY status", *store.owned
    )
    oldest = await store.rows(
        f"SELECT job_id, updated_ms FROM jobs WHERE status = 'queued' AND {unfinished}"
        " ORDER BY updated_ms, job_id LIMIT 1",
        *store.owned,
    )
    dead = await store.rows(
        "SELECT count(*) AS jobs, total(dead_letters) AS n FROM jobs WHERE dead_letters > 0"
        f"{store.and_owned('+owner_id')}",
        *store.owned,
    )
    return Standing(
        unfinished={row["status"]: int(row["n"]) for row in counted},
        oldest_job_id=oldest[0]["job_id"] if oldest else None,
        oldest_since_ms=oldest[0]["updated_ms"] if oldest else None,
        dead_letter_jobs=int(dead[0]["jobs"]),
        dead_letters=int(dead[0]["n"]),
    )


async def select_usage(store: Store, from_ms: int, to_ms: int) -> list[dict[str, Any]]:
    """Return the jobs submitted from *from_ms* to before *to_ms*, counted by day and engine.

    `day` counts days since 1970 (UTC). `run_ms` is the time from submission to end of those that
    have ended, `output_bytes` the size of their outputs.
    """
    return await store.rows(
        "SELECT created_ms / 86400000 AS day, engine, count(*) AS submitted,"
        " sum(status = 'completed') AS completed, sum(status = 'failed') AS failed,"
        " sum(status = 'canceled') AS canceled,"
        " coalesce(sum(finished_ms - created_ms), 0) AS run_ms,"
        " coalesce(sum((SELECT sum(json_extract(value, '$.sizeBytes'))"
        " FROM json_each(coalesce(outputs, '{}')))), 0) AS output_bytes"
        f" FROM jobs WHERE job_id >= ? AND job_id < ?{store.and_owned()}"
        " GROUP BY day, engine ORDER BY day, engine",
        first_id("job", from_ms),
        first_id("job", to_ms),
        *store.owned,
    )


def change_alert(
    before: Alert | None, after: Alert | None, message: WebhookMessage | None, now_ms: int
) -> list[Statement]:
    """Write what one check made of an alert, and announce it, unless another check was faster.

    A second new alert of the same condition fails the whole batch.
    """
    if before is None:
        assert after is not None
        enqueued = _enqueue(after, message, now_ms)
        return [insert("alerts", {**asdict(after), "details": _json(after)}), *enqueued]
    enqueued = _enqueue(before, message, now_ms)
    if after is None:
        return [(f"DELETE FROM alerts WHERE {_SAME}", _same(before))]
    return [
        *enqueued,
        (
            "UPDATE alerts SET state = ?, checks = ?, details = ?, opened_ms = ?, resolved_ms = ?"
            f" WHERE {_SAME}",
            (
                after.state,
                after.checks,
                _json(after),
                after.opened_ms,
                after.resolved_ms,
                *_same(before),
            ),
        ),
    ]


_SAME = "alert_id = ? AND state = ? AND checks = ?"


def _same(alert: Alert) -> tuple[str, str, int]:
    return alert.alert_id, alert.state, alert.checks


def _enqueue(written: Alert, message: WebhookMessage | None, now_ms: int) -> list[Statement]:
    if message is None:
        return []
    guard = f"EXISTS (SELECT 1 FROM alerts WHERE {_SAME})"
    return enqueue(message, now_ms, guard=guard, guard_params=_same(written))


def forget_alerts(before_ms: int) -> Statement:
    """Delete alerts that were resolved before *before_ms* (Unix, ms)."""
    return ("DELETE FROM alerts WHERE resolved_ms < ?", (before_ms,))


def _json(alert: Alert) -> str:
    return to_json(dict(alert.details)).decode()


def _alert(row: Row) -> Alert:
    return Alert(
        **{
            **row,
            "kind": AlertKind(row["kind"]),
            "state": AlertState(row["state"]),
            "details": from_json(row["details"]),
        }
    )
