"""`rollback`: the routes as before a cut-over, or a Worker's earlier version."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer
from vidgen.commands.parameters import AsJson
from vidgen.errors import ConfigurationError

from ops.confirm import confirm
from ops.cutover.command import STATE_FILE, read_record, undo
from ops.options import DryRun, Yes
from ops.project import Project
from ops.resources import WORKERS
from ops.versions import WorkerVersion, deployed, earlier, hindrance, roll_back, version_of

SECRETS_CHANGED = (
    "Secrets have changed since that version was deployed: run `make ops ARGS='doctor --remote'`, "
    "and set the secrets that it names again."
)


class What(StrEnum):
    """What can be rolled back."""

    CUTOVER = "cutover"
    APP = "app"
    ORCHESTRATOR = "orchestrator"


def choose(project: Project, worker: str, version_id: str | None) -> WorkerVersion:
    """Return the version to go back to: the one named, else the one before the present code.

    Raises ConfigurationError when there is none, or a migration of Durable Objects lies between.
    """
    ids = deployed(project, worker)
    if version_id is None:
        target = earlier(project, worker, ids)
    elif ids and version_id == ids[0]:
        raise ConfigurationError(f"{version_id} is already the active version.")
    else:
        target = version_of(project, worker, version_id)
    if ids and (why := hindrance(version_of(project, worker, ids[0]), target)):
        raise ConfigurationError(why)
    return target


def rollback_command(
    what: What,
    version_id: Annotated[
        str | None,
        typer.Argument(help="The version of a Worker; default: the previous one."),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Undo a cut-over, or activate an earlier version of a Worker again.

    D1, R2 and Durable Objects stay as they are: earlier code works on the newer schema. Nothing is
    rolled back across a migration of Durable Objects.
    """
    project = Project.here()
    if what is What.CUTOVER:
        if version_id is not None:
            raise ConfigurationError("A cut-over has no versions.")
        did = _cutover(project, dry_run=dry_run, ask=lambda q: confirm(q, yes=yes, as_json=as_json))
    else:
        target = choose(project, WORKERS[what], version_id)
        did = [f"{WORKERS[what]}: back to {target.shown}"]
        if not dry_run:
            confirm(f"Activate {target.shown} of {WORKERS[what]}?", yes=yes, as_json=as_json)
            if roll_back(project, WORKERS[what], target):
                did.append(SECRETS_CHANGED)
    lines = [f"would: {line}" for line in did] if dry_run else did
    typer.echo(json.dumps({"ok": True, "did": did}) if as_json else "\n".join(lines))


def _cutover(project: Project, *, dry_run: bool, ask: Callable[[str], None]) -> list[str]:
    record = read_record(project)
    if record is None:
        raise ConfigurationError(f"No cut-over was made from this clone: {STATE_FILE} is missing.")
    planned = [f"{pattern} → {script}" for pattern, script in sorted(record.before.items())]
    if dry_run:
        return planned
    ask(f"Give {record.old} its routes back ({', '.join(planned)})?")
    did: list[str] = []
    undo(project, record, did.append)
    return did or ["The routes are as they were before already."]
