"""`vidgen login`, `logout`, `whoami`."""

from __future__ import annotations

from typing import Annotated

import typer

from vidgen.client import Client
from vidgen.commands.console import AsJson, Token, Url, client_of, print_json
from vidgen.config import Connection, forget, remember
from vidgen.transport import base_url

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for name, command in (("login", login), ("logout", logout), ("whoami", whoami)):
        app.command(name, rich_help_panel="Account")(command)


def login(
    url: Annotated[str, typer.Option(prompt="Address of the app", envvar="VIDGEN_URL")],
    token: Annotated[str, typer.Option(prompt="API token", hide_input=True, envvar="VIDGEN_TOKEN")],
) -> None:
    """Check a token and store it with the app's address."""
    found = Connection(url=base_url(url), token=token.strip())
    with Client(found.url, found.token) as client:
        session = client.session()
    path = remember(found)
    typer.echo(f"Logged in to {found.url} as {session.name} ({', '.join(session.scopes)}): {path}")


def logout() -> None:
    """Delete what login stored. The token itself stays valid until it is revoked."""
    typer.echo("Logged out." if forget() else "Not logged in.")


def whoami(as_json: AsJson = False, url: Url = None, token: Token = None) -> None:
    """Show which token is in use."""
    with client_of(url, token) as client:
        session = client.session()
    if as_json:
        print_json(session)
    else:
        typer.echo(f"{session.name} ({', '.join(session.scopes)}) at {client.url}")
