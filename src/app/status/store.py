"""Alerts and how the jobs stand: reads, and writes as statements for a batch."""

from typing import Any

from pydantic_core import from_json, to_json

from app.ports import Database, Statement
from app.rows import Standing
from app.webhooks.store import WebhookMessage, enqueue
from media_jobs.alerts import Alert, AlertKind, AlertState

_ALERT = (
    "SELECT alert_id, kind, subject, state, checks, details, since_ms, opened_ms, resolved_ms"
    " FROM alerts"
)


class AlertReads:
    """Reads of alerts, and of what they are raised from."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def unresolved_alerts(self) -> list[Alert]:
        """Return pending and open alerts, of kinds that this code knows."""
        rows = await self.database.rows(f"{_ALERT} WHERE state <> 'resolved'")
        return [_alert(row) for row in rows if row["kind"] in set(AlertKind)]

    async def shown_alerts(self, limit: int) -> list[Alert]:
        """Return open alerts, then resolved ones, newest first."""
        rows = await self.database.rows(
            f"{_ALERT} WHERE state <> 'pending'"
            " ORDER BY resolved_ms IS NOT NULL, opened_ms DESC, alert_id DESC LIMIT ?",
            limit,
        )
        return [_alert(row) for row in rows if row["kind"] in set(AlertKind)]

    async def standing(self) -> Standing:
        """Return how the unfinished jobs stand."""
        counted = await self.database.rows(
            "SELECT status, count(*) AS n FROM jobs WHERE check_ms IS NOT NULL GROUP BY status"
        )
        oldest = await self.database.rows(
            "SELECT job_id, updated_ms FROM jobs WHERE status = 'queued' AND check_ms IS NOT NULL"
            " ORDER BY updated_ms, job_id LIMIT 1"
        )
        dead = await self.database.rows(
            "SELECT count(*) AS jobs, total(dead_letters) AS n FROM jobs WHERE dead_letters > 0"
        )
        return Standing(
            unfinished={row["status"]: int(row["n"]) for row in counted},
            oldest_job_id=oldest[0]["job_id"] if oldest else None,
            oldest_since_ms=oldest[0]["updated_ms"] if oldest else None,
            dead_letter_jobs=int(dead[0]["jobs"]),
            dead_letters=int(dead[0]["n"]),
        )


def change_alert(
    before: Alert | None, after: Alert | None, message: WebhookMessage | None, now_ms: int
) -> list[Statement]:
    """Write what one check has made of an alert, and tell of it, unless another check was faster.

    A second new alert of the same condition fails the whole batch.
    """
    if before is None:
        assert after is not None
        told = _told(after, message, now_ms)
        return [_insert(after), *told]
    told = _told(before, message, now_ms)
    if after is None:
        return [(f"DELETE FROM alerts WHERE {_SAME}", _same(before))]
    return [
        *told,
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


def _told(written: Alert, message: WebhookMessage | None, now_ms: int) -> list[Statement]:
    if message is None:
        return []
    guard = f"EXISTS (SELECT 1 FROM alerts WHERE {_SAME})"
    return enqueue(message, now_ms, guard=guard, guard_params=_same(written))


def _insert(alert: Alert) -> Statement:
    return (
        "INSERT INTO alerts (alert_id, kind, subject, state, checks, details, since_ms, opened_ms,"
        " resolved_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            alert.alert_id,
            alert.kind,
            alert.subject,
            alert.state,
            alert.checks,
            _json(alert),
            alert.since_ms,
            alert.opened_ms,
            alert.resolved_ms,
        ),
    )


def forget_alerts(before_ms: int) -> Statement:
    """Delete alerts that were resolved before *before_ms* (Unix, ms)."""
    return ("DELETE FROM alerts WHERE resolved_ms < ?", (before_ms,))


def _json(alert: Alert) -> str:
    return to_json(dict(alert.details)).decode()


def _alert(row: dict[str, Any]) -> Alert:
    return Alert(
        **{
            **row,
            "kind": AlertKind(row["kind"]),
            "state": AlertState(row["state"]),
            "details": from_json(row["details"]),
        }
    )
