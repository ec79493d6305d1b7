"""`vidgen login`, `logout`, `whoami`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vidgen.client import Client
from vidgen.commands.console import client_of, print_json
from vidgen.commands.parameters import Shown, with_shared
from vidgen.config import Connection, forget, remember
from vidgen.transport import base_url

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for name, command in (("login", login), ("logout", logout), ("whoami", with_shared(whoami))):
        app.command(name, rich_help_panel="Account")(command)


def login(
    url: Annotated[
        str | None, typer.Option("--url", help="The app's address.", envvar="VIDGEN_URL")
    ] = None,
    token: Annotated[
        str | None, typer.Option("--token", help="An API token.", envvar="VIDGEN_TOKEN")
    ] = None,
) -> None:
    """Check a token and store it with the app's address; what is not given is asked for."""
    address = base_url(url or _asked("Address of the app", "--url"))
    secret = token or _asked("API token", "--token", hide=True)
    found = Connection(url=address, token=secret.strip())
    with Client(found.url, found.token) as client:
        session = client.session()
    path = remember(found)
    typer.echo(f"Logged in to {found.url} as {session.name} ({', '.join(session.scopes)}): {path}")


def _asked(what: str, option: str, *, hide: bool = False) -> str:
    if not sys.stdin.isatty():
        variable = f"VIDGEN_{option.removeprefix('--').upper()}"
        raise typer.BadParameter(
            f"there is no terminal to ask at; give {option}, or set {variable}", param_hint=option
        )
    answer: str = typer.prompt(what, hide_input=hide, err=True)
    return answer


def logout() -> None:
    """Delete what login stored. The token itself stays valid until it is revoked."""
    typer.echo("Logged out." if forget() else "Not logged in.")


def whoami(*, shown: Shown) -> None:
    """Show which token is in use."""
    with client_of(shown) as client:
        session = client.session()
    if shown.as_json:
        print_json(session)
    else:
        typer.echo(f"{session.name} ({', '.join(session.scopes)}) at {client.url}")
