"""`vidgen subtitles`: the versions of a media's subtitles, and files made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidgen.client import Client
from vidgen.commands.console import client_of, print_json, say
from vidgen.commands.parameters import Shown, with_shared
from vidgen.commands.targets import check_target
from vidgen.models import Version
from vidgen.subtitles import SubtitleFormat

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command("subtitles", rich_help_panel="Jobs")(with_shared(subtitles))


def subtitles(
    media: Annotated[str, typer.Argument(metavar="MEDIA", help="A media's id.")],
    kind: Annotated[
        SubtitleFormat | None, typer.Option("--format", help="Write a file: vtt, srt, ass or txt.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Which version, by its id. Default: the newest.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Default: standard output.", dir_okay=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    *,
    shown: Shown,
) -> None:
    """List the versions of a media's subtitles, or write one as a file of another kind."""
    if kind is None and (output is not None or version is not None):
        raise typer.BadParameter("is needed to write a file", param_hint="--format")
    if output is not None:
        check_target(output, force=force)
    with client_of(shown) as client:
        if kind is not None:
            _write(client, media, kind, version, output)
            return
        versions = list(client.subtitle_versions(media))
    if shown.as_json:
        print_json(versions)
        return
    for one in versions:
        typer.echo(row_of(one))


def row_of(version: Version) -> str:
    """Return what the list shows of a version."""
    made_of = f" of {version.parent}" if version.parent else ""
    marks = "  current" if version.current else ""
    return f"{version.input_id}  {version.language or '-'}  {version.origin or '-'}{made_of}{marks}"


def _write(
    client: Client, media: str, kind: SubtitleFormat, version: str | None, output: Path | None
) -> None:
    made = client.export_subtitles(media, kind, input_id=version)
    if made.left_out:
        say(f"{kind} has no room for {', '.join(made.left_out)}")
    if output is None:
        typer.echo(made.text, nl=False)
    else:
        output.write_text(made.text, encoding="utf-8", newline="\n")
        typer.echo(str(output))
