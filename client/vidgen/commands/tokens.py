"""`vidgen tokens`: API tokens, of which only their makers see the secret, once."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from vidgen.commands.console import client_of, print_json, say, table
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.models import Scope, Token

__all__ = ["register"]

group = typer.Typer(no_args_is_help=True, help="API tokens: list, create, revoke.")


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(group, name="tokens", rich_help_panel="Account")
    for name, command in (("list", list_tokens), ("create", create), ("revoke", revoke)):
        group.command(name)(with_shared(command))


def list_tokens(*, shown: Shown) -> None:
    """List the tokens, without their secrets."""
    with client_of(shown) as client:
        found = list(client.tokens())
    if shown.as_json:
        print_json(found)
    else:
        table(("token", "scopes", "expires", "last used", "name"), *(_row(one) for one in found))


def _row(token: Token) -> tuple[str, ...]:
    expires = token.expires_at.strftime("%Y-%m-%d") if token.expires_at else "never"
    used = token.last_used_at.strftime("%Y-%m-%d") if token.last_used_at else "never"
    state = "revoked" if token.revoked_at else expires
    return token.token_id or "-", ",".join(token.scopes), state, used, token.name


def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scopes: Annotated[
        list[str], typer.Option("--scope", help="read, submit or admin. Repeatable.")
    ],
    expires_in_days: Annotated[int | None, typer.Option(help="Default: never.")] = None,
    queued_max: Annotated[int | None, typer.Option(help="Unfinished jobs at most.")] = None,
    running_max: Annotated[int | None, typer.Option(help="Running jobs at most.")] = None,
    *,
    shown: Shown,
) -> None:
    """Create a token and print it: no other command shows it again."""
    with client_of(shown) as client:
        made = client.create_token(
            name,
            cast(list[Scope], scopes),
            expires_in_days=expires_in_days,
            queued_max=queued_max,
            running_max=running_max,
        )
    if shown.as_json:
        print_json(made)
        return
    say(f"{made.token_id} is shown here only; keep it")
    typer.echo(made.token)


def revoke(
    token_id: Annotated[
        str, typer.Argument(metavar="TOKEN-ID", help="Its id (tok_…), not itself.")
    ],
    *,
    server: Server,
) -> None:
    """Revoke a token and end its sessions."""
    with client_of(server) as client:
        client.revoke_token(token_id)
    typer.echo(f"{token_id} revoked")
