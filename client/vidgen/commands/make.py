"""`vidgen burn`, `comments`, `download`, `transcribe`: from a file or a URL to a result at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import (
    AsJson,
    Token,
    Url,
    check_folder,
    client_of,
    options_of,
    print_json,
    say,
    shown_progress,
    suffix_of,
)
from vidgen.engines import BURN_PRESETS, TRANSCRIBER
from vidgen.errors import ApiError, VidgenError
from vidgen.models import Job

__all__ = ["register"]

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
Recut = Annotated[
    bool | None,
    typer.Option("--recut", help="Cut the cues anew, by sentences and to be read in time."),
]
KeepHdr = Annotated[
    bool | None, typer.Option("--keep-hdr", help="Keep high dynamic range, as 10-bit HEVC.")
]
Video = Annotated[str, typer.Argument(help="A video file, or the id of a media (med_…).")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (burn, comments, download, transcribe):
        app.command(command.__name__, rich_help_panel="Make")(command)


def burn(
    video: Video,
    subtitles: Annotated[
        Path | None,
        typer.Argument(help="WebVTT, SubRip, ASS, TTML, … Default: the media's own.", exists=True),
    ] = None,
    output: Out = None,
    preset: Annotated[
        str | None,
        typer.Option(help=f"One of {', '.join(BURN_PRESETS)}."),
    ] = None,
    bilingual: Annotated[
        bool | None, typer.Option("--bilingual", help="Draw a cue's two languages in two styles.")
    ] = None,
    recut: Recut = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Of the subtitles, e.g. gb18030 or windows-1252. Default: detected."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Of the subtitles, e.g. en, pt-BR or zh-Hant.")
    ] = None,
    secondary: Annotated[
        Path | None,
        typer.Option(help="A second track, shown together with the first.", exists=True),
    ] = None,
    secondary_language: Annotated[str | None, typer.Option(help="Of the second track.")] = None,
    codec: Annotated[str | None, typer.Option(help="h264, hevc or av1.")] = None,
    quality: Annotated[str | None, typer.Option(help="small, standard or high.")] = None,
    keep_hdr: KeepHdr = None,
    options: OptionsFile = None,
    settings: Settings = None,
    detach: Detach = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Burn subtitles into a video."""
    source = _video(video, "SUBTITLES", subtitles)
    for name, value in (("--encoding", encoding), ("--language", language)):
        if value is not None and subtitles is None:
            raise typer.BadParameter("is of a subtitles file", param_hint=name)
    if secondary_language is not None and secondary is None:
        raise typer.BadParameter("is of a second track", param_hint="--secondary-language")
    flags: dict[str, Any] = {
        "preset": preset,
        "bilingual": bilingual,
        "recut": {} if recut else None,
        "codec": codec,
        "quality": quality,
        "dynamicRange": "keep" if keep_hdr else None,
    }
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.burn(
            source,
            subtitles,
            wanted,
            encoding=encoding,
            language=language,
            secondary=secondary,
            secondary_language=secondary_language,
            progress=progress,
        )

    target = None if detach else output or _beside(source, "burned")
    _run(submit, target, url, token, quiet=quiet, as_json=as_json)


