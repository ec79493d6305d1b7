"""`token`: the first admin token, stored hashed through `wrangler d1 execute`."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

import typer
from vidgen.errors import ConfigurationError

from dev.installation import APP_CONFIG
from media_jobs.tokens import ENTROPY_BYTES, new_token
from ops.options import Local
from ops.project import Project
from ops.resources import DATABASE

NAME_CHARACTERS_MAX = 100
Name = Annotated[str, typer.Option("--name", help="Its name in the list of tokens.")]


def make_token(project: Project, name: str, *, remote: bool, local_state: str | None = None) -> str:
    """Store a new token with the scope `admin` in D1 and return it; D1 gets its hash alone.

    Raises ConfigurationError for a name that is no plain text of 1 to 100 characters, ToolFailed
    when D1 refuses (before the migrations are applied, for one).
    """
    if not 1 <= len(name) <= NAME_CHARACTERS_MAX or not name.isprintable():
        raise ConfigurationError(f"--name: 1 to {NAME_CHARACTERS_MAX} printable characters.")
    token = new_token(secrets.token_bytes(ENTROPY_BYTES))
    digest = hashlib.sha256(token.encode()).hexdigest()
    quoted = name.replace("'", "''")
    statement = (
        "INSERT INTO tokens (token_hash, token_id, name, scopes, created_ms) VALUES "  # noqa: S608 - no bound values on wrangler's command line; the name is quoted, the rest is ours.
        f"('{digest}', 'tok_{digest[:26]}', '{quoted}', 'admin', unixepoch() * 1000)"
    )
    place = ["--remote", "--env", "production"] if remote else ["--local"]
    if local_state:
        place += ["--persist-to", local_state]
    project.must_wrangler(
        "d1", "execute", DATABASE, "--config", APP_CONFIG, *place, "--command", statement, "--yes"
    )
    return token


def token_command(
    local: Local,
    name: Name = "first",
    persist_to: Annotated[
        str | None, typer.Option("--persist-to", help="The folder of --local's database.")
    ] = None,
) -> None:
    """Create an admin token, print it once, and store its hash."""
    typer.echo(make_token(Project.here(), name, remote=not local, local_state=persist_to))
