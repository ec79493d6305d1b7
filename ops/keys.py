"""`keys`: which key each container holds, and what the root secret still signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer
from vidgen.errors import ConfigurationError

from media_jobs.keyring import ROOT, HostKey, RootSignatures, parse_host_keys, show_host_keys
from ops.deploy import configure
from ops.project import Project
from ops.secret import HOSTS, SECRET, read_secret, write_secrets

RESTART = "docker compose -f containers/compose.yaml up -d"
DEPLOY = "npm run cf:deploy"


class KeyAction(StrEnum):
    """What can be done with a container's key."""

    RENEW = "renew"
    RETIRE = "retire"
    REVOKE = "revoke"


def changed(key: HostKey, action: KeyAction) -> HostKey:
    """Return what *key* becomes.

    Renewed, the former one still signs what goes to the container, and a new one is accepted as
    well; retired, the newest alone is in force; revoked, a new one alone.
    """
    following = max((it for it in key if it is not None), default=0) + 1
    match action:
        case KeyAction.RENEW:
            return (*key, following)
        case KeyAction.RETIRE:
            return key[-1:]
        case KeyAction.REVOKE:
            return (following,)


def change_keys(project: Project, names: tuple[str, ...], action: KeyAction) -> dict[str, HostKey]:
    """Change the keys of the containers *names*: account.toml, the configs, and `containers/.env`.

    Return what each container holds then. Raises ConfigurationError when the root secret is not
    known here.
    """
    secret = read_secret(project)
    if secret is None:
        raise ConfigurationError(f"{SECRET} is neither in ops/.env nor in containers/.env.")
    account = project.account()
    keys = _held(parse_host_keys(account.host_keys))
    keys |= {name: changed(keys[name], action) for name in names}
    replace(account, host_keys=show_host_keys(keys)).write(project.root)
    configure(project)
    write_secrets(project, secret, keys, apart=True)
    return keys


def keys_command(
    action: Annotated[
        KeyAction | None, typer.Argument(help="Without it, what is in force is shown.")
    ] = None,
    container: Annotated[str, typer.Argument(help="A container's name, or all.")] = "all",
) -> None:
    """Give containers keys of their own, renew them, or revoke one that was stolen.

    renew: a new key beside the former one, until retire; no message is refused on the way. revoke:
    the former one is refused at once, and what that container works on starts again. Each writes
    account.toml, both configs and containers/.env.
    """
    project = Project.here()
    if action is None:
        _show(project)
        return
    if container != "all" and container not in HOSTS:
        raise ConfigurationError(f"{container} is no container: {', '.join(HOSTS)}, or all.")
    names = HOSTS if container == "all" else (container,)
    keys = change_keys(project, names, action)
    _show(project)
    if action is KeyAction.RETIRE:
        typer.echo(f"Now: {DEPLOY}")
    else:
        typer.echo(f"Now: {DEPLOY}; then, on each host, with this containers/.env: {RESTART}")
    if action is KeyAction.RENEW:
        typer.echo(f"When they run: make ops ARGS='keys retire {container}'")
    elif action is KeyAction.RETIRE and not any(None in key for key in keys.values()):
        typer.echo("Copy containers/.env to the containers' host: it has no root secret any more.")


def root_signatures_command(
    chosen: Annotated[RootSignatures, typer.Argument(help="made, accepted or refused.")],
) -> None:
    """Say what the root secret signs between the Workers: one step at a time, each deployed.

    made: everything, as releases before 0.4 did. accepted: nothing, but what it signed is accepted.
    refused: that is refused as well, and who has stolen it from a container has nothing.
    """
    project = Project.here()
    account = project.account()
    steps = list(RootSignatures)
    before = RootSignatures(account.root_signatures)
    if abs(steps.index(chosen) - steps.index(before)) > 1:
        raise ConfigurationError(
            f"From {before} the next step is accepted: deploy both Workers between the two."
        )
    keys = _held(parse_host_keys(account.host_keys))
    if chosen is RootSignatures.REFUSED and (holders := [n for n, k in keys.items() if None in k]):
        raise ConfigurationError(
            f"{', '.join(holders)} hold the root secret: make ops ARGS='keys renew all' first."
        )
    replace(account, root_signatures=chosen).write(project.root)
    configure(project)
    typer.echo(f"Written. Now: {DEPLOY}; npm run deploy:root")


def _held(given: Mapping[str, HostKey]) -> dict[str, HostKey]:
    return {**{name: given.get(name, ROOT) for name in HOSTS}, **given}


def _show(project: Project) -> None:
    account = project.account()
    for name, key in _held(parse_host_keys(account.host_keys)).items():
        texts = ["the root secret" if it is None else f"key {it}" for it in key]
        also = f", accepted too: {', '.join(texts[1:])}" if texts[1:] else ""
        typer.echo(f"{name}: {texts[0]}{also}")
    typer.echo(f"signatures of the root secret between the Workers: {account.root_signatures}")
