"""`doctor`: what is wrong, why it matters, and the command that fixes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import httpx
import typer

from ops.account import hosts_of
from ops.doctor.findings import Finding, finding
from ops.doctor.local import examine_clone
from ops.doctor.remote import Addresses, examine
from ops.options import AppUrl, ContainerUrls, OrchestratorUrl
from ops.project import Project
from ops.resources import examine_account
from ops.secret import operator_keys


def doctor(
    remote: Annotated[
        bool, typer.Option("--remote", help="Check the running system as well.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    app_url: AppUrl = None,
    orchestrator_url: OrchestratorUrl = None,
    container_url: ContainerUrls = None,
) -> None:
    """Say what is wrong. Exit code 0: nothing, or warnings only; 1: errors.

    Without --remote, this clone and machine are checked. With both --app-url and
    --orchestrator-url, only the running system at these addresses is checked.
    """
    project = Project.here()
    given = dict(item.partition("=")[::2] for item in container_url or [])
    if app_url and orchestrator_url:
        found = remote_findings(project, app_url, orchestrator_url, given)
    else:
        found = examine_clone(project)
        if remote:
            account = project.account()
            found += examine_account(project, account)
            urls = {**account.containers, **given}
            found += remote_findings(
                project,
                app_url or account.app_url,
                orchestrator_url or account.orchestrator_url,
                urls,
            )
    # The account knows more of a route than the running system does, and comes first.
    once = {item.name: item for item in reversed(found)}
    found = [item for item in found if once[item.name] is item]
    _show(found, as_json=as_json)
    raise typer.Exit(1 if any(item.severity == "error" for item in found) else 0)


def remote_findings(
    project: Project, app_url: str, orchestrator_url: str, containers: dict[str, str]
) -> list[Finding]:
    """Ask the running system. Without a secret nothing can be asked, and that is the finding."""
    own = operator_keys(project)
    if own is None:
        return [finding("secret_unknown")]
    hosts = hosts_of(containers)
    where = Addresses(app=app_url, orchestrator=orchestrator_url, containers=hosts)
    with httpx.Client(timeout=60.0) as http:
        return examine(http, where, own, project.migrations())


def _show(found: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        document = {"ok": not found, "findings": [item.document() for item in found]}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for item in found:
        typer.echo(f"{item.severity}: {item.what} [{item.name}]")
        typer.echo(f"  why: {item.why}")
        typer.echo(f"  fix: {item.fix}")
    errors = sum(item.severity == "error" for item in found)
    typer.echo(
        f"{errors} errors, {len(found) - errors} warnings." if found else "Everything is fine."
    )
