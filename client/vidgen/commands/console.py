"""What the commands share: their options, the client, and how things are shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from vidgen import flows
from vidgen.client import Client
from vidgen.config import connection
from vidgen.models import Artifact, Job
from vidgen.recipe_models import Run, RunJob, RunReview

__all__ = [
    "ERR",
    "AsJson",
    "Token",
    "Url",
    "check_folder",
    "client_of",
    "options_of",
    "print_json",
    "say",
    "shown_progress",
    "suffix_of",
    "table",
]

ERR = Console(stderr=True, highlight=False)
"""Progress and messages; results alone go to standard output."""

Url = Annotated[str | None, typer.Option("--url", help="The app's address.", envvar="VIDGEN_URL")]
Token = Annotated[
    str | None,
    typer.Option("--token", help="An API token; better in VIDGEN_TOKEN.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's documents as JSON.")]


def say(text: str) -> None:
    """Tell the person something, beside the results and in one line, so that it can be copied."""
    ERR.print(f"vidgen: {text}", markup=False, soft_wrap=True)


@contextmanager
def client_of(url: str | None, token: str | None) -> Iterator[Client]:
    """Yield a client of the app that was named, or logged in to."""
    found = connection(url, token)
    with Client(found.url, found.token) as client:
        yield client


def print_json(found: object) -> None:
    """Print a document, or a list of them, as JSON."""
    typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))


def _plain(found: object) -> object:
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json", by_alias=True)
    if isinstance(found, list):
        return [_plain(item) for item in found]
    return found


def options_of(file: Path | None, settings: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return a job's options: a JSON *file*, above it `--set name.part=value`, above it flags.

    A value is JSON where it can be read as such, else text. Raises typer.BadParameter.
    """
    options: dict[str, Any] = {}
    if file is not None:
        try:
            options = json.loads(file.read_text())
        except ValueError as error:
            raise typer.BadParameter(f"{file} is not valid JSON: {error}") from None
        if not isinstance(options, dict):
            raise typer.BadParameter(f"{file} does not contain a JSON object")
    for setting in settings:
        name, mark, text = setting.partition("=")
        if not mark or not name:
            raise typer.BadParameter(f"{setting!r} is not name=value")
        place = options
        *parents, last = name.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise typer.BadParameter(f"{parent!r} of {name!r} is not an object")
        place[last] = _value(text)
    return options | {name: value for name, value in given.items() if value is not None}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def check_folder(target: Path, *reads: Path | str | None) -> None:
    """Refuse a file that could not be written, before a job is spent on it.

    *reads*: files that the command reads, which a result must not take the place of.
    """
    folder = target.parent
    if not folder.is_dir():
        raise typer.BadParameter(f"the folder {folder} does not exist", param_hint="--output")
    if target.is_dir() or not os.access(folder, os.W_OK):
        raise typer.BadParameter(f"{target} cannot be written", param_hint="--output")
    for file in reads:
        if isinstance(file, Path) and target.exists() and target.samefile(file):
            raise typer.BadParameter(f"{target} is what is read", param_hint="--output")


def table(*lines: tuple[str, ...]) -> None:
    """Print rows in columns, the first their names."""
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        # Never cut to the terminal's width: an id is there to be copied.
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def suffix_of(artifact: Artifact | None) -> str:
    """Return the ending that a result's file has by its kind, with the dot, or nothing."""
    known = {
        "video/mp4": ".mp4",
        "audio/wav": ".wav",
        "audio/x-matroska": ".mka",
        "image/jpeg": ".jpg",
        "text/vtt": ".vtt",
        "application/json": ".json",
    }
    kind = artifact.content_type if artifact is not None else ""
    return known.get(kind.partition(";")[0].strip(), "")


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[flows.Progress]:
    """Yield callbacks for a run's progress, and show it while the block runs."""
    if quiet or not ERR.is_terminal:
        yield flows.Progress() if quiet else flows.Progress(notice=say)
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=ERR) as bars:
        yield _Bars(bars).progress


class _Bars:
    """One bar each for the upload, the job and the result."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}
        self.progress = flows.Progress(
            job=self._job,
            run=self._run,
            sent=lambda done, total: self._bytes("upload", done, total),
            received=lambda done, total: self._bytes("result", done, total),
            notice=say,
        )

    def _task(self, name: str, total: float) -> TaskID:
        if name not in self.tasks:
            self.tasks[name] = self.bars.add_task(name, total=total, note="")
        return self.tasks[name]

    def _bytes(self, name: str, done: int, total: int) -> None:
        note = f"{decimal(max(0, done))} of {decimal(total)}"
        self.bars.update(self._task(name, total), completed=done, note=note)

    def _job(self, job: Job) -> None:
        task = self._task("job", 1.0)
        self.bars.update(task, completed=job.progress if job.status != "completed" else 1.0)
        self.bars.update(task, note=_note(job))

    def _run(self, run: Run) -> None:
        for step in run.steps:
            task = self._task(step.step, 1.0)
            done = step.status == "completed" if step.kind == "job" else step.state == "approved"
            part = step.progress if step.kind == "job" else 0.0
            self.bars.update(task, completed=1.0 if done else part, note=_step_note(step))


def _step_note(step: RunJob | RunReview) -> str:
    if step.kind == "review":
        return {"requested": "waits for a person"}.get(step.state, step.state)
    again = f", attempt {step.attempt}" if step.attempt > 1 else ""
    return f"{step.phase or step.status.replace('_', ' ')}{again}"


def _note(job: Job) -> str:
    if job.status == "queued" and job.queue is not None and job.queue.position is not None:
        eta = job.queue.eta_ms
        about = f", about {eta / 1000:.0f} s" if eta is not None else ""
        return f"queued, place {job.queue.position}{about}"
    if job.status == "queued" and not job.accepted:
        return "queued (the orchestrator cannot be reached yet)"
    again = f", attempt {job.attempt}" if job.attempt > 1 else ""
    return f"{job.phase or job.status.replace('_', ' ')}{again}"
