"""Recipes and runs: reads, and writes as statements for a batch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.jobs.store import STARTED
from app.store import Row, Statement, Store, Value
from media_jobs.status import JobStatus, job_status


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRow:
    """A workspace's own recipe; *document*: a `media_jobs.recipes.document.Recipe` as JSON."""

    recipe_id: str
    name: str
    document: str
    created_ms: int
    updated_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run of a recipe, by its name then."""

    run_id: str
    media_id: str
    recipe: str
    parameters: dict[str, Any]  # Any: shown as it is.
    created_ms: int
    media_title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step of a run: a job, or a review (`review_id`), with what the page shows of it."""

    run_id: str
    step: str
    job_id: str | None = None
    engine: str | None = None
    status: JobStatus | None = None
    phase: str | None = None
    progress: float = 0.0
    attempt: int = 0
    generation: int = 1
    event_seq: int = 0
    error: dict[str, Any] | None = None  # Any: shown as it is.
    cost: dict[str, Any] | None = None  # Any: shown as it is.
    started_ms: int | None = None
    finished_ms: int | None = None
    review_id: str | None = None
    state: str | None = None
    requested_ms: int | None = None
    decided_ms: int | None = None


_RECIPE = ", ".join(RecipeRow.__slots__)
_RUN = (
    "run_id, media_id, recipe, parameters, created_ms,"
    " (SELECT m.title FROM media AS m WHERE m.media_id = runs.media_id) AS media_title"
)
_STEP = (
    "s.run_id, s.step, s.job_id, j.engine, j.status, j.phase,"
    " coalesce(j.progress, 0.0) AS progress, coalesce(j.attempt, 0) AS attempt,"
    " coalesce(j.generation, 1) AS generation,"
    " coalesce(j.event_seq, 0) AS event_seq, j.error, j.cost,"
    f" {STARTED.format(job='j')} AS started_ms, j.finished_ms,"
    " s.review_id, r.state, r.requested_ms, r.decided_ms"
)


async def select_recipes(store: Store, limit: int) -> list[RecipeRow]:
    """Return the recipes of the store's own workspace, by name."""
    rows = await store.rows(
        f"SELECT {_RECIPE} FROM recipes WHERE owner_id = ? ORDER BY name LIMIT ?",
        store.home,
        limit,
    )
    return [RecipeRow(**row) for row in rows]


async def select_recipe(store: Store, name: str) -> RecipeRow | None:
    """Return a recipe of the store's own workspace."""
    sql = f"SELECT {_RECIPE} FROM recipes WHERE owner_id = ? AND name = ?"
    return await store.one(lambda row: RecipeRow(**row), sql, store.home, name)


async def select_run(store: Store, run_id: str) -> RunRow | None:
    """Return one run."""
    sql = f"SELECT {_RUN} FROM runs WHERE run_id = ?{store.and_owned()}"
    return await store.one(_run, sql, run_id, *store.owned)


async def select_runs(
    store: Store, media_id: str | None, before: str | None, limit: int
) -> list[RunRow]:
    """Return runs, of one media or of all, newest first, after the cursor *before*."""
    of_media = "" if media_id is None else " AND media_id = ?"
    # A media's runs are few, whoever they belong to.
    owned = store.and_owned("owner_id" if media_id is None else "+owner_id")
    rows = await store.rows(
        f"SELECT {_RUN} FROM runs WHERE run_id < ?{of_media}{owned} ORDER BY run_id DESC LIMIT ?",
        before or "~",
        *(() if media_id is None else (media_id,)),
        *store.owned,
        limit,
    )
    return [_run(row) for row in rows]


async def select_steps(store: Store, run_ids: Sequence[str]) -> list[StepRow]:
    """Return the steps of runs, in their order."""
    rows = await store.rows(
        f"SELECT {_STEP} FROM json_each(?) AS m CROSS JOIN run_steps AS s ON s.run_id = m.value"
        " LEFT JOIN jobs AS j ON j.job_id = s.job_id"
        " LEFT JOIN reviews AS r ON r.review_id = s.review_id",
        json.dumps(list(run_ids)),
    )
    return [_step(row) for row in rows]


