"""`vidgen jobs`, `show`, `logs`, `wait`, `save`, `cancel`, `retry`: what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from vidgen.client import Client
from vidgen.commands.console import (
    ERR,
    AsJson,
    Token,
    Url,
    check_folder,
    client_of,
    print_json,
    say,
    shown_progress,
    suffix_of,
    table,
)
from vidgen.commands.runs import address_of, follow, is_run, lines_of, made_by
from vidgen.errors import VidgenError
from vidgen.models import Job
from vidgen.recipe_models import Run

__all__ = ["register"]

PANEL = "Jobs"
OUT = Console(highlight=False, soft_wrap=True)
JobId = Annotated[str, typer.Argument(metavar="JOB", help="A job's id.")]
Either = Annotated[str, typer.Argument(metavar="JOB", help="The id of a job, or of a run.")]
Eithers = Annotated[list[str], typer.Argument(metavar="JOB...", help="Ids of jobs or runs.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command("jobs", rich_help_panel=PANEL)(list_jobs)
    for command in (show, logs, wait, save, cancel, retry):
        app.command(command.__name__, rich_help_panel=PANEL)(command)


def list_jobs(
    status: Annotated[
        list[str] | None, typer.Option(help="Only jobs with this status. Repeatable.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="Only jobs of this engine.")] = None,
    media: Annotated[str | None, typer.Option(help="Only jobs of this media.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number of jobs.")] = 20,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """List jobs, newest first."""
    with client_of(url, token) as client:
        found = client.jobs(status=status or [], engine=engine, media_id=media)
        rows = list(islice(found, limit))
    if as_json:
        print_json(rows)
        return
    if not rows:
        say("no such jobs")
        return
    table(("job", "engine", "status", "progress", "since"), *(_row(job) for job in rows))


def _row(job: Job) -> tuple[str, str, str, str, str]:
    since = job.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    return job.job_id, job.engine, job.status, f"{job.progress:.0%}", since


def show(job: Either, as_json: AsJson = False, url: Url = None, token: Token = None) -> None:
    """Show one job and its outputs, or one run and its steps."""
    with client_of(url, token) as client:
        found = client.get_run(job) if is_run(job) else client.job(job)
        address = address_of(client, job)
    if as_json:
        print_json(found)
    elif isinstance(found, Run):
        OUT.print("\n".join(lines_of(found, address)), markup=False)
    else:
        _show(found)


def _show(job: Job) -> None:
    lines = [
        f"job       {job.job_id}",
        f"media     {job.media_id}",
        f"engine    {job.engine}",
        f"status    {job.status}, {job.progress:.0%}, attempt {job.attempt}",
    ]
    if job.error is not None:
        lines.append(f"error     {job.error.message} ({job.error.code})")
        if job.error.hints:
            lines.append(f"hints     {', '.join(job.error.hints)}")
    for slot, artifact in sorted(job.artifacts.items()):
        lines.append(f"made      {slot}: {artifact.size_bytes} bytes, {artifact.content_type}")
    OUT.print("\n".join(lines), markup=False)


def logs(
    job: JobId,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Continue until the job has ended.")
    ] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show a job's history in words (with --json: its timeline)."""
    with client_of(url, token) as client:
        if as_json:
            if follow:
                client.wait(job, check=False)
            print_json(list(client.events(job)))
            return
        told = _Told(client, job)
        if follow:
            client.wait(job, check=False, on_job=lambda _: told.go_on())
        told.go_on()
        found, why = client.job(job), client.why(job)
    OUT.print(why.summary, markup=False)
    for notice in why.notices:
        OUT.print(notice.message, markup=False)
    if found.error is not None and found.error.tool_tail:
        OUT.print(found.error.tool_tail, markup=False)


class _Told:
    """Prints a job's history, each step once."""

    def __init__(self, client: Client, job_id: str) -> None:
        self.client = client
        self.job_id = job_id
        self.count = 0

    def go_on(self) -> None:
        """Print the steps that are new."""
        steps = self.client.why(self.job_id).steps
        for step in steps[self.count :]:
            at = step.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            OUT.print(f"{at}  {step.text}", markup=False)
        self.count = max(self.count, len(steps))


def wait(
    job: Either,
    timeout: Annotated[float | None, typer.Option(min=0, help="Seconds to wait at most.")] = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve, unread, what a run asks to be looked at.")
    ] = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Wait for a job or a run to end; exit code 1 if it failed or was canceled."""
    if approve and not is_run(job):
        raise typer.BadParameter("is of a run", param_hint="--approve")
    found: Job | Run
    with (
        client_of(url, token) as client,
        shown_progress(quiet=not ERR.is_terminal) as progress,
    ):
        if is_run(job):
            found = follow(client, job, progress, approve=approve, timeout_s=timeout)
        else:
            found = client.wait(job, timeout_s=timeout, on_job=progress.job)
    if as_json:
        print_json(found)
    else:
        typer.echo(found.status)


def save(
    job: Either,
    slot: Annotated[str, typer.Argument(help="Which output: video, poster, metadata, …")] = "video",
    output: Annotated[Path | None, typer.Option("--output", "-o", dir_okay=False)] = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Save an output of a job, or of the last step of a run that has it."""
    with client_of(url, token) as client:
        made = made_by(client, client.get_run(job), slot) if is_run(job) else client.job(job)
        target = output or Path(f"{job}-{slot}{suffix_of(made.artifacts.get(slot))}")
        check_folder(target)
        with shown_progress(quiet=not ERR.is_terminal) as progress:
            client.save(made.job_id, slot, target, progress)
        typer.echo(str(target))


def cancel(jobs: Eithers, url: Url = None, token: Token = None) -> None:
    """Cancel jobs and runs; those that have ended stay as they are."""
    with client_of(url, token) as client:
        _each(
            jobs,
            lambda job: _canceled(client.cancel_run(job) if is_run(job) else client.cancel(job)),
        )


def _canceled(job: Job | Run) -> str:
    """The app learns of the cancellation from the orchestrator, moments later."""
    return job.status if job.ended else "is being canceled"


def retry(jobs: Eithers, url: Url = None, token: Token = None) -> None:
    """Start failed or canceled jobs again, and of runs what has failed or was canceled."""
    with client_of(url, token) as client:
        _each(
            jobs, lambda job: (client.retry_run(job) if is_run(job) else client.retry(job)).status
        )


def _each(jobs: list[str], do: Callable[[str], str]) -> None:
    """Do it for each job and say what came of it; the first failure is raised at the end."""
    first: VidgenError | None = None
    for job in jobs:
        try:
            typer.echo(f"{job} {do(job)}")
        except VidgenError as error:
            if first is None:
                first = error
            else:
                say(f"{job}: {error}")
    if first is not None:
        raise first
