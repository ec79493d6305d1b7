"""When an alert opens and when it is over: one alert for one lasting condition."""

from collections.abc import Iterable

import pytest

from media_jobs.alerts import (
    Alert,
    AlertKind,
    AlertState,
    Condition,
    Seen,
    Thresholds,
    dead_letters_finding,
    event_type,
    findings,
    judge,
)
from media_jobs.said import Said, said
from media_jobs.webhooks import EVENT_TYPES, filters_of

LIMITS = Thresholds(waiting_jobs=100, waiting_s=3600, dead_letters=1, down_checks=2)
NONE_OPEN: frozenset[AlertKind] = frozenset()
HOUR_MS = 3_600_000


def states(found: Iterable[bool], kind: AlertKind, limits: Thresholds = LIMITS) -> list[str]:
    """Return the alert's state after each check, `-` where there is none."""
    alert: Alert | None = None
    seen = []
    for number, bad in enumerate(found):
        if alert is not None and alert.state is AlertState.RESOLVED:
            alert = None  # Only an unresolved one is looked at again.
        finding = Condition(kind=kind, bad=bad)
        alert = judge(alert, finding, limits, number * 1000, f"alt_{number}")
        seen.append("-" if alert is None else alert.state.value)
    return seen


@pytest.mark.parametrize(
    ("kind", "found", "seen"),
    [
        (AlertKind.CONTAINER_DOWN, "xxx..", "pending open open open resolved"),
        # One check that failed is no alert, and one that did not fail is no end.
        (AlertKind.CONTAINER_DOWN, "x.x.", "pending - pending -"),
        (AlertKind.ORCHESTRATOR_DOWN, "xx.x.xx.", "pending open open open open open open open"),
        # Dead letters are told at once.
        (AlertKind.DEAD_LETTERS, "x..", "open open resolved"),
    ],
)
def test_a_condition_that_wavers_is_one_alert(kind: AlertKind, found: str, seen: str) -> None:
    assert states([check == "x" for check in found], kind) == seen.split()


def test_how_many_checks_it_takes_is_a_setting() -> None:
    patient = Thresholds(down_checks=4)

    assert states([True] * 5, AlertKind.CONTAINER_DOWN, patient) == ["pending"] * 3 + ["open"] * 2


def test_an_alert_keeps_when_it_began_and_what_was_seen_then() -> None:
    bad = Condition(
        kind=AlertKind.CONTAINER_DOWN, subject="e", bad=True, details={"error": "first"}
    )
    later = Condition(
        kind=AlertKind.CONTAINER_DOWN, subject="e", bad=True, details={"error": "2nd"}
    )

    pending = judge(None, bad, LIMITS, 1000, "alt_1")
    opened = judge(pending, later, LIMITS, 2000, "alt_2")
    kept = judge(opened, bad, LIMITS, 3000, "alt_3")

    assert kept is not None
    assert (kept.alert_id, kept.since_ms, kept.opened_ms, kept.details) == (
        "alt_1",
        1000,
        2000,
        {"error": "2nd"},
    )
    assert event_type(kept) == "alert.container_down"


def bad_ones(seen: Seen, open_kinds: frozenset[AlertKind] = NONE_OPEN) -> list[tuple[str, str]]:
    return [(f.kind, f.subject) for f in findings(seen, LIMITS, open_kinds) if f.bad]


@pytest.mark.parametrize(
    ("seen", "bad"),
    [
        (Seen(containers={"burner-ffmpeg": None}), []),
        (Seen(waiting_jobs=100), [("jobs_piling_up", "")]),
        (Seen(waiting_jobs=99, waiting_ms=HOUR_MS - 1), []),
        (Seen(waiting_jobs=1, waiting_ms=HOUR_MS), [("jobs_piling_up", "")]),
        (Seen(orchestrator_error=said("down.status", status=500)), [("orchestrator_down", "")]),
        (Seen(containers={"a": None, "b": Said("its disk is full")}), [("container_down", "b")]),
    ],
)
def test_what_is_bad(seen: Seen, bad: list[tuple[str, str]]) -> None:
    assert bad_ones(seen) == bad


def test_what_is_down_is_told_with_what_its_sentence_is_made_of() -> None:
    seen = Seen(orchestrator_error=said("down.status", status=500), containers={"a": Said("Full.")})
    told = {one.kind: one.details for one in findings(seen, LIMITS, NONE_OPEN)}

    assert told[AlertKind.ORCHESTRATOR_DOWN] == {
        "error": "HTTP 500",
        "messageKey": "down.status",
        "messageValues": {"status": 500},
    }
    # What a container says itself is in its own words.
    assert told[AlertKind.CONTAINER_DOWN] == {"engine": "a", "error": "Full."}


def test_one_event_that_was_given_up_is_bad() -> None:
    assert [dead_letters_finding(count, LIMITS).bad for count in (0, 1, 7)] == [False, True, True]


def test_while_jobs_pile_up_the_limit_is_half_as_high() -> None:
    open_kinds = frozenset({AlertKind.JOBS_PILING_UP})

    assert bad_ones(Seen(waiting_jobs=50), open_kinds) == [("jobs_piling_up", "")]
    assert bad_ones(Seen(waiting_ms=HOUR_MS // 2), open_kinds) == [("jobs_piling_up", "")]
    assert bad_ones(Seen(waiting_jobs=49, waiting_ms=HOUR_MS // 2 - 1), open_kinds) == []


def test_a_limit_of_zero_is_none() -> None:
    off = Thresholds(waiting_jobs=0, waiting_s=0, dead_letters=0)

    seen = Seen(waiting_jobs=10_000, waiting_ms=10**9)

    assert [f for f in findings(seen, off, NONE_OPEN) if f.bad] == []
    assert not dead_letters_finding(10_000, off).bad


def test_of_containers_that_nobody_can_ask_nothing_is_found() -> None:
    seen = Seen(orchestrator_error=said("down.status", status=500))

    assert AlertKind.CONTAINER_DOWN not in {f.kind for f in findings(seen, LIMITS, NONE_OPEN)}


@pytest.mark.parametrize("kind", AlertKind)
def test_an_endpoint_may_ask_for_each_alert_and_is_told_of_its_end(kind: AlertKind) -> None:
    assert f"alert.{kind}" in EVENT_TYPES
    assert filters_of(f"alert.{kind}.resolved") == (f"alert.{kind}", "alert.*")
