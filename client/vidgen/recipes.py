"""The API's calls about recipes, their runs and reviews, and waiting for a run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from vidgen import errors
from vidgen.calls import delete, get, page, post
from vidgen.file_kinds import check_video
from vidgen.flows import OnTrouble, Progress, discard, is_url, media_of, watched
from vidgen.models import Page
from vidgen.recipe_models import Recipe, Run
from vidgen.steps import Flow
from vidgen.suggestions import with_suggestions

__all__ = [
    "Decision",
    "OnRun",
    "cancel_run",
    "check_run",
    "delete_recipe",
    "get_run",
    "put_recipe",
    "recipe",
    "recipes",
    "retry_run",
    "review",
    "runs",
    "start_run",
    "wait_run",
]

Decision = Literal["approve", "reject"]
OnRun = Callable[[Run], None]
REVIEW_POLL_MAX_S = 15.0
"""A person takes longer than a job."""


def recipes(cursor: str | None = None) -> Flow[Page[Recipe]]:
    """Yield the recipes: the built-in ones, then the workspace's own by name."""
    return (yield from page(Page[Recipe], "/api/recipes", cursor))


def recipe(name: str) -> Flow[Recipe]:
    """Return one recipe."""
    return (yield from get(Recipe, f"/api/recipes/{name}"))


def put_recipe(name: str, document: Mapping[str, Any]) -> Flow[Recipe]:
    """Keep a recipe of the workspace's own: its `title`, `steps`, and `parameters` if it has any.

    Raises InvalidRequest, Conflict for the name of a built-in one, RateLimited.
    """
    path = f"/api/recipes/{name}"
    return (yield from post(Recipe, path, dict(document), method="PUT", repeatable=True))


def delete_recipe(name: str) -> Flow[None]:
    """Remove a recipe of the workspace's own; its runs stay."""
    yield from delete(f"/api/recipes/{name}")


def start_run(
    name: str,
    source: Path | str,
    parameters: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    idempotency_key: str | None = None,
    progress: Progress | None = None,
) -> Flow[Run]:
    """Run a recipe on *source*: a file, which is uploaded, the id of a media, or a URL.

    *options*: by step, above the recipe's own. The same *idempotency_key* again answers the same
    run; without one, one is made. A file whose run is refused leaves no media behind.
    """
    body: dict[str, object] = {
        "parameters": dict(parameters or {}),
        "options": {step: dict(own) for step, own in (options or {}).items()},
    }
    headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
    path = f"/api/recipes/{name}/runs"
    if isinstance(source, str):
        body["url" if is_url(source) else "mediaId"] = source
        try:
            return (yield from post(Run, path, body, headers=headers, repeatable=True))
        except errors.InvalidRequest as error:
            raise with_suggestions(error, body) from None
    check_video(source)
    try:
        yield from check_run(name, None, parameters, options)
    except errors.NotFound:
        yield from recipe(name)  # It is not there, or the server is older and cannot check.
    media = yield from media_of(source, progress)
    body["mediaId"] = media.media_id
    try:
        return (yield from post(Run, path, body, headers=headers, repeatable=True))
    except errors.ApiError:
        yield from discard(media.media_id)
        raise


def check_run(
    name: str,
    source: str | None,
    parameters: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Flow[list[str]]:
    """Return the steps of a run; it is refused as `start_run` would, and nothing is stored.

    *source*: a URL, the id of a media, or None for a file that is still to be uploaded.
    """
    body: dict[str, object] = {
        "parameters": dict(parameters or {}),
        "options": {step: dict(own) for step, own in (options or {}).items()},
    }
    if source is not None:
        body["url" if is_url(source) else "mediaId"] = source
    path = f"/api/recipes/{name}/check"
    try:
        found: _Checked = yield from post(_Checked, path, body, repeatable=True)
    except errors.InvalidRequest as error:
        raise with_suggestions(error, body) from None
    return found.steps


class _Checked(BaseModel):
    steps: list[str]


def get_run(run_id: str) -> Flow[Run]:
    """Return one run with its steps."""
    return (yield from get(Run, f"/api/runs/{run_id}"))


def runs(cursor: str | None = None, *, media_id: str | None = None) -> Flow[Page[Run]]:
    """Yield runs, newest first, without the tracks of their reviews."""
    return (yield from page(Page[Run], "/api/runs", cursor, mediaId=media_id))


def cancel_run(run_id: str) -> Flow[Run]:
    """Cancel what of a run has not ended."""
    return (yield from post(Run, f"/api/runs/{run_id}/cancel", repeatable=True))


def retry_run(run_id: str) -> Flow[Run]:
    """Begin again what of a run has failed or was canceled, and nothing else.

    Raises Conflict (`run_not_failed`).
    """
    return (yield from post(Run, f"/api/runs/{run_id}/retry"))


def review(
    run_id: str,
    review_id: str,
    decision: Decision = "approve",
    inputs: Mapping[str, str] | None = None,
) -> Flow[Run]:
    """Approve or reject what a run asks a person to look at; the same again changes nothing.

    *inputs*: by track (`translate.subtitles`), the version to go on with; the newest edit of each
    where none is named. Raises Conflict (`review_not_requested`), InvalidRequest.
    """
    body = {"decision": decision, **({"inputs": dict(inputs)} if inputs else {})}
    path = f"/api/runs/{run_id}/reviews/{review_id}"
    return (yield from post(Run, path, body, repeatable=True))


def wait_run(
    run_id: str,
    *,
    timeout_s: float | None = None,
    check: bool = True,
    until_review: bool = False,
    on_run: OnRun | None = None,
    on_trouble: OnTrouble | None = None,
) -> Flow[Run]:
    """Return the run when it has ended; *on_run* gets it at every change.

    *until_review*: also when it waits for a person; *on_trouble* as for `wait`. Raises RunFailed
    unless it is completed (or *check* is false), WaitTimeout.
    """
    found = yield from watched(
        run_id,
        lambda: get_run(run_id),
        lambda run: run.ended or (until_review and run.requested is not None),
        on_run,
        timeout_s,
        pause_max_s=lambda run: REVIEW_POLL_MAX_S if run.status == "in_review" else None,
        on_trouble=on_trouble,
    )
    if check and found.status in ("failed", "canceled"):
        raise errors.RunFailed(found)
    return found
