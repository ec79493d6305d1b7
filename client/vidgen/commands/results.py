"""What the commands share that make something: where results go, and how they are fetched."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import client_of, print_json, say, suffix_of
from vidgen.commands.parameters import Making
from vidgen.commands.progress import shown_progress
from vidgen.commands.targets import check_target, free
from vidgen.engines import TRANSCRIBER, TRANSLATOR
from vidgen.errors import ApiError, JobFailed, VidgenError
from vidgen.flows import is_url
from vidgen.models import Job

__all__ = [
    "Video",
    "first_slot",
    "page_of",
    "run_job",
    "save_result",
    "say_how_to_go_on",
    "source_of",
    "tell_notices",
    "video_of",
]

Video = Annotated[str, typer.Argument(help="A video file, or the id of a media (med_…).")]


def source_of(source: str, name: str) -> Path | str:
    """Return a file, the id of a media, or a URL. Raises typer.BadParameter for what is none."""
    if is_url(source) or (source.startswith("med_") and not Path(source).exists()):
        return source
    path = Path(source)
    if not path.is_file():
        raise typer.BadParameter(f"the file {source} does not exist", param_hint=name)
    return path


def video_of(video: str, name: str, with_it: Path | None) -> Path | str:
    """Return the file or the media's id. A file is a media of its own, and needs what is drawn."""
    if video.startswith("med_") and not Path(video).exists():
        return video
    path = Path(video)
    if not path.is_file():
        raise typer.BadParameter(f"the file {video} does not exist", param_hint="VIDEO")
    if with_it is None:
        raise typer.BadParameter("a file is needed with a video file", param_hint=name)
    return path


def run_job(
    submit: Callable[[Client, flows.Progress], Job],
    making: Making,
    target: Path,
    *reads: Path | str | None,
) -> None:
    """Submit, wait and save; detached, only submit. An interrupt cancels the job.

    *target*: where the result goes unless the command says where. *reads*: what a result must not
    be written over.
    """
    target = making.output or target
    force = not making.detach and check_target(target, *reads, force=making.force)
    with client_of(making) as client:
        with shown_progress(quiet=making.quiet) as progress:
            job = submit(client, progress)
            if not making.detach:
                if not making.quiet:
                    say(f"{job.job_id} {page_of(client, job.job_id)}")
                job = _wait(client, job, target, progress)
                tell_notices(client, job, progress)
                target = save_result(client, job, target, progress, force=force)
        if making.as_json:
            print_json(job)
        else:
            typer.echo(job.job_id if making.detach else str(target))


def page_of(client: Client, name: str) -> str:
    """Return where the page shows a job or a run."""
    return f"{client.url}/#/{'runs' if name.startswith('run_') else 'jobs'}/{name}"


def _wait(client: Client, job: Job, target: Path, progress: flows.Progress) -> Job:
    try:
        return client.wait(job.job_id, on_job=progress.job, on_trouble=progress.trouble)
    except KeyboardInterrupt:
        try:
            client.cancel(job.job_id)
        except VidgenError as error:
            say(f"{job.job_id} was not canceled: {error}")
        else:
            say(f"{job.job_id} was canceled; vidgen retry {job.job_id} begins it again")
        raise
    except JobFailed:
        raise
    except VidgenError:
        say_how_to_go_on(job.job_id, target)
        raise


def say_how_to_go_on(name: str, target: Path | None = None, *, approve: bool = False) -> None:
    """Say how a job or a run is followed, fetched and ended that goes on by itself."""
    say(f"{name} goes on without this command")
    say(f"follow it with: vidgen wait {name}{' --approve' if approve else ''}")
    where = "" if target is None else f" -o {shlex.quote(str(target))}"
    say(f"then fetch its result with: vidgen save {name}{where}")
    say(f"or end it with: vidgen cancel {name}")


def tell_notices(client: Client, job: Job, progress: flows.Progress) -> None:
    """Say what there is to know of a result, such as text that was set smaller."""
    for notice in client.why(job.job_id).notices:
        progress.notice(notice.message)


def save_result(
    client: Client,
    job: Job,
    target: Path,
    progress: flows.Progress,
    name: str = "",
    *,
    force: bool = False,
) -> Path:
    """Save the job's video, or what it has made instead, and return where.

    *name*: by what it can be fetched later, if that is not the job. A file that has come to be
    there meanwhile is replaced only with *force*.
    """
    slot = first_slot(job)
    if slot not in ("video", "subtitles") and target.suffix in (".mp4", ".vtt"):
        # A download of metadata or comments alone, or a video in which nobody speaks; a document is
        # not called a video.
        target = target.with_suffix(suffix_of(job.artifacts[slot]))
    target = target if force else free(target)
    try:
        client.save(job.job_id, slot, target, progress)
    except (VidgenError, OSError):
        say(f"{name or job.job_id} is done. Fetch it with: vidgen save {name or job.job_id} {slot}")
        raise
    return target


def first_slot(job: Job) -> str:
    """Return the slot of what a job is for: its video, its subtitles; raises ApiError."""
    first = "subtitles" if job.engine in (TRANSCRIBER, TRANSLATOR) else "video"
    slot = first if first in job.artifacts else next(iter(sorted(job.artifacts)), "")
    if not slot:
        raise ApiError(200, "no_artifacts", f"{job.job_id} has no output to save.")
    return slot
