"""`vidgen presets`: options of an engine, saved under a name for everybody of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from vidgen.client import Client
from vidgen.commands.choices import engine_of
from vidgen.commands.console import client_of, options_of, print_json, say, table
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.engines import Engine
from vidgen.errors import NotFound
from vidgen.models import Preset
from vidgen.suggestions import closest

__all__ = ["named", "register"]

group = typer.Typer(no_args_is_help=True, help="Saved options of engines: list, show, save, rm.")
Name = Annotated[str, typer.Argument(metavar="PRESET", help="A preset's name, or its id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(group, name="presets", rich_help_panel="Library")
    for name, command in (("list", list_presets), ("show", show), ("save", save), ("rm", remove)):
        group.command(name)(with_shared(command))


def list_presets(*, shown: Shown) -> None:
    """List the saved options, newest first."""
    with client_of(shown) as client:
        found = list(client.presets())
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no presets; save one with: vidgen presets save NAME --engine burner --set …")
    else:
        table(("preset", "engine", "name"), *((p.preset_id, p.engine, p.name) for p in found))


def show(preset: Name, *, shown: Shown) -> None:
    """Print the options of a preset as JSON, as `--options` takes them."""
    with client_of(shown) as client:
        found = named(client, preset)
    print_json(found if shown.as_json else found.options)


def save(
    name: Annotated[str, typer.Argument(help="The name to save them under.")],
    engine: Annotated[str, typer.Option(help="burner, downloader, remotion, …")],
    options: Annotated[
        Path | None, typer.Option("--options", help="A JSON file of the options.", exists=True)
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="One option, e.g. style.fontSize=40. Repeatable."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the preset of this name.")
    ] = False,
    *,
    shown: Shown,
) -> None:
    """Save options under a name."""
    wanted = options_of(options, settings or [], {})
    with client_of(shown) as client:
        same = next((one for one in client.presets() if one.name == name), None)
        if same is not None and replace:
            found = client.change_preset(same.preset_id, options=wanted)
        else:
            found = client.create_preset(name, cast(Engine, engine_of(engine)), wanted)
    if shown.as_json:
        print_json(found)
    else:
        typer.echo(found.preset_id)


def remove(preset: Name, *, server: Server) -> None:
    """Remove a preset."""
    with client_of(server) as client:
        found = named(client, preset)
        client.delete_preset(found.preset_id)
    typer.echo(f"{found.name} removed")


def named(client: Client, name: str) -> Preset:
    """Return the preset with this name or id; raises NotFound, saying which is alike."""
    if name.startswith("pre_"):
        return client.preset(name)
    known = list(client.presets())
    for one in known:
        if one.name == name:
            return one
    alike = closest(name, [one.name for one in known])
    hint = f" Did you mean {alike!r}?" if alike is not None else ""
    raise NotFound(404, "not_found", f"There is no preset {name!r}.{hint}")
