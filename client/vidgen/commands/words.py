"""`vidgen transcribe` and `translate`: what is said, and the same in another language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.console import options_of
from vidgen.commands.parameters import Making, with_shared
from vidgen.commands.results import run_job, source_of
from vidgen.commands.targets import beside
from vidgen.file_kinds import kind_of
from vidgen.flows import is_url
from vidgen.models import Job
from vidgen.options import TranscribeOptions, TranslateOptions

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (transcribe, translate):
        app.command(command.__name__, rich_help_panel="Make")(with_shared(command))


def transcribe(
    source: Annotated[
        str, typer.Argument(help="A video or sound file, a media's id (med_…), or a URL.")
    ],
    language: Annotated[
        str | None, typer.Option(help="What is spoken, e.g. en or pt-BR. Default: detected.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="One that the container has.")] = None,
    vocabulary: Annotated[
        list[str] | None, typer.Option("--word", help="A name or term that is said. Repeatable.")
    ] = None,
    *,
    making: Making,
) -> None:
    """Write down what is said, as subtitles with the time of each word."""
    heard = source_of(source, "SOURCE")
    flags = {"language": language, "model": model, "vocabulary": vocabulary or None}
    wanted = options_of(making.options, making.settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.transcribe(heard, cast(TranscribeOptions, wanted), progress=progress)

    run_job(submit, making, beside(heard, "transcript", ".vtt"), heard)


def translate(
    source: Annotated[
        str, typer.Argument(help="A file of subtitles, or the id of a media that has some (med_…).")
    ],
    to: Annotated[str, typer.Option(help="The language to translate into, e.g. es or zh-Hant.")],
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
    *,
    making: Making,
) -> None:
    """Put subtitles into another language; their cues and times stay as they are."""
    found = source_of(source, "SOURCE")
    if isinstance(found, str) and is_url(found):
        raise typer.BadParameter(
            "a URL is not subtitles; `vidgen subtitle` takes one", param_hint="SOURCE"
        )
    if isinstance(found, Path) and (kind_of(found) or ("", ""))[0] == "media":
        raise typer.BadParameter(
            f"{found} is not subtitles; `vidgen subtitle` takes a video", param_hint="SOURCE"
        )
    if isinstance(found, Path) and version is not None:
        raise typer.BadParameter("is of a media", param_hint="--version")
    if isinstance(found, str) and encoding is not None:
        raise typer.BadParameter("is of a file", param_hint="--encoding")
    flags = {"from": from_language, "style": style, "model": model}
    wanted = options_of(making.options, making.settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.translate(
            found,
            to,
            cast(TranslateOptions, wanted),
            version=version,
            encoding=encoding,
            progress=progress,
        )

    run_job(submit, making, beside(found, to, ".vtt"), found)
