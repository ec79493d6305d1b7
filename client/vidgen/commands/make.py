"""`vidgen burn`, `comments`, `download`: from a file or a URL to a result at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from vidgen import flows
from vidgen.client import Client
from vidgen.commands.choices import Preset
from vidgen.commands.console import options_of
from vidgen.commands.parameters import Making, with_shared
from vidgen.commands.results import Video, run_job, video_of
from vidgen.commands.targets import beside, named_after
from vidgen.models import Job
from vidgen.options import BurnOptions, CommentsOptions, DownloadOptions

__all__ = ["register"]

Recut = Annotated[
    bool | None,
    typer.Option("--recut", help="Cut the cues anew, by sentences and to be read in time."),
]
KeepHdr = Annotated[
    bool | None, typer.Option("--keep-hdr", help="Keep high dynamic range, as 10-bit HEVC.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (burn, comments, download):
        app.command(command.__name__, rich_help_panel="Make")(with_shared(command))


def burn(
    video: Video,
    subtitles: Annotated[
        Path | None,
        typer.Argument(help="WebVTT, SubRip, ASS, TTML, … Default: the media's own.", exists=True),
    ] = None,
    preset: Preset = None,
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
    *,
    making: Making,
) -> None:
    """Burn subtitles into a video."""
    source = video_of(video, "SUBTITLES", subtitles)
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
    wanted = options_of(making.options, making.settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.burn(
            source,
            subtitles,
            cast(BurnOptions, wanted),
            encoding=encoding,
            language=language,
            secondary=secondary,
            secondary_language=secondary_language,
            progress=progress,
        )

    run_job(submit, making, beside(source, "burned"), source, subtitles, secondary)


def comments(
    video: Video,
    document: Annotated[
        Path | None,
        typer.Argument(help="A comments document (JSON). Default: the media's own.", exists=True),
    ] = None,
    template: Annotated[str | None, typer.Option(help="landscape or vertical.")] = None,
    preset: Annotated[str | None, typer.Option(help="midnight, paper, ocean, …")] = None,
    height: Annotated[int | None, typer.Option(help="360, 480, 720 or 1080.")] = None,
    *,
    making: Making,
) -> None:
    """Compose a video from a video's comments."""
    source = video_of(video, "DOCUMENT", document)
    flags = {"template": template, "preset": preset, "height": height}
    wanted = options_of(making.options, making.settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.comments(source, document, cast(CommentsOptions, wanted), progress=progress)

    run_job(submit, making, beside(source, "comments"), source, document)


def download(
    address: Annotated[str, typer.Argument(metavar="URL", help="The video's page or file.")],
    max_height: Annotated[int | None, typer.Option(help="144 to 4320 lines.")] = None,
    cookies: Annotated[
        Path | None,
        typer.Option(help="cookies.txt, an extension's JSON, or name=value.", exists=True),
    ] = None,
    *,
    making: Making,
) -> None:
    """Download a video."""
    flags = {
        "maxHeight": max_height,
        "cookies": _text_of(cookies) if cookies is not None else None,
    }
    wanted = options_of(making.options, making.settings or [], flags)

    def submit(client: Client, progress: flows.Progress) -> Job:
        return client.download(address, cast(DownloadOptions, wanted))

    run_job(submit, making, named_after(address), cookies)


def _text_of(path: Path) -> str:
    """Return a text file as editors and browsers save one: UTF-8, or UTF-16 that says so."""
    data = path.read_bytes()
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf_16 else "utf-8-sig", "replace")
