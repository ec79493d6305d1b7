"""Routes of recipes, their runs and reviews."""

from app.ports import Ports
from app.recipes.recipes import (
    find_recipe,
    list_recipes,
    put_recipe,
    recipe_document,
    remove_recipe,
)
from app.recipes.reviews import Decision, decide, review_document
from app.recipes.runs import cancel_run, find_run, retry_run, status_of
from app.recipes.starting import NewRun, RunToCheck, check_run, start_run
from app.recipes.store import RunRow, StepRow, select_runs, select_steps
from app.web.call import IDEMPOTENCY_KEY, Call
from app.web.caller import Access
from app.web.query import Paging, page, paged
from media_jobs.errors import NotFound
from media_jobs.http import Reply, json_reply
from media_jobs.ids import Id
from media_jobs.recipes.document import Recipe
from media_jobs.routing import Route


class RunsQuery(Paging):
    """Which runs to list."""

    media_id: Id | None = None


async def get_recipes(call: Call) -> Reply:
    """List the recipes: the built-in ones, then the workspace's own by name."""
    return page(await list_recipes(call.ports), None)


async def get_recipe(call: Call, name: str) -> Reply:
    """Show one recipe."""
    return json_reply(recipe_document(name, *await find_recipe(name, call.ports)))


async def put_own_recipe(call: Call, name: str, body: Recipe) -> Reply:
    """Keep a recipe of the workspace's own under a name; its runs are not changed."""
    return json_reply(await put_recipe(name, body, call.ports))


async def delete_own_recipe(call: Call, name: str) -> Reply:
    """Remove a recipe of the workspace's own; its runs stay."""
    await remove_recipe(name, call.ports)
    return Reply(status=204)


async def post_run(call: Call, name: str, body: NewRun) -> Reply:
    """Run a recipe on a `url` or a media: 201, or 200 for a repeated `Idempotency-Key`.

    All of its jobs are stored at once; each begins when what it takes is there.
    """
    run, new = await start_run(name, body, call.once(), call.caller, call.ports)
    document = await _shown(run, call.ports)
    return json_reply(document, 201 if new else 200, {"location": f"/api/runs/{run.run_id}"})


async def post_run_check(call: Call, name: str, body: RunToCheck) -> Reply:
    """Check a run without starting it: the same refusals, and nothing is stored.

    Without a `url` and a media, it is of a file that is still to be uploaded.
    """
    return json_reply(await check_run(name, body, call.caller, call.ports))


async def list_runs(call: Call, query: RunsQuery) -> Reply:
    """List runs, newest first, without the tracks of their reviews."""
    rows = await select_runs(call.ports.store, query.media_id, query.cursor, query.limit + 1)
    steps: dict[str, list[StepRow]] = {row.run_id: [] for row in rows}
    for step in await select_steps(call.ports.store, list(steps)):
        steps[step.run_id].append(step)
    return paged(
        rows, query.limit, lambda row: _document(row, steps[row.run_id]), lambda row: row.run_id
    )


async def get_run(call: Call, run_id: str) -> Reply:
    """Show one run with its steps."""
    return json_reply(await _shown(await find_run(run_id, call.ports), call.ports))


async def post_run_cancel(call: Call, run_id: str) -> Reply:
    """Cancel what of a run has not ended."""
    return json_reply(await _shown(await cancel_run(run_id, call.ports), call.ports))


async def post_run_retry(call: Call, run_id: str) -> Reply:
    """Begin again what of a run has failed or was canceled; 409 `run_not_failed` otherwise."""
    return json_reply(await _shown(await retry_run(run_id, call.caller, call.ports), call.ports))


async def post_review(call: Call, run_id: str, review_id: str, body: Decision) -> Reply:
    """Approve or reject what a run asks a person to look at.

    The jobs that wait for it take the newest edit of each track, or the version that is named.
    """
    run = await find_run(run_id, call.ports)
    steps = await select_steps(call.ports.store, [run_id])
    review = next((step for step in steps if step.review_id == review_id), None)
    if review is None:
        raise NotFound("not_found.review", review=review_id)
    await decide(review, steps, run.media_id, body, call.ports)
    return json_reply(await _shown(run, call.ports))


