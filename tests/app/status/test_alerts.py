"""Alerts: raised by the sweeper, told to webhooks once, and told again when they are over."""

import asyncio
import json
from typing import Any

import pytest

from app.status.alerts import watch_dead_letters, watch_parts
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from tests.app.stage import Stage
from tests.app.webhooks.test_webhooks import FakeCourier, always, send_due
from tests.platform.loop import run
from tests.platform.network import PeerCall

FIVE_MINUTES_MS, DAY_MS = 300_000, 24 * 3600 * 1000
UP = {"engine": "burner-ffmpeg", "ok": True, "error": None}
KEYS = {"messageKey": "upstream_failed", "messageValues": {"part": "burner.test", "why": "late"}}
DOWN = {"engine": "burner-ffmpeg", "ok": False, "error": "burner.test did not answer", **KEYS}


class System:
    """The parts that the app asks: *container* is the burner's health, None: all is silent."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.container: dict[str, object] | None = UP
        self.others: list[dict[str, object]] = []
        stage.orchestrator.script = self._answer

    def _answer(self, call: PeerCall) -> PeerAnswer:
        if self.container is None:
            raise UpstreamError("upstream_failed", part="orch.test", why="not within 20000 ms")
        document = {"ok": True, "version": "1", "containers": [self.container, *self.others]}
        return PeerAnswer(status=200, text=json.dumps(document))

    def check(self, times: int = 1, dead_letters: int = 0) -> None:
        """Let so many runs of the cron pass."""
        for _ in range(times):
            self.stage.now_ms += FIVE_MINUTES_MS
            run(self._look(dead_letters))

    async def _look(self, dead_letters: int) -> None:
        await watch_parts(self.stage.ports)
        await watch_dead_letters(dead_letters, self.stage.ports)


@pytest.fixture
def system(stage: Stage) -> System:
    return System(stage)


def told(stage: Stage) -> list[tuple[str, dict[str, Any]]]:
    """Return type and data of every message that waits to be sent, in order."""
    rows = stage.database.look(
        "SELECT m.type, m.body FROM webhook_deliveries AS d"
        " JOIN webhook_messages AS m USING (message_id) ORDER BY d.delivery_id"
    )
    return [(row["type"], json.loads(row["body"])["data"]) for row in rows]


def shown(stage: Stage) -> list[dict[str, Any]]:
    alerts: list[dict[str, Any]] = stage.send("GET", "/api/status").json["alerts"]
    return alerts


def test_a_container_that_stays_down_is_told_once_and_its_return_once(
    stage: Stage, system: System
) -> None:
    stage.webhook("alert.container_down")
    system.check(3)
    assert told(stage) == []

    system.container = DOWN
    system.check(10)
    opened_ms = stage.now_ms - 8 * FIVE_MINUTES_MS
    system.container = UP
    system.check(10)

    (opened, over) = told(stage)
    assert opened == (
        "alert.container_down",
        {
            "alertId": opened[1]["alertId"],
            "kind": "container_down",
            "engine": "burner-ffmpeg",
            "details": {
                "engine": "burner-ffmpeg",
                "error": "burner.test did not answer",
                **KEYS,
            },
            "since": opened_ms - FIVE_MINUTES_MS,
            "openedAt": opened_ms,
            "resolvedAt": None,
        },
    )
    resolved_ms = stage.now_ms - 8 * FIVE_MINUTES_MS
    assert over == (
        "alert.container_down.resolved",
        {**opened[1], "resolvedAt": resolved_ms},
    )
    assert shown(stage) == [over[1]]
    assert [line["event"] for line in stage.log if "alertId" in line] == [
        "alert_opened",
        "alert_resolved",
    ]


def test_of_several_hosts_the_one_that_is_down_is_named(stage: Stage, system: System) -> None:
    stage.webhook("alert.*")
    system.container = {**UP, "host": "burner-1.test"}
    system.others = [{**DOWN, "host": "burner-2.test"}]

    system.check(3)

    ((kind, data),) = told(stage)
    assert kind == "alert.container_down"
    assert data["details"]["error"] == "burner-2.test: burner.test did not answer: late"


def test_a_second_outage_is_a_second_alert(stage: Stage, system: System) -> None:
    stage.webhook("alert.*")
    for container in (DOWN, UP, DOWN):
        system.container = container
        system.check(2)

    assert [kind for kind, _ in told(stage)] == [
        "alert.container_down",
        "alert.container_down.resolved",
        "alert.container_down",
    ]
    first, _, second = (data["alertId"] for _, data in told(stage))
    assert first != second
    assert [alert["resolvedAt"] is None for alert in shown(stage)] == [True, False]


def test_an_orchestrator_that_is_silent_is_an_alert_and_says_nothing_of_containers(
    stage: Stage, system: System
) -> None:
    stage.webhook("alert.*")
    system.container = DOWN
    system.check(2)

    system.container = None
    system.check(5)

    assert [kind for kind, _ in told(stage)] == ["alert.container_down", "alert.orchestrator_down"]
    assert {alert["kind"] for alert in shown(stage) if alert["resolvedAt"] is None} == {
        "container_down",
        "orchestrator_down",
    }


def test_jobs_that_wait_for_an_hour_pile_up_until_they_begin(stage: Stage, system: System) -> None:
    stage.webhook("alert.jobs_piling_up")
    job_id = stage.job()
    system.check(11)
    assert told(stage) == []

    system.check(5)

    ((kind, data),) = told(stage)
    assert (kind, data["details"]) == (
        "alert.jobs_piling_up",
        {"waitingJobs": 1, "longestWaitMs": 12 * FIVE_MINUTES_MS},
    )
    stage.tell(stage.event(job_id, 1, "running"))
    system.check(2)
    assert [kind for kind, _ in told(stage)][1:] == ["alert.jobs_piling_up.resolved"]


def test_dead_letters_are_told_though_they_are_delivered_before_the_next_look(
    stage: Stage, system: System
) -> None:
    stage.webhook("alert.dead_letters")

    system.check(1, dead_letters=3)
    system.check(2)

    assert [(kind, data["details"]) for kind, data in told(stage)] == [
        ("alert.dead_letters", {"deadLetters": 3}),
        ("alert.dead_letters.resolved", {"deadLetters": 3}),
    ]


def test_dead_letters_that_stay_are_one_alert(stage: Stage, system: System) -> None:
    stage.webhook("alert.*")
    job_id = stage.job()
    stage.database.look("UPDATE jobs SET dead_letters = 2 WHERE job_id = ? RETURNING 1", job_id)

    system.check(8)

    assert [kind for kind, _ in told(stage)] == ["alert.dead_letters"]
    jobs = stage.send("GET", "/api/status").json["jobs"]
    assert jobs["deadLetters"] == {"jobs": 1, "events": 2}


def test_two_runs_of_the_cron_at_once_tell_of_an_alert_once(stage: Stage, system: System) -> None:
    stage.webhook("alert.*")

    async def both() -> None:
        await asyncio.gather(*(watch_dead_letters(1, stage.ports) for _ in range(5)))

    run(both())
    system.check(1)
    stage.now_ms += FIVE_MINUTES_MS

    async def both_good() -> None:
        await asyncio.gather(*(watch_dead_letters(0, stage.ports) for _ in range(5)))

    run(both_good())

    assert [kind for kind, _ in told(stage)] == [
        "alert.dead_letters",
        "alert.dead_letters.resolved",
    ]
    assert len(shown(stage)) == 1


def test_an_endpoint_gets_an_alert_only_if_it_asked_for_it(stage: Stage, system: System) -> None:
    wants = stage.webhook("alert.dead_letters")
    other = stage.webhook("job.failed", "alert.container_down")
    system.check(1, dead_letters=1)
    courier = FakeCourier(always(200))

    send_due(stage, wants["webhookId"], courier)
    send_due(stage, other["webhookId"], courier)

    ((_, body, _),) = courier.posts
    assert json.loads(body)["type"] == "alert.dead_letters"
    assert stage.senders.woken == [wants["webhookId"]]


def test_alerts_that_are_over_are_forgotten_after_ninety_days(stage: Stage, system: System) -> None:
    system.check(1, dead_letters=1)
    system.check(2)
    stage.now_ms += 90 * DAY_MS - 2 * FIVE_MINUTES_MS
    system.check(1)
    assert len(shown(stage)) == 1

    stage.now_ms += DAY_MS
    system.check(1)

    assert shown(stage) == []


def test_a_kind_of_newer_code_is_left_alone(stage: Stage, system: System) -> None:
    stage.database.look(
        "INSERT INTO alerts (alert_id, kind, subject, state, checks, details, since_ms, opened_ms)"
        " VALUES ('alt_new', 'disk_full', '', 'open', 0, '{}', 1, 1) RETURNING 1"
    )

    system.check(3)

    assert shown(stage) == []
    assert stage.database.look("SELECT state FROM alerts") == [{"state": "open"}]


def test_the_status_counts_unfinished_jobs_and_names_the_one_that_waits_longest(
    stage: Stage, system: System
) -> None:
    first = stage.job()
    stage.now_ms += 1000
    second, ended = stage.job(), stage.job()
    stage.tell(stage.event(second, 1, "running"))
    stage.tell(stage.event(ended, 1, "failed"))

    status = stage.send("GET", "/api/status", token="token-read").json

    assert status == {
        "jobs": {
            "unfinished": {"queued": 1, "running": 1},
            "oldestWaiting": {"jobId": first, "since": stage.now_ms - 1000},
            "deadLetters": {"jobs": 0, "events": 0},
        },
        "alerts": [],
        "checkedAt": stage.now_ms,
    }
