"""Conditions that operators are notified of, once when they begin and once when they are over.

Pure. Each check of the sweeper finds every condition bad, good or unknown. A condition has to be
bad at several checks in a row before its alert opens, and good at `CLEAR_CHECKS` in a row before it
is resolved; a limit is half as high while its alert is open. So one lasting condition is one alert,
also where it wavers. What is not known changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from media_jobs.said import Said
from media_jobs.webhooks import RESOLVED

__all__ = [
    "CLEAR_CHECKS",
    "Alert",
    "AlertKind",
    "AlertState",
    "Condition",
    "Seen",
    "Thresholds",
    "dead_letters_finding",
    "event_type",
    "findings",
    "judge",
]

CLEAR_CHECKS = 2


class AlertKind(StrEnum):
    """What an alert is about; a webhook asks for it as `alert.<kind>`."""

    JOBS_PILING_UP = "jobs_piling_up"
    DEAD_LETTERS = "dead_letters"
    CONTAINER_DOWN = "container_down"
    ORCHESTRATOR_DOWN = "orchestrator_down"


class AlertState(StrEnum):
    """Pending: found bad, not often enough yet."""

    PENDING = "pending"
    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The threshold of each condition; 0 disables it. *down_checks*: 1 or more, in a row."""

    waiting_jobs: int = 100
    waiting_s: int = 3600
    dead_letters: int = 1
    down_checks: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a check saw. *waiting_ms*: how long the longest-waiting job has waited.

    *containers*: why each engine's container is down, None where it is not; empty while the
    orchestrator, which asks them, is itself down (*orchestrator_error*).
    """

    waiting_jobs: int = 0
    waiting_ms: int = 0
    orchestrator_error: Said | None = None
    containers: Mapping[str, Said | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition at one check; *subject* is the engine it is about, or empty."""

    kind: AlertKind
    subject: str = ""
    bad: bool
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A condition that was found bad since *since_ms* (Unix time).

    *checks*: how many checks in a row support its next state.
    """

    alert_id: str
    kind: AlertKind
    subject: str
    state: AlertState
    checks: int
    details: Mapping[str, object]
    since_ms: int
    opened_ms: int | None = None
    resolved_ms: int | None = None


def event_type(alert: Alert) -> str:
    """Return the type of the webhook event for *alert*'s beginning or, if resolved, for its end."""
    over = RESOLVED if alert.state is AlertState.RESOLVED else ""
    return f"alert.{alert.kind}{over}"


def findings(
    seen: Seen, limits: Thresholds, open_kinds: frozenset[AlertKind]
) -> Iterator[Condition]:
    """Yield what is known of the jobs and the parts; *open_kinds* are those of open alerts."""
    ease = 2 if AlertKind.JOBS_PILING_UP in open_kinds else 1
    yield Condition(
        kind=AlertKind.JOBS_PILING_UP,
        bad=_reaches(seen.waiting_jobs * ease, limits.waiting_jobs)
        or _reaches(seen.waiting_ms * ease, limits.waiting_s * 1000),
        details={"waitingJobs": seen.waiting_jobs, "longestWaitMs": seen.waiting_ms},
    )
    yield Condition(
        kind=AlertKind.ORCHESTRATOR_DOWN,
        bad=seen.orchestrator_error is not None,
        details=_told(seen.orchestrator_error),
    )
    for engine, error in seen.containers.items():
        yield Condition(
            kind=AlertKind.CONTAINER_DOWN,
            subject=engine,
            bad=error is not None,
            details={"engine": engine, **_told(error)},
        )


def _told(error: Said | None) -> dict[str, object]:
    return {"error": None} if error is None else {"error": error.text, **error.keys}


def dead_letters_finding(count: int, limits: Thresholds) -> Condition:
    """Return whether too many events were given up."""
    return Condition(
        kind=AlertKind.DEAD_LETTERS,
        bad=_reaches(count, limits.dead_letters),
        details={"deadLetters": count},
    )


def _reaches(value: int, limit: int) -> bool:
    return 0 < limit <= value


def judge(
    alert: Alert | None, finding: Condition, limits: Thresholds, now_ms: int, alert_id: str
) -> Alert | None:
    """Return the alert after one more check; None: there is none, or no longer one.

    *alert* is the unresolved one of the same kind and subject; *alert_id* is for a new one.
    """
    if alert is None:
        if not finding.bad:
            return None
        alert = Alert(
            alert_id=alert_id,
            kind=finding.kind,
            subject=finding.subject,
            state=AlertState.PENDING,
            checks=0,
            details={},
            since_ms=now_ms,
        )
    if alert.state is AlertState.OPEN:
        return _over(alert, finding, now_ms)
    if not finding.bad:
        return None
    # Waiting and dead letters are counted over time already: what is seen of them holds.
    is_down = finding.kind in (AlertKind.CONTAINER_DOWN, AlertKind.ORCHESTRATOR_DOWN)
    found = replace(alert, checks=alert.checks + 1, details=finding.details)
    if found.checks < (limits.down_checks if is_down else 1):
        return found
    return replace(found, state=AlertState.OPEN, checks=0, opened_ms=now_ms)


def _over(alert: Alert, finding: Condition, now_ms: int) -> Alert:
    """Return an open alert after one more check; its details stay those of its beginning."""
    if finding.bad:
        return replace(alert, checks=0)
    cleared = replace(alert, checks=alert.checks + 1)
    if cleared.checks < CLEAR_CHECKS:
        return cleared
    return replace(cleared, state=AlertState.RESOLVED, resolved_ms=now_ms)
