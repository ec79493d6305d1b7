"""The SQL: what is stored has its type, and no page of a long table is found by reading it all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from app.ports import Statement, Value
from app.store import Store, end_here, note_handover
from media_jobs.status import Status
from tests.app.fakes import FakeDatabase
from tests.app.stage import Stage


class Watched(FakeDatabase):
    """Keeps the query plan of every statement."""

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[tuple[str, str]] = []

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        self._explain(sql, params)
        return await super().rows(sql, *params)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        for sql, params in statements:
            self._explain(sql, params)
        return await super().batch(statements)

    def _explain(self, sql: str, params: Sequence[Value]) -> None:
        for step in self.sqlite.execute(f"EXPLAIN QUERY PLAN {sql}", params).fetchall():
            self.plans.append((sql, step["detail"]))


READS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "token": lambda store: store.token("x", 1),
    "token of a session": lambda store: store.session_token("x", 1),
    "tokens": lambda store: store.token_page(None, 50),
    "preset": lambda store: store.preset("pre_1"),
    "presets": lambda store: store.preset_page(None, 50),
    "media": lambda store: store.media("med_1"),
    "media page": lambda store: store.media_page("med_1", 50),
    "first media page": lambda store: store.media_page(None, 50),
    "inputs": lambda store: store.inputs("med_1"),
    "input": lambda store: store.input("med_1", "sub_1"),
    "job": lambda store: store.job("job_1"),
    "job page": lambda store: store.job_page("job_1", 50, None, None),
    "job page of a media": lambda store: store.job_page("job_1", 50, "med_1", None),
    "job page of a status": lambda store: store.job_page("job_1", 50, None, "running"),
    "job page of both": lambda store: store.job_page("job_1", 50, "med_1", "running"),
    "jobs to check": lambda store: store.jobs_to_check(1, 50),
    "events": lambda store: store.events("job_1", 0, 50),
    "idempotency": lambda store: store.idempotent_job("x", "key"),
}


@pytest.mark.parametrize("read", READS)
def test_every_read_goes_through_an_index_and_sorts_nothing(read: str) -> None:
    database = Watched()

    asyncio.run(READS[read](Store(database)))  # type: ignore[arg-type]

    assert database.plans
    for _, step in database.plans:
        assert step.startswith(("SEARCH", "SCALAR SUBQUERY")), step
        assert "TEMP B-TREE" not in step
    database.sqlite.close()


def test_usage_reads_no_more_jobs_than_were_submitted_in_its_days() -> None:
    database = Watched()

    asyncio.run(Store(database).usage(1, 2))

    reads = [step for _, step in database.plans if " jobs" in step]
    assert reads == ["SEARCH jobs USING INDEX jobs_by_creation (created_ms>? AND created_ms<?)"]
    database.sqlite.close()


def test_every_write_of_a_jobs_life_finds_its_rows_by_an_index(stage: Stage) -> None:
    watched = Watched()
    stage.database.sqlite.close()
    stage.database = watched
    object.__setattr__(stage.ports, "database", watched)
    stage.store = Store(watched)
    stage.add_token("token-admin", "admin")

    media_id = stage.media_with_inputs()
    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})
    stage.tell(stage.event(job_id, 1, "completed"))
    stage.now_ms += 10**9
    stage.sweep()

    scans = [(sql, step) for sql, step in watched.plans if step.startswith("SCAN")]
    assert {sql.split()[0] for sql, _ in watched.plans} == {"SELECT", "INSERT", "UPDATE"}
    assert [step for _, step in scans if step != "SCAN CONSTANT ROW"] == []


def test_whole_numbers_are_stored_as_integers_though_they_are_bound_as_reals(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, "running", progress=1.0))

    kinds = stage.database.look(
        "SELECT typeof(generation) g, typeof(event_seq) s, typeof(updated_ms) u,"
        " typeof(progress) p, typeof(accepted) a, typeof(check_ms) c FROM jobs"
    )

    assert kinds == [
        {
            "g": "integer",
            "s": "integer",
            "u": "integer",
            "p": "real",
            "a": "integer",
            "c": "integer",
        }
    ]


def test_every_table_is_strict(stage: Stage) -> None:
    tables = stage.database.look("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")

    named = {row["name"]: row["strict"] for row in tables if not row["name"].startswith("sqlite_")}
    assert named == dict.fromkeys(
        [
            "tokens",
            "sessions",
            "presets",
            "media",
            "inputs",
            "jobs",
            "job_events",
            "idempotency",
        ],
        1,
    )


def _job(stage: Stage, job_id: str) -> Any:
    return asyncio.run(stage.store.job(job_id))


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_a_note_about_a_handover_does_not_touch_an_ended_job(stage: Stage, status: str) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, status))
    before = stage.row(job_id)

    changed = asyncio.run(stage.database.batch([note_handover(job_id, "late", 1)]))

    assert changed == [0]
    assert stage.row(job_id) == before


def test_a_job_is_ended_here_only_as_it_was_read(stage: Stage) -> None:
    job_id = stage.job()
    job = _job(stage, job_id)
    stage.tell(stage.event(job_id, 1, "running"))

    stale = asyncio.run(stage.database.batch([end_here(job, Status.CANCELED, None, 5)]))
    fresh = asyncio.run(
        stage.database.batch([end_here(_job(stage, job_id), Status.CANCELED, None, 5)])
    )

    assert (stale, fresh) == ([0], [1])
    assert stage.row(job_id)["status"] == "canceled"


def test_that_the_orchestrator_has_a_job_is_never_unlearned(stage: Stage) -> None:
    job_id = stage.job()

    asyncio.run(stage.database.batch([note_handover(job_id, "HTTP 500", 1)]))

    job = _job(stage, job_id)
    assert (job.accepted, job.handover_error) == (True, "HTTP 500")
