"""`host`: hosts that nobody can call, which connect outward with a key of their own."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer
from vidgen.errors import ConfigurationError

from media_jobs.keyring import FIRST, HostKey, Keyring, parse_host_keys, show_host_keys
from media_jobs.outward import host_label_of, is_name, show_host_key
from media_jobs.signing import parse_secrets
from ops.deploy import configure
from ops.keys import DEPLOY, KeyAction, changed
from ops.project import Project
from ops.secret import HOSTS, SECRET, read_secret


class HostAction(StrEnum):
    """What can be done about a host."""

    ADD = "add"
    RENEW = "renew"
    RETIRE = "retire"
    REVOKE = "revoke"


def host_key(project: Project, engine: str, name: str) -> str:
    """Return the text of `HOST_KEY` of a host; raises ConfigurationError without the secret."""
    secret = read_secret(project)
    if secret is None:
        raise ConfigurationError(f"{SECRET} is neither in ops/.env nor in containers/.env.")
    label = host_label_of(engine, name)
    key = parse_host_keys(project.account().host_keys).get(label, FIRST)
    # A host signs with its newest key, which the orchestrator accepts by then.
    newest_first = tuple(sorted(key, key=lambda it: it or 0, reverse=True))
    return show_host_key(engine, name, Keyring(parse_secrets(secret)).of_host(label, newest_first))


def change_key(project: Project, engine: str, name: str, action: KeyAction) -> HostKey:
    """Change the key of a host in account.toml and both configs; return what is in force then."""
    account, label = project.account(), host_label_of(engine, name)
    keys = parse_host_keys(account.host_keys)
    keys[label] = changed(keys.get(label, FIRST), action)
    replace(account, host_keys=show_host_keys(keys)).write(project.root)
    configure(project)
    return keys[label]


def host_command(
    action: Annotated[HostAction, typer.Argument(help="add, renew, retire or revoke.")],
    name: Annotated[str, typer.Argument(help="What the host is called: letters, digits, hyphens.")],
    engine: Annotated[str, typer.Option(help="The container that runs there.")],
) -> None:
    """Print how to start a host that needs no public address, or change its key.

    add: nothing is deployed; the host is let in as soon as it runs. renew: a new key beside the
    former one, until retire. revoke: the former one is refused at once, and what that host works on
    starts again elsewhere.
    """
    project = Project.here()
    if engine not in HOSTS:
        raise ConfigurationError(f"{engine} is no container: {', '.join(HOSTS)}.")
    if not is_name(name):
        raise ConfigurationError(f"{name} is no name: up to 63 of a-z, 0-9 and hyphens.")
    if action is not HostAction.ADD:
        change_key(project, engine, name, KeyAction(action))
        typer.echo(f"Now: {DEPLOY}")
    if action in (HostAction.RETIRE, HostAction.REVOKE):
        typer.echo(
            f"Then, for a host of this name: make ops ARGS='host add {name} --engine {engine}'"
        )
        return
    url, key = project.account().orchestrator_url, host_key(project, engine, name)
    typer.echo("Keep what follows secret: who has it gets jobs, and may report on them.\n")
    typer.echo(
        f"docker run -d --restart unless-stopped -e ORCHESTRATOR_URL={url} -e HOST_KEY={key}"
        f" media-jobs-{engine}"
    )
    typer.echo(f"\nOr, without Docker:\n\nORCHESTRATOR_URL={url} HOST_KEY={key} python -m {engine}")
    if action is HostAction.RENEW:
        typer.echo(f"\nWhen it runs: make ops ARGS='host retire {name} --engine {engine}'")
