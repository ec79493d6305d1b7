"""Alerts: raised by the sweeper from what it sees, and sent to webhooks."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import cast

from app.ports import Ports
from app.status.health import ask_health
from app.status.store import change_alert, forget_alerts, select_standing, select_unresolved_alerts
from app.webhooks.messages import call_senders
from app.webhooks.store import WebhookMessage
from media_jobs.alerts import (
    Alert,
    AlertState,
    Condition,
    Seen,
    dead_letters_finding,
    event_type,
    findings,
    judge,
)
from media_jobs.errors import Conflict
from media_jobs.ids import new_id
from media_jobs.messages import Value
from media_jobs.said import Said, said
from media_jobs.webhooks import message_body

ALERT_LIFE_MS = 90 * 24 * 3600 * 1000
"""How long an alert that is over is remembered."""


async def watch_parts(ports: Ports) -> None:
    """Look at the waiting jobs, the orchestrator and the containers; open and resolve alerts."""
    limits = ports.settings().alert_thresholds
    seen = await _look(ports)
    unresolved = await select_unresolved_alerts(ports.store)
    kinds = frozenset(alert.kind for alert in unresolved if alert.state is AlertState.OPEN)
    await _weigh(findings(seen, limits, kinds), unresolved, ports)
    await ports.store.batch([forget_alerts(ports.now_ms() - ALERT_LIFE_MS)])


async def watch_dead_letters(found: int, ports: Ports) -> None:
    """Open an alert where events were given up, and resolve it once they were delivered.

    *found*: how many the sweep has seen. They are asked for again at once, and may be delivered
    before anybody counts the rows.
    """
    limits = ports.settings().alert_thresholds
    count = max(found, (await select_standing(ports.store)).dead_letters)
    unresolved = await select_unresolved_alerts(ports.store)
    await _weigh([dead_letters_finding(count, limits)], unresolved, ports)


async def _weigh(found: Iterable[Condition], unresolved: Sequence[Alert], ports: Ports) -> None:
    limits = ports.settings().alert_thresholds
    known = {(alert.kind, alert.subject): alert for alert in unresolved}
    turned = False
    for finding in found:
        before = known.get((finding.kind, finding.subject))
        now_ms = ports.now_ms()
        alert_id = new_id("alt", now_ms, ports.entropy(10))
        after = judge(before, finding, limits, now_ms, alert_id)
        if after != before:
            turned |= await _change(before, after, finding, ports)
    if turned:
        # At once: what else the cron has to do may take longer than it has.
        await call_senders(ports)


async def _look(ports: Ports) -> Seen:
    standing = await select_standing(ports.store)
    health = await ask_health(ports)
    since_ms = standing.oldest_since_ms
    return Seen(
        waiting_jobs=standing.unfinished.get("queued", 0),
        waiting_ms=0 if since_ms is None else max(0, ports.now_ms() - since_ms),
        orchestrator_error=health.error,
        containers=_problems(health.containers),
    )


def _problems(hosts: Iterable[Mapping[str, object]]) -> dict[str, Said | None]:
    """Return what is wrong with each engine; a host of several that is down is named."""
    of: dict[str, list[Mapping[str, object]]] = {}
    for one in hosts:
        if "engine" in one:
            of.setdefault(str(one["engine"]), []).append(one)
    problems: dict[str, Said | None] = {}
    for engine, known in of.items():
        down = next((one for one in known if not one.get("ok")), None)
        why = None if down is None else _why_down(down)
        if down is not None and why is not None and len(known) > 1:
            why = said(
                "down.host", host=str(down.get("host")), error=why.key or why.text, **why.values
            )
        problems[engine] = why
    return problems


def _why_down(container: Mapping[str, object]) -> Said:
    """Return what its health says; an older orchestrator tells no key."""
    text, key = container.get("error"), container.get("messageKey")
    if not text:
        return said("down.container")
    values = container.get("messageValues")
    known = isinstance(key, str) and isinstance(values, dict)
    return Said(str(text), str(key), cast("dict[str, Value]", values)) if known else Said(str(text))


async def _change(
    before: Alert | None, after: Alert | None, finding: Condition, ports: Ports
) -> bool:
    """Store the new state of an alert; return whether it has to be announced."""
    now_ms = ports.now_ms()
    turned = after is not None and (before is None or before.state is not after.state)
    announced = (
        after if turned and after is not None and after.state is not AlertState.PENDING else None
    )
    message = None if announced is None else _message(announced, now_ms)
    try:
        changed = await ports.store.batch(change_alert(before, after, message, now_ms))
    except Conflict:
        return False  # Another run of the cron was faster.
    if announced is None or not any(changed):
        return False
    over = announced.state is AlertState.RESOLVED
    ports.log(
        {
            "event": "alert_resolved" if over else "alert_opened",
            "alertId": announced.alert_id,
            "kind": announced.kind,
            "engine": announced.subject or None,
            "details": dict(finding.details),
        }
    )
    return True


def _message(alert: Alert, now_ms: int) -> WebhookMessage:
    """Return the webhook message; its id is the same however often it is made."""
    kind = event_type(alert)
    seed = sha256(f"{alert.alert_id}.{alert.state}".encode()).digest()[:10]
    return WebhookMessage(
        message_id=new_id("msg", now_ms, seed),
        type=kind,
        body=message_body(kind, now_ms, alert_document(alert)),
    )


def alert_document(alert: Alert) -> dict[str, object]:
    """Return what the API and webhooks show of an alert."""
    return {
        "alertId": alert.alert_id,
        "kind": alert.kind,
        "engine": alert.subject or None,
        "details": dict(alert.details),
        "since": alert.since_ms,
        "openedAt": alert.opened_ms,
        "resolvedAt": alert.resolved_ms,
    }
