"""`rotate-secret`: a new shared secret, without one message refused on the way.

Every side accepts all secrets of its list and signs with the first. So between any two neighbours
in time both lists must hold the first of either: `old` → `old,new` → `new,old` → `new`.
"""

from __future__ import annotations

import os
import secrets as randomness
from enum import StrEnum

import httpx
import typer
from vidgen.errors import ConfigurationError

from dev.installation import CONFIGS
from media_jobs.keyring import parse_host_keys
from ops.account import hosts_of
from ops.doctor.diagnose_client import ask
from ops.doctor.remote import Addresses
from ops.init import SECRET_BYTES
from ops.keys import RESTART
from ops.options import AppUrl, ContainerUrls, OrchestratorUrl
from ops.project import Project
from ops.secret import (
    SECRET,
    OperatorKeys,
    is_root_apart,
    operator_keys,
    read_secret,
    write_secrets,
)


class RotationStep(StrEnum):
    """The steps, in their order."""

    ADD = "add"
    SWITCH = "switch"
    REMOVE = "remove"


def rotate(project: Project, step: RotationStep) -> str:
    """Do one step: both Workers, and the files here. Return the list that is in force now.

    A step that broke off is run again. Raises ConfigurationError when it is not the step's turn,
    ToolFailed when wrangler refuses.
    """
    if os.environ.get(SECRET, "").strip():
        raise ConfigurationError(
            f"{SECRET} is set in the environment: unset it; the one that is kept here is rotated."
        )
    known = (read_secret(project) or "").split(",")
    match step, known:
        case _, [""]:
            raise ConfigurationError(
                f"{SECRET} is not known here: neither ops/.env nor containers/.env has it."
            )
        case RotationStep.ADD, [old]:
            lists = [old, randomness.token_hex(SECRET_BYTES)]
            # First of all: the new secret must outlive a step that breaks off.
            _write(project, ",".join(lists))
        case RotationStep.ADD, [_, _]:
            lists = known
        case RotationStep.SWITCH, [old, new]:
            lists = [new, old]
        case RotationStep.REMOVE, [new, _]:
            lists = [new]
        case _:
            raise ConfigurationError(
                f"There are {len(known)} secrets: {step} is not the next step."
            )
    value = ",".join(lists)
    for config in CONFIGS.values():
        options = ("--config", config, "--env", "production")
        project.must_wrangler("secret", "put", SECRET, *options, given=value)
    _write(project, value)
    return value


def _write(project: Project, value: str) -> None:
    """Write the list, and what follows from it for the containers, where each of them is."""
    host_keys = parse_host_keys(project.account().host_keys)
    write_secrets(project, value, host_keys, apart=is_root_apart(project))


def not_ready(
    http: httpx.Client, where: Addresses, own: OperatorKeys, *, signing: bool
) -> list[str]:
    """Return the parts that do not accept *own*'s secret, or (*signing*) do not sign with it.

    A container that this machine cannot reach, or that knows no such question, as the earlier
    system's, is not among them; a silent Worker is.
    """
    workers = {
        "app": ask(http, "app", where.app, own.tries("app")),
        "orchestrator": ask(http, "orchestrator", where.orchestrator, own.tries("orchestrator")),
    }
    containers = {
        name: ask(http, "container", url, own.tries("container", name))
        for name, url in where.containers.items()
    }
    reached = {name: answer for name, answer in containers.items() if answer.status not in (0, 404)}
    return [
        name
        for name, answer in {**workers, **reached}.items()
        if answer.status != 200 or (signing and not answer.own)
    ]


def rotate_command(
    step: RotationStep,
    app_url: AppUrl = None,
    orchestrator_url: OrchestratorUrl = None,
    container_url: ContainerUrls = None,
) -> None:
    """Replace the shared secret in three steps: add, switch, remove.

    After each step, restart the containers with the new containers/.env, on each of their hosts.
    switch and remove first ask every part, and refuse while one has not taken the previous step.
    """
    project = Project.here()
    account = project.account()
    given = dict(item.partition("=")[::2] for item in container_url or [])
    where = Addresses(
        app=app_url or account.app_url,
        orchestrator=orchestrator_url or account.orchestrator_url,
        containers=hosts_of({**account.containers, **given}),
    )
    known = (read_secret(project) or "").split(",")
    if step is not RotationStep.ADD and len(known) == 2:
        # `add` must have reached everybody before the switch, and the switch before the removal.
        new = known[1] if step is RotationStep.SWITCH else known[0]
        own = operator_keys(project)
        assert own is not None  # There are two secrets.
        with httpx.Client() as http:
            late = not_ready(http, where, own.of_root(new), signing=step is RotationStep.REMOVE)
        if late:
            raise ConfigurationError(
                f"{', '.join(late)} has not taken the previous step: restart it with the list in "
                f"containers/.env, or check it with `make ops ARGS='doctor --remote'`."
            )
    rotate(project, step)
    typer.echo(
        f"Both Workers and containers/.env have it. Now, on the containers' hosts: {RESTART}"
    )
    following = {RotationStep.ADD: "switch", RotationStep.SWITCH: "remove"}.get(step)
    typer.echo(
        f"Then: make ops ARGS='rotate-secret {following}'"
        if following
        else "The rotation is then complete."
    )
