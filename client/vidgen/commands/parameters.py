"""The parameters that commands have in common: written once; a command names the group it takes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

__all__ = [
    "AsJson",
    "Making",
    "RunMaking",
    "Server",
    "Shown",
    "StepSettings",
    "Token",
    "with_shared",
]

Url = Annotated[str | None, typer.Option("--url", help="The app's address.", envvar="VIDGEN_URL")]
Token = Annotated[
    str | None,
    typer.Option("--token", help="An API token; better in VIDGEN_TOKEN.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's documents as JSON.")]
StepSettings = Annotated[
    list[str] | None,
    typer.Option("--set", help="An option of a step, e.g. burn.quality=high. Repeatable."),
]
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What every command takes that asks the app."""

    url: Url = None
    token: Token = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Server):
    """The same of one whose answer may be printed as it is."""

    as_json: AsJson = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Making(Shown):
    """What every command takes that makes something."""

    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.", dir_okay=False)
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False
    options: Annotated[
        Path | None,
        typer.Option("--options", help="A JSON file of the engine's options.", exists=True),
    ] = None
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="One option, e.g. style.fontSize=40. Repeatable."),
    ] = None
    detach: Annotated[
        bool, typer.Option("--detach", help="Submit, print the id, and do not wait.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMaking(Making):
    """The same of a recipe, whose steps have options of their own."""

    settings: StepSettings = None
    review: Annotated[
        bool,
        typer.Option(
            "--review", help="Wait for a person's look, in the page. Default: approve it unread."
        ),
    ] = False


def with_shared(command: Callable[..., R]) -> Callable[..., R]:
    """Return *command* with the options of its last parameter's group in that parameter's place."""
    signature = inspect.signature(command, eval_str=True)
    *own, last = signature.parameters.values()
    group: type = last.annotation
    hints = get_type_hints(group, include_extras=True)
    shared = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=one.default,
            annotation=hints[one.name],
        )
        for one in sorted(fields(group), key=lambda one: hasattr(Shown, one.name))
    ]
    names = {one.name for one in shared}

    def called(**given: Any) -> R:  # Any: what typer has read.
        grouped = group(**{name: given.pop(name) for name in names & given.keys()})
        return command(**given, **{last.name: grouped})

    shown = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    parameters = [*shown, *shared]
    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {one.name: one.annotation for one in parameters}
    return called