def comments(
    video: Video,
    document: Annotated[
        Path | None,
        typer.Argument(help="A comments document (JSON). Default: the media's own.", exists=True),
    ] = None,
    output: Out = None,
    template: Annotated[str | None, typer.Option(help="landscape or vertical.")] = None,
    preset: Annotated[str | None, typer.Option(help="midnight, paper, ocean, …")] = None,
    height: Annotated[int | None, typer.Option(help="360, 480, 720 or 1080.")] = None,
    options: OptionsFile = None,
    settings: Settings = None,
    detach: Detach = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Compose a video from a video's comments."""
    source = _video(video, "DOCUMENT", document)
    flags = {"template": template, "preset": preset, "height": height}
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.comments(source, document, wanted, progress=progress)

    target = None if detach else output or _beside(source, "comments")
    _run(submit, target, url, token, quiet=quiet, as_json=as_json)


def download(
    address: Annotated[str, typer.Argument(metavar="URL", help="The video's page or file.")],
    output: Out = None,
    max_height: Annotated[int | None, typer.Option(help="144 to 4320 lines.")] = None,
    cookies: Annotated[
        Path | None,
        typer.Option(help="cookies.txt, an extension's JSON, or name=value.", exists=True),
    ] = None,
    options: OptionsFile = None,
    settings: Settings = None,
    detach: Detach = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Download a video."""
    flags = {
        "maxHeight": max_height,
        "cookies": _text_of(cookies) if cookies is not None else None,
    }
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.download(address, wanted)

    target = None if detach else output or _named_after(address)
    _run(submit, target, url, token, quiet=quiet, as_json=as_json)


def transcribe(
    source: Annotated[
        str, typer.Argument(help="A video or sound file, a media's id (med_…), or a URL.")
    ],
    output: Out = None,
    language: Annotated[
        str | None, typer.Option(help="What is spoken, e.g. en or pt-BR. Default: detected.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="One that the container has.")] = None,
    vocabulary: Annotated[
        list[str] | None, typer.Option("--word", help="A name or term that is said. Repeatable.")
    ] = None,
    options: OptionsFile = None,
    settings: Settings = None,
    detach: Detach = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Write down what is said, as subtitles with the time of each word."""
    is_url = source.startswith(("http://", "https://"))
    heard = source if is_url else _video(source, "SOURCE", Path(source))
    flags = {"language": language, "model": model, "vocabulary": vocabulary or None}
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.transcribe(heard, wanted, progress=progress)

    if is_url:
        beside = _named_after(source).with_suffix(".vtt")
    else:
        beside = _beside(heard, "transcript").with_suffix(".vtt")
    target = None if detach else output or beside
    _run(submit, target, url, token, quiet=quiet, as_json=as_json)


def _text_of(path: Path) -> str:
    """Return a text file as editors and browsers save one: UTF-8, or UTF-16 that says so."""
    data = path.read_bytes()
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf_16 else "utf-8-sig", "replace")


def _video(video: str, name: str, with_it: Path | None) -> Path | str:
    """Return the file or the media's id. A file is a media of its own, and needs what is drawn."""
    if video.startswith("med_") and not Path(video).exists():
        return video
    path = Path(video)
    if not path.is_file():
        raise typer.BadParameter(f"the file {video} does not exist", param_hint="VIDEO")
    if with_it is None:
        raise typer.BadParameter("a file is needed with a video file", param_hint=name)
    return path


def _beside(source: Path | str, what: str) -> Path:
    if isinstance(source, str):
        return Path(f"{source}.{what}.mp4")
    return source.with_name(f"{source.stem}.{what}.mp4")


def _named_after(address: str) -> Path:
    """Return a name in this folder for what *address* leads to: that of its file, where it has one.

    It is never that of a file which is there already.
    """
    last = PurePosixPath(unquote(urlsplit(address).path))
    stem = "".join(c if c.isalnum() or c in "-_ " else "_" for c in last.stem)[:100].strip()
    stem = stem if last.suffix and stem else "download"
    for number in count(1):
        found = Path(f"{stem}.mp4" if number == 1 else f"{stem}-{number}.mp4")
        if not found.exists():
            return found
    raise AssertionError("there is always a number")


def _run(
    submit: Callable[[Client, flows.Progress], Job],
    target: Path | None,
    url: str | None,
    token: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Submit, wait and save; with no *target* only submit. An interrupt cancels the job."""
    if target is not None:
        check_folder(target)
    with client_of(url, token) as client:
        with shown_progress(quiet=quiet) as progress:
            job = submit(client, progress)
            if target is not None:
                job = _wait(client, job, progress)
                _tell_notices(client, job, progress)
                target = _save(client, job, target, progress)
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


def _tell_notices(client: Client, job: Job, progress: flows.Progress) -> None:
    """Say what there is to know of a result, such as text that was set smaller."""
    for notice in client.why(job.job_id).notices:
        progress.notice(notice.message)


def _save(client: Client, job: Job, target: Path, progress: flows.Progress) -> Path:
    """Save the job's video, or what it has made instead, and return where."""
    first = "subtitles" if job.engine == TRANSCRIBER else "video"
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
        say(f"{job.job_id} is done. Fetch it with: vidgen save {job.job_id} {slot}")
        raise
    return target
