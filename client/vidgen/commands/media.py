"""`vidgen media`: what the library has, and adding, renaming, fetching and deleting of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from vidgen.client import Client
from vidgen.commands.console import client_of, print_json, say, suffix_of, table
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.commands.progress import shown_progress
from vidgen.commands.results import page_of
from vidgen.commands.targets import check_target, free, safe_name
from vidgen.errors import VidgenError
from vidgen.file_kinds import check_video
from vidgen.flows import is_url
from vidgen.models import Media

__all__ = ["register"]

group = typer.Typer(no_args_is_help=True, help="The library: list, add, rename, fetch, delete.")
MediaId = Annotated[str, typer.Argument(metavar="MEDIA", help="A media's id (med_…).")]
Medias = Annotated[list[str], typer.Argument(metavar="MEDIA...", help="Media's ids.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(group, name="media", rich_help_panel="Library")
    for name, command in (
        ("list", list_media),
        ("show", show),
        ("add", add),
        ("rename", rename),
        ("rm", remove),
        ("restore", restore),
        ("download", download),
    ):
        group.command(name)(with_shared(command))


def list_media(
    query: Annotated[str | None, typer.Argument(help="Only those with this in the title.")] = None,
    trash: Annotated[bool, typer.Option("--trash", help="Those in the trash instead.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number.")] = 20,
    *,
    shown: Shown,
) -> None:
    """List media, newest first."""
    with client_of(shown) as client:
        found = list(islice(client.list_media(query=query, trashed=trash), limit))
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no such media")
    else:
        table(("media", "since", "jobs", "has", "title"), *(_row(one) for one in found))


def _row(media: Media) -> tuple[str, ...]:
    since = media.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    has = ",".join(sorted(media.inputs)) or "-"
    return media.media_id, since, str(media.jobs.total), has, media.title


def show(media: MediaId, *, shown: Shown) -> None:
    """Show one media and the newest of its inputs."""
    with client_of(shown) as client:
        found = client.media(media)
        address = f"{client.url}/#/media/{media}"
    if shown.as_json:
        print_json(found)
        return
    lines = [f"media     {found.media_id}", f"title     {found.title}"]
    if found.source_url:
        lines.append(f"from      {found.source_url}")
    for slot, one in sorted(found.inputs.items()):
        language = f", {one.language}" if one.language else ""
        size = decimal(one.size_bytes)
        lines.append(f"has       {slot}: {size}, {one.content_type}{language}  {one.input_id}")
    lines += [f"jobs      {found.jobs.total}", f"page      {address}"]
    typer.echo("\n".join(lines))


def add(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE|URL...", help="Video files, or URLs of videos.")
    ],
    title: Annotated[str | None, typer.Option(help="Of one file. Default: its name.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    *,
    shown: Shown,
) -> None:
    """Add videos to the library: files are uploaded, what is at a URL is downloaded there."""
    if title is not None and (len(sources) > 1 or is_url(sources[0])):
        raise typer.BadParameter("is of one file", param_hint="--title")
    files = [Path(source) for source in sources if not is_url(source)]
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"the file {file} does not exist", param_hint="FILE")
        check_video(file)
    made: list[object] = []
    with client_of(shown) as client:
        for source in sources:
            if is_url(source):
                job = client.download(source)
                made.append(job)
                if not shown.as_json:
                    say(f"{job.job_id} downloads it: {page_of(client, job.job_id)}")
                    typer.echo(job.media_id)
            else:
                media = _added(client, Path(source), title, quiet=quiet)
                made.append(media)
                if not shown.as_json:
                    typer.echo(media.media_id)
    if shown.as_json:
        print_json(made)


def _added(client: Client, file: Path, title: str | None, *, quiet: bool) -> Media:
    media = client.create_media((title or file.stem)[:300] or "Untitled")
    try:
        with shown_progress(quiet=quiet) as progress:
            client.upload(media.media_id, file, progress)
    except BaseException:
        # Also Ctrl-C: a media without its video is useless.
        client.delete_media(media.media_id)
        raise
    return client.media(media.media_id)


def rename(
    media: MediaId,
    title: Annotated[str, typer.Argument(help="The new title.")],
    *,
    shown: Shown,
) -> None:
    """Give a media another title."""
    with client_of(shown) as client:
        found = client.rename_media(media, title)
    if shown.as_json:
        print_json(found)
    else:
        typer.echo(found.title)


def remove(
    media: Medias,
    forever: Annotated[
        bool, typer.Option("--forever", help="Delete at once, with all that belongs to them.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    *,
    server: Server,
) -> None:
    """Put media into the trash, for 30 days; `restore` takes them out again."""
    with client_of(server) as client:
        if not forever:
            client.trash_media(media)
            typer.echo("in the trash")
            say(f"undo it with: vidgen media restore {' '.join(media)}")
            return
        found = [client.media(one) for one in media]
        if not yes:
            titles = ", ".join(f"{one.title!r} ({one.jobs.total} jobs)" for one in found)
            typer.confirm(f"Delete {titles} for good?", abort=True, err=True)
        first: VidgenError | None = None
        for one in found:
            try:
                client.delete_media(one.media_id)
                typer.echo(f"{one.media_id} deleted")
            except VidgenError as error:
                say(f"{one.media_id}: {error}")
                first = first or error
    if first is not None:
        raise first


def restore(media: Medias, *, server: Server) -> None:
    """Take media out of the trash."""
    with client_of(server) as client:
        client.restore_media(media)
    typer.echo("restored")


def download(
    media: MediaId,
    slot: Annotated[
        str, typer.Argument(help="Which input: video, subtitles, comments-data.")
    ] = "video",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="Default: its title.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    *,
    server: Server,
) -> None:
    """Save the newest video, subtitles or comments of a media, as they were stored."""
    with client_of(server) as client:
        if output is None:
            found = client.media(media)
            suffix = suffix_of(found.inputs.get(slot))
            title = safe_name(found.title)[:100].strip() or media
            name = title if title.casefold().endswith(suffix) else f"{title}{suffix}"
            output = free(Path(name))
        check_target(output, force=force)
        with shown_progress(quiet=quiet) as progress:
            client.save_input(media, output, slot, progress)
    typer.echo(str(output))
