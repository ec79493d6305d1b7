"""What the commands share: the client, job options from the command line, and what is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from rich.console import Console

from vidgen.client import Client
from vidgen.commands.parameters import Server
from vidgen.config import connection
from vidgen.models import Artifact, Input

__all__ = [
    "ERR",
    "client_of",
    "options_of",
    "print_json",
    "say",
    "suffix_of",
    "table",
]

ERR = Console(stderr=True, highlight=False)
"""Progress and messages; results alone go to standard output."""


def say(text: str) -> None:
    """Tell the person something, beside the results and in one line, so that it can be copied."""
    ERR.print(f"vidgen: {text}", markup=False, soft_wrap=True)


@contextmanager
def client_of(server: Server) -> Iterator[Client]:
    """Yield a client of the app that was named, or logged in to."""
    found = connection(server.url, server.token)
    with Client(found.url, found.token) as client:
        yield client


def print_json(found: object) -> None:
    """Print a document, or a list of them, as JSON."""
    typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))


def _plain(found: object) -> object:
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json", by_alias=True)
    if isinstance(found, list):
        return [_plain(item) for item in found]
    return found


def options_of(file: Path | None, settings: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return a job's options: a JSON *file*, above it `--set name.part=value`, above it flags.

    A value is JSON where it can be read as such, else text. Raises typer.BadParameter.
    """
    options: dict[str, Any] = {}
    if file is not None:
        try:
            options = json.loads(file.read_text())
        except ValueError as error:
            raise typer.BadParameter(f"{file} is not valid JSON: {error}") from None
        if not isinstance(options, dict):
            raise typer.BadParameter(f"{file} does not contain a JSON object")
    for setting in settings:
        name, mark, text = setting.partition("=")
        if not mark or not name:
            raise typer.BadParameter(f"{setting!r} is not name=value")
        place = options
        *parents, last = name.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise typer.BadParameter(f"{parent!r} of {name!r} is not an object")
        place[last] = _value(text)
    return options | {name: value for name, value in given.items() if value is not None}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def table(*lines: tuple[str, ...]) -> None:
    """Print rows in columns, the first their names."""
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    for line in lines:
        # Never cut to the terminal's width: an id is there to be copied.
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def suffix_of(found: Artifact | Input | None) -> str:
    """Return the ending that a file has by its kind, with the dot, or nothing."""
    known = {
        "video/mp4": ".mp4",
        "video/quicktime": ".mov",
        "video/webm": ".webm",
        "video/x-matroska": ".mkv",
        "audio/wav": ".wav",
        "audio/x-matroska": ".mka",
        "image/jpeg": ".jpg",
        "text/vtt": ".vtt",
        "application/x-subrip": ".srt",
        "text/x-ssa": ".ass",
        "application/json": ".json",
    }
    kind = found.content_type if found is not None else ""
    return known.get(kind.partition(";")[0].strip(), "")
