"""What the commands share that make something: where results go, and how they are fetched."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import (
    check_folder,
    client_of,
    print_json,
    say,
    shown_progress,
    suffix_of,
)
from vidgen.engines import TRANSCRIBER, TRANSLATOR
from vidgen.errors import ApiError, VidgenError
from vidgen.flows import is_url
from vidgen.models import Job

__all__ = [
    "Detach",
    "OptionsFile",
    "Out",
    "Quiet",
    "Settings",
    "Video",
    "beside",
    "named_after",
    "run_job",
    "save_result",
    "source_of",
    "tell_notices",
    "video_of",
]

Out = Annotated[
    Path | None, typer.Option("--output", "-o", help="The file to write.", dir_okay=False)
]
OptionsFile = Annotated[
    Path | None,
    typer.Option("--options", help="A JSON file of the engine's options.", exists=True),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="One option, e.g. style.fontSize=40. Repeatable."),
]
Detach = Annotated[
    bool, typer.Option("--detach", help="Submit the job, print its id, and do not wait.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
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


def beside(source: Path | str, what: str, suffix: str = ".mp4") -> Path:
    """Return where a result goes that nobody has named.

    That is beside the file that it is made of; of a URL or a media, in this folder.
    """
    if isinstance(source, Path):
        return source.with_name(f"{source.stem}.{what}{suffix}")
    return named_after(source, suffix) if is_url(source) else Path(f"{source}.{what}{suffix}")


def named_after(address: str, suffix: str = ".mp4") -> Path:
    """Return a name in this folder for what *address* leads to: that of its file, where it has one.

    It is never that of a file which is there already.
    """
    last = PurePosixPath(unquote(urlsplit(address).path))
    stem = "".join(c if c.isalnum() or c in "-_ " else "_" for c in last.stem)[:100].strip()
    stem = stem if last.suffix and stem else "download"
    for number in count(1):
        found = Path(f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        if not found.exists():
            return found
    raise AssertionError("there is always a number")


def run_job(
    submit: Callable[[Client, flows.Progress], Job],
    target: Path | None,
    url: str | None,
    token: str | None,
    *,
    reads: tuple[Path | str | None, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Submit, wait and save; with no *target* only submit. An interrupt cancels the job.

    *reads*: what a result must not be written over.
    """
    if target is not None:
        check_folder(target, *reads)
    with client_of(url, token) as client:
        with shown_progress(quiet=quiet) as progress:
            job = submit(client, progress)
            if target is not None:
                job = _wait(client, job, progress)
                tell_notices(client, job, progress)
                target = save_result(client, job, target, progress)
        if as_json:
            print_json(job)
        elif target is None:
            typer.echo(job.job_id)
        else:
            typer.echo(str(target))


def _wait(client: Client, job: Job, progress: flows.Progress) -> Job:
    try:
        return client.wait(job.job_id, on_job=progress.job)
    except KeyboardInterrupt:
        try:
            client.cancel(job.job_id)
        except VidgenError as error:
            say(f"{job.job_id} was not canceled: {error}")
        else:
            say(f"{job.job_id} was canceled")
        raise


def tell_notices(client: Client, job: Job, progress: flows.Progress) -> None:
    """Say what there is to know of a result, such as text that was set smaller."""
    for notice in client.why(job.job_id).notices:
        progress.notice(notice.message)


def save_result(
    client: Client, job: Job, target: Path, progress: flows.Progress, name: str = ""
) -> Path:
    """Save the job's video, or what it has made instead, and return where.

    *name*: by what it can be fetched later, if that is not the job.
    """
    first = "subtitles" if job.engine in (TRANSCRIBER, TRANSLATOR) else "video"
    slot = first if first in job.artifacts else next(iter(sorted(job.artifacts)), "")
    if not slot:
        raise ApiError(200, "no_artifacts", f"{job.job_id} has no output to save.")
    if slot != first and target.suffix in (".mp4", ".vtt"):
        # A download of metadata or comments alone, or a video in which nobody speaks; a document is
        # not called a video.
        target = target.with_suffix(suffix_of(job.artifacts[slot]))
    try:
        client.save(job.job_id, slot, target, progress)
    except (VidgenError, OSError):
        say(f"{name or job.job_id} is done. Fetch it with: vidgen save {name or job.job_id} {slot}")
        raise
    return target
