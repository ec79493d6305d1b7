"""`vidgen transcribe` and `translate`: what is said, and the same in another language."""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path
from typing import Annotated

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import AsJson, Token, Url, options_of
from vidgen.commands.results import (
    Detach,
    OptionsFile,
    Out,
    Quiet,
    Settings,
    beside,
    run_job,
    source_of,
)
from vidgen.flows import is_url
from vidgen.models import Job

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (transcribe, translate):
        app.command(command.__name__, rich_help_panel="Make")(command)


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
    heard = source_of(source, "SOURCE")
    flags = {"language": language, "model": model, "vocabulary": vocabulary or None}
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.transcribe(heard, wanted, progress=progress)

    target = None if detach else output or beside(heard, "transcript", ".vtt")
    run_job(submit, target, url, token, reads=(heard,), quiet=quiet, as_json=as_json)


def translate(
    source: Annotated[
        str, typer.Argument(help="A file of subtitles, or the id of a media that has some (med_…).")
    ],
    to: Annotated[str, typer.Option(help="The language to translate into, e.g. es or zh-Hant.")],
    output: Out = None,
    from_language: Annotated[
        str | None, typer.Option("--from", help="Of the source. Default: what is kept with it.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option(help="Which version, by its id. Default: the newest that is no translation."),
    ] = None,
    style: Annotated[str | None, typer.Option(help="A note on tone and wording.")] = None,
    model: Annotated[str | None, typer.Option(help="One that the container has.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the file. Default: detected.")] = None,
    options: OptionsFile = None,
    settings: Settings = None,
    detach: Detach = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """Put subtitles into another language; their cues and times stay as they are."""
    found = source_of(source, "SOURCE")
    if isinstance(found, str) and is_url(found):
        raise typer.BadParameter(
            "a URL is not subtitles; `vidgen subtitle` takes one", param_hint="SOURCE"
        )
    if isinstance(found, Path) and (guess_type(found.name)[0] or "").startswith(
        ("video/", "audio/")
    ):
        raise typer.BadParameter(
            f"{found} is not subtitles; `vidgen subtitle` takes a video", param_hint="SOURCE"
        )
    if isinstance(found, Path) and version is not None:
        raise typer.BadParameter("is of a media", param_hint="--version")
    if isinstance(found, str) and encoding is not None:
        raise typer.BadParameter("is of a file", param_hint="--encoding")
    flags = {"from": from_language, "style": style, "model": model}
    wanted = options_of(options, settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.translate(
            found, to, wanted, version=version, encoding=encoding, progress=progress
        )

    target = None if detach else output or beside(found, to, ".vtt")
    run_job(submit, target, url, token, reads=(found,), quiet=quiet, as_json=as_json)
