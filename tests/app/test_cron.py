"""A run of the cron: no step waits for another's luck, and a failure is seen."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.cron import StepsFailed, run_steps
from app.store import EVERYONE, Row, Statement, Store, Value
from tests.app.stage import DOWNLOAD, Stage
from tests.platform.durable import Senders
from tests.platform.loop import run
from tests.platform.network import answering

DAYS_40_MS = 40 * 24 * 3600 * 1000
SWEEPS = ("jobs", "trash", "storage", "artifacts", "subscriptions", "webhooks")
STEPS = ("alerts", *SWEEPS)
QUOTED = "no answer from https://bucket.test/a?X-Amz-Signature=secret"


QUERIES = {
    "alerts": "FROM alerts WHERE state <>",
    "jobs": "FROM jobs WHERE check_ms <=",
    "trash": "FROM media WHERE trashed_ms <=",
    "storage": "FROM inputs WHERE ready = 0",
    "artifacts": "FROM jobs WHERE finished_ms <=",
    "subscriptions": "FROM subscriptions AS s WHERE due_ms <=",
}
"""Of a step, what only its own question says."""


class BrokenDatabase:
    """A database in which the questions of some steps fail."""

    def __init__(self, stage: Stage, broken: tuple[str, ...]) -> None:
        self.database = stage.database
        self.broken = [words for step, words in QUERIES.items() if step in broken]

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        if any(words in sql for words in self.broken):
            raise OSError(QUOTED)
        return await self.database.rows(sql, *params)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        return await self.database.batch(statements)

    async def batch_and_read(
        self, statements: Sequence[Statement], query: Statement
    ) -> tuple[list[int], list[Row]]:
        return await self.database.batch_and_read(statements, query)


class BrokenSenders(Senders):
    """Senders that cannot be called."""

    async def call(self, webhook_id: str) -> None:
        raise OSError(QUOTED)


def _with_work(stage: Stage) -> None:
    """Leave something to be done for each sweep."""
    stage.webhook("job.completed")
    stage.finished_download()
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]
    assert stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5}).status == 201
    thrown = stage.send("POST", "/api/media", {"title": "Thrown away"}).json["mediaId"]
    stage.send("POST", "/api/media/trash", {"mediaIds": [thrown]})
    new = {"url": "https://video.test/@channel", "recipe": "download"}
    look = stage.send("POST", "/api/subscriptions", new).json["lookJobId"]
    stage.tell(stage.event(look, 1, "canceled"))
    stage.now_ms += DAYS_40_MS
    stage.tell(stage.event(stage.job(DOWNLOAD), 1, "completed"))
    stage.job(DOWNLOAD)
    stage.now_ms += 3600_000
    stage.settings = replace(stage.settings, artifact_ttl_s=3600)
    stage.orchestrator.script = answering(200, {"ok": True})
    stage.log.clear()
    stage.senders.woken.clear()


def _done(stage: Stage) -> set[str]:
    """Return the sweeps that have done what there was to do."""
    logged = {entry["event"] for entry in stage.log}
    done = {
        "jobs": "swept" in logged,
        "trash": not stage.database.look(
            "SELECT 1 FROM media WHERE trashed_ms IS NOT NULL AND deleted_ms IS NULL"
        ),
        "storage": not stage.database.look("SELECT 1 FROM inputs WHERE ready = 0"),
        "artifacts": "artifacts_expired" in logged,
        "subscriptions": bool(
            stage.database.look("SELECT 1 FROM subscriptions WHERE last_look_ms IS NOT NULL")
        ),
        "webhooks": bool(stage.senders.woken),
    }
    return {name for name in SWEEPS if done[name]}


def _run(stage: Stage, *broken: str) -> None:
    senders = BrokenSenders() if "webhooks" in broken else stage.senders
    store = Store(BrokenDatabase(stage, broken), EVERYONE)
    run(run_steps(replace(stage.ports, store=store, senders=senders)))


@pytest.mark.parametrize("broken", STEPS)
def test_a_step_that_fails_keeps_no_other_from_its_work(stage: Stage, broken: str) -> None:
    _with_work(stage)

    with pytest.raises(StepsFailed):
        _run(stage, broken)

    assert _done(stage) == set(SWEEPS) - {broken}


def test_each_failure_is_logged_and_the_run_fails_by_their_names(stage: Stage) -> None:
    _with_work(stage)

    with pytest.raises(StepsFailed) as caught:
        _run(stage, *STEPS)

    failures = [entry for entry in stage.log if entry["event"] == "cron_failed"]
    why = "OSError: no answer from https://bucket.test/a?…"
    assert [(entry["step"], entry["why"]) for entry in failures] == [(n, why) for n in STEPS]
    assert caught.value.steps == list(STEPS)
    # What the platform is told quotes nothing.
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None
