"""What the commands do with a run of a recipe: follow it, decide its reviews, show and save it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import ERR, say
from vidgen.commands.results import page_of, save_result
from vidgen.errors import Conflict, NotFound
from vidgen.models import Job
from vidgen.recipe_models import Run, RunJob, RunReview

__all__ = ["follow", "is_run", "lines_of", "made_by", "save_video"]


def is_run(name: str) -> bool:
    """Whether an id is that of a run; else it is a job's."""
    return name.startswith("run_")


def follow(
    client: Client,
    run_id: str,
    progress: flows.Progress,
    *,
    approve: bool,
    timeout_s: float | None = None,
) -> Run:
    """Wait until a run has ended, and return it; raises RunFailed, WaitTimeout.

    What it asks a person to review is approved (*approve*), or its address is said.
    """
    if approve:
        return _approving(client, run_id, progress, timeout_s)
    told: set[object] = set()

    def changed(run: Run) -> None:
        progress.run(run)
        asked = run.requested
        if asked is not None and (asked.review_id, asked.requested_at) not in told:
            told.add((asked.review_id, asked.requested_at))
            _show_page(page_of(client, run_id), asked)

    return client.wait_run(run_id, timeout_s=timeout_s, on_run=changed, on_trouble=progress.trouble)


def _approving(
    client: Client, run_id: str, progress: flows.Progress, timeout_s: float | None
) -> Run:
    while True:
        run = client.wait_run(
            run_id,
            timeout_s=timeout_s,
            until_review=True,
            on_run=progress.run,
            on_trouble=progress.trouble,
        )
        if run.ended or run.requested is None:
            return run
        try:
            client.review(run_id, run.requested.review_id)
        except Conflict as error:
            if error.code != "review_not_requested":
                raise
            continue  # Somebody has decided it in the meantime.
        progress.notice(f"{run.requested.step}: approved unread, as --review was not given")


def _show_page(address: str, review: RunReview) -> None:
    """Say where a review is decided, and open it for who sits at a terminal."""
    say(f"{review.step}: look at it, and approve it, at {address}")
    if ERR.is_terminal and _has_screen():
        typer.launch(address)


def _has_screen() -> bool:
    """Whether a browser opens beside the terminal, and not in it."""
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform in ("darwin", "win32") or bool(shown)


def made_by(client: Client, run: Run, slot: str) -> Job:
    """Return the last job of a run that has made *slot*; raises NotFound."""
    for step in reversed(run.jobs):
        if step.status == "completed":
            job = client.job(step.job_id)
            if slot in job.artifacts:
                return job
    raise NotFound(404, "no_such_artifact", f"No step of {run.run_id} has made a {slot} yet.")


def save_video(
    client: Client, run: Run, target: Path, progress: flows.Progress, *, force: bool = False
) -> Path:
    """Tell what is to be known of each step, save what the last one made, and return where."""
    last: Job | None = None
    for step in run.jobs:
        for notice in client.why(step.job_id).notices:
            progress.notice(f"{step.step}: {notice.message}")
        last = client.job(step.job_id)
    assert last is not None, "a run has a job"
    return save_result(client, last, target, progress, run.run_id, force=force)


def lines_of(run: Run, address: str) -> list[str]:
    """Return what is shown of a run."""
    said = ", ".join(f"{name}={value}" for name, value in run.parameters.items())
    lines = [
        f"run       {run.run_id}",
        f"recipe    {run.recipe}" + (f" ({said})" if said else ""),
        f"media     {run.media_id}" + (f", {run.media_title}" if run.media_title else ""),
        f"status    {run.status.replace('_', ' ')}",
    ]
    width = max(len(step.step) for step in run.steps)
    for step in run.steps:
        lines.append(f"step      {step.step.ljust(width)}  {_standing(step)}")
    if run.requested is not None:
        lines.append(f"review    {address}, or vidgen review {run.run_id}")
    return lines


def _standing(step: RunJob | RunReview) -> str:
    if step.kind == "review":
        return step.state
    took = f" after {step.took_ms / 1000:.1f} s" if step.took_ms is not None else ""
    part = f", {step.progress:.0%}" if step.started_at is not None and not took else ""
    why = f": {step.error.message} ({step.error.code})" if step.error is not None else ""
    return f"{step.status.replace('_', ' ')}{part}{took}  {step.job_id}{why}"