async def select_newest_edit(store: Store, media_id: str, input_id: str) -> str:
    """Return the newest version that is one edited or restored; itself where nobody did."""
    rows = await store.rows(
        "WITH RECURSIVE line (id, object_key) AS ("
        "SELECT input_id, object_key FROM inputs WHERE input_id = ?"
        " UNION SELECT i.input_id, i.object_key FROM inputs AS i JOIN line"
        " WHERE i.media_id = ? AND i.ready = 1"
        " AND ((i.parent_id = line.id AND i.origin = 'edit') OR i.object_key = line.object_key))"
        " SELECT i.input_id FROM line JOIN inputs AS i ON i.input_id = line.id"
        " ORDER BY i.created_ms DESC, i.input_id DESC LIMIT 1",
        input_id,
        media_id,
    )
    return str(rows[0]["input_id"]) if rows else input_id


def save_recipe(store: Store, row: RecipeRow, count_max: int) -> Statement:
    """Add a recipe of the store's own workspace, or replace the one of this name.

    Changes nothing where it has *count_max* others already.
    """
    return (
        "INSERT INTO recipes (recipe_id, owner_id, name, document, created_ms, updated_ms)"
        " SELECT ?, ?, ?, ?, ?, ? WHERE"
        " (SELECT count(*) FROM recipes WHERE owner_id = ? AND name <> ?) < ?"
        " ON CONFLICT (owner_id, name) DO UPDATE"
        " SET document = excluded.document, updated_ms = excluded.updated_ms",
        (
            *(row.recipe_id, store.home, row.name, row.document, row.created_ms, row.updated_ms),
            *(store.home, row.name, count_max),
        ),
    )


def delete_recipe(store: Store, name: str) -> Statement:
    """Remove a recipe; its runs stay."""
    return ("DELETE FROM recipes WHERE owner_id = ? AND name = ?", (store.home, name))


def insert_run(run: RunRow, request_id: str, guard: tuple[str, tuple[Value, ...]]) -> Statement:
    """Add a run, of its media's owner, where *guard* is true."""
    condition, params = guard
    return (
        "INSERT INTO runs (run_id, owner_id, media_id, recipe, parameters, request_id, created_ms)"
        " SELECT ?, owner_id, media_id, ?, ?, ?, ? FROM media"
        f" WHERE media_id = ? AND deleted_ms IS NULL AND {condition}",
        (
            *(run.run_id, run.recipe, json.dumps(run.parameters), request_id or None),
            *(run.created_ms, run.media_id, *params),
        ),
    )


def run_exists(run_id: str) -> tuple[str, tuple[Value, ...]]:
    """Return the condition that a run was added."""
    return "EXISTS (SELECT 1 FROM runs WHERE run_id = ?)", (run_id,)


def insert_step(
    run_id: str, position: int, step: str, job_id: str | None, review_id: str | None
) -> Statement:
    """Add a step, if its run was added."""
    condition, params = run_exists(run_id)
    return (
        "INSERT INTO run_steps (run_id, position, step, job_id, review_id)"
        f" SELECT ?, ?, ?, ?, ? WHERE {condition}",
        (run_id, position, step, job_id, review_id, *params),
    )


def insert_idempotent_run(token_hash: str, key: str, body_hash: str, run: RunRow) -> Statement:
    """Remember which run a key created; a second insert of the key fails the whole batch."""
    condition, params = run_exists(run.run_id)
    return (
        "INSERT INTO idempotency (token_hash, idempotency_key, body_hash, job_id, created_ms)"
        f" SELECT ?, ?, ?, ?, ? WHERE {condition}",
        (token_hash, key, body_hash, run.run_id, run.created_ms, *params),
    )


def _run(row: Row) -> RunRow:
    return RunRow(**{**row, "parameters": from_json(row["parameters"])})


def _step(row: Row) -> StepRow:
    return StepRow(
        **{
            **row,
            "status": job_status(row["status"]) if row["status"] else None,
            "error": from_json(row["error"]) if row["error"] else None,
            "cost": from_json(row["cost"]) if row["cost"] else None,
        }
    )
