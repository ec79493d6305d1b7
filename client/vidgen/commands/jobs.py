"""`vidgen jobs`, `show`, `logs`, `wait`, `save`, `cancel`, `retry`: what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from vidgen.client import Client
from vidgen.commands.choices import EngineName, JobStatus, engine_of
from vidgen.commands.console import ERR, client_of, print_json, say, suffix_of, table
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.commands.progress import shown_progress
from vidgen.commands.results import page_of, say_how_to_go_on
from vidgen.commands.runs import follow, is_run, lines_of, made_by
from vidgen.commands.targets import check_target, free, safe_file_name, safe_name
from vidgen.errors import JobFailed, NotAllowed, NotFound, RunFailed, VidgenError
from vidgen.models import Artifact, Job
from vidgen.recipe_models import Run

__all__ = ["register"]

PANEL = "Jobs"
OUT = Console(highlight=False, soft_wrap=True)
Either = Annotated[str, typer.Argument(metavar="JOB", help="The id of a job, or of a run.")]
Eithers = Annotated[list[str], typer.Argument(metavar="JOB...", help="Ids of jobs or runs.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command("jobs", rich_help_panel=PANEL)(with_shared(list_jobs))
    for command in (show, logs, wait, save, cancel, retry):
        app.command(command.__name__, rich_help_panel=PANEL)(with_shared(command))


def list_jobs(
    status: JobStatus = None,
    engine: EngineName = None,
    media: Annotated[str | None, typer.Option(help="Only jobs of this media.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number of jobs.")] = 20,
    *,
    shown: Shown,
) -> None:
    """List jobs, newest first."""
    with client_of(shown) as client:
        found = client.jobs(status=status or [], engine=engine_of(engine), media_id=media)
        rows = list(islice(found, limit))
    if shown.as_json:
        print_json(rows)
    elif not rows:
        say("no such jobs")
    else:
        head = ("job", "engine", "status", "progress", "since", "media")
        table(head, *(_row(job) for job in rows))


def _row(job: Job) -> tuple[str, ...]:
    since = job.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    title = job.media_title or job.media_id
    return job.job_id, job.engine, job.status, f"{job.progress:.0%}", since, title


def show(job: Either, *, shown: Shown) -> None:
    """Show one job and its outputs, or one run and its steps."""
    with client_of(shown) as client:
        found = client.get_run(job) if is_run(job) else client.job(job)
        address = page_of(client, job)
    if shown.as_json:
        print_json(found)
    elif isinstance(found, Run):
        OUT.print("\n".join(lines_of(found, address)), markup=False)
    else:
        _show(found, address)


def _show(job: Job, address: str) -> None:
    lines = [
        f"job       {job.job_id}",
        f"media     {job.media_id}" + (f", {job.media_title}" if job.media_title else ""),
        f"engine    {job.engine}",
        f"status    {job.status}, {job.progress:.0%}, attempt {job.attempt}",
    ]
    if job.imported:
        lines.append("imported  it ended in the earlier system, and can only be read")
    if job.error is not None:
        lines.append(f"error     {job.error.message} ({job.error.code})")
        if job.error.hints:
            lines.append(f"hints     {', '.join(job.error.hints)}")
    for slot, artifact in sorted(job.artifacts.items()):
        lines.append(f"made      {slot}: {artifact.size_bytes} bytes, {artifact.content_type}")
    lines.append(f"page      {address}")
    OUT.print("\n".join(lines), markup=False)


def logs(
    job: Either,
    follow_on: Annotated[
        bool, typer.Option("--follow", "-f", help="Continue until it has ended.")
    ] = False,
    *,
    shown: Shown,
) -> None:
    """Show the history of a job, or of a run's jobs, in words (with --json: its timeline)."""
    with client_of(shown) as client:
        if not is_run(job):
            _log(client, job, follow_on=follow_on, shown=shown)
            return
        if follow_on:
            client.wait_run(job, check=False)
        steps = [step for step in client.get_run(job).jobs if step.started_at is not None]
        if shown.as_json:
            print_json({step.step: list(client.events(step.job_id)) for step in steps})
            return
        for step in steps:
            OUT.print(f"{step.step}  {step.job_id}", markup=False)
            _log(client, step.job_id, follow_on=False, shown=shown)
        if not steps:
            say(f"no step of {job} has begun yet")


def _log(client: Client, job_id: str, *, follow_on: bool, shown: Shown) -> None:
    if shown.as_json:
        if follow_on:
            client.wait(job_id, check=False)
        print_json(list(client.events(job_id)))
        return
    told = _Told(client, job_id)
    if follow_on:
        client.wait(job_id, check=False, on_job=lambda _: told.go_on())
    told.go_on()
    found, why = client.job(job_id), client.why(job_id)
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
    *,
    shown: Shown,
) -> None:
    """Wait for a job or a run to end; exit code 1 if it failed or was canceled."""
    if approve and not is_run(job):
        raise typer.BadParameter("is of a run", param_hint="--approve")
    found: Job | Run
    with client_of(shown) as client, shown_progress(quiet=False) as progress:
        try:
            if is_run(job):
                found = follow(client, job, progress, approve=approve, timeout_s=timeout)
            else:
                found = client.wait(
                    job, timeout_s=timeout, on_job=progress.job, on_trouble=progress.trouble
                )
        except (JobFailed, RunFailed, NotAllowed, NotFound):
            raise
        except (KeyboardInterrupt, VidgenError):
            say_how_to_go_on(job, approve=approve)
            raise
    if shown.as_json:
        print_json(found)
    else:
        typer.echo(found.status)


def save(
    job: Either,
    slot: Annotated[str, typer.Argument(help="Which output: video, poster, metadata, …")] = "video",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="Default: its own name.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    *,
    server: Server,
) -> None:
    """Save an output of a job, or of the last step of a run that has it."""
    with client_of(server) as client:
        made = made_by(client, client.get_run(job), slot) if is_run(job) else client.job(job)
        target = output or free(Path(file_name_of(made, slot)))
        check_target(target, force=force)
        with shown_progress(quiet=not ERR.is_terminal) as progress:
            client.save(made.job_id, slot, target, progress)
        typer.echo(str(target))


def file_name_of(job: Job, slot: str) -> str:
    """Return what an output is called in a folder: as the API says, else after its media."""
    artifact: Artifact | None = job.artifacts.get(slot)
    if artifact is not None and artifact.file_name:
        return safe_file_name(artifact.file_name)
    title = safe_name(job.media_title or job.job_id)[:100].strip() or job.job_id
    return f"{title}-{slot}{suffix_of(artifact)}"


def cancel(jobs: Eithers, *, server: Server) -> None:
    """Cancel jobs and runs; those that have ended stay as they are."""
    with client_of(server) as client:
        _each(
            jobs,
            lambda job: _canceled(client.cancel_run(job) if is_run(job) else client.cancel(job)),
        )


def _canceled(job: Job | Run) -> str:
    """The app learns of the cancellation from the orchestrator, moments later."""
    return job.status if job.ended else "is being canceled"


def retry(jobs: Eithers, *, server: Server) -> None:
    """Start failed or canceled jobs again, and of runs what has failed or was canceled."""
    with client_of(server) as client:
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