async def _shown(run: RunRow, ports: Ports) -> dict[str, object]:
    """Return what the API shows of a run, with the tracks of its reviews."""
    steps = await select_steps(ports.store, [run.run_id])
    tracks = {
        step.review_id: await review_document(step, steps, run.media_id, ports)
        for step in steps
        if step.review_id is not None
    }
    return _document(run, steps, tracks)


def _document(
    run: RunRow,
    steps: list[StepRow],
    tracks: dict[str, list[dict[str, object]]] | None = None,
) -> dict[str, object]:
    status = status_of(steps)
    ended = status in ("completed", "failed", "canceled")
    times = [time for step in steps for time in (step.finished_ms, step.decided_ms) if time]
    return {
        "runId": run.run_id,
        "recipe": run.recipe,
        "mediaId": run.media_id,
        "mediaTitle": run.media_title,
        "parameters": run.parameters,
        "status": status,
        "createdAt": run.created_ms,
        "finishedAt": max(times, default=None) if ended else None,
        "steps": [
            _job_step(step) if step.job_id is not None else _review_step(step, tracks)
            for step in steps
        ],
    }


def _job_step(step: StepRow) -> dict[str, object]:
    has_times = step.started_ms is not None and step.finished_ms is not None
    return {
        "step": step.step,
        "kind": "job",
        "jobId": step.job_id,
        "engine": step.engine,
        "status": step.status,
        "phase": step.phase,
        "progress": step.progress,
        "attempt": step.attempt,
        "generation": step.generation,
        "eventSeq": step.event_seq,
        "error": step.error,
        "cost": step.cost,
        "startedAt": step.started_ms,
        "finishedAt": step.finished_ms,
        "tookMs": (step.finished_ms or 0) - (step.started_ms or 0) if has_times else None,
    }


def _review_step(
    step: StepRow, tracks: dict[str, list[dict[str, object]]] | None
) -> dict[str, object]:
    return {
        "step": step.step,
        "kind": "review",
        "reviewId": step.review_id,
        "state": step.state,
        "requestedAt": step.requested_ms,
        "decidedAt": step.decided_ms,
        "tracks": None if tracks is None else tracks.get(step.review_id or "", []),
    }


_RECIPE = "/api/recipes/{name}"
_RUN = "/api/runs/{run_id}"
ROUTES: tuple[Route[Access], ...] = (
    Route("GET", "/api/recipes", Access.READ, get_recipes, answers={200: "Page[ShownRecipe]"}),
    Route("GET", _RECIPE, Access.READ, get_recipe, answers={200: "ShownRecipe"}),
    Route("PUT", _RECIPE, Access.SUBMIT, put_own_recipe, answers={200: "ShownRecipe"}),
    Route("DELETE", _RECIPE, Access.SUBMIT, delete_own_recipe, answers={204: None}),
    Route(
        "POST",
        f"{_RECIPE}/runs",
        Access.SUBMIT,
        post_run,
        headers=IDEMPOTENCY_KEY,
        answers={201: "Run", 200: "Run"},
    ),
    Route("POST", f"{_RECIPE}/check", Access.SUBMIT, post_run_check, answers={200: "RunCheck"}),
    Route("GET", "/api/runs", Access.READ, list_runs, answers={200: "Page[Run]"}),
    Route("GET", _RUN, Access.READ, get_run, answers={200: "Run"}),
    Route("POST", f"{_RUN}/cancel", Access.SUBMIT, post_run_cancel, answers={200: "Run"}),
    Route("POST", f"{_RUN}/retry", Access.SUBMIT, post_run_retry, answers={200: "Run"}),
    Route(
        "POST", f"{_RUN}/reviews/{{review_id}}", Access.SUBMIT, post_review, answers={200: "Run"}
    ),
)
