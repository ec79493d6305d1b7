"""`configure`, `deploy`, `migrations`: what the scripts of package.json call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer
from vidgen.errors import ConfigurationError

from dev.installation import APP_CONFIG, CONFIGS
from media_jobs import __version__
from ops.account import ACCOUNT_FILE, applied, differences
from ops.app_database import AppDatabase
from ops.earlier.occupied import foreign_app_database, foreign_worker, refuse_other_system
from ops.options import DryRun, Local
from ops.project import Project, ToolFailed
from ops.resources import DATABASE

UNROUTED_CONFIG = ".wrangler.unrouted.jsonc"
"""The app's config without its routes, beside it while it is deployed: its paths are relative."""
_ROUTES = re.compile(r'"routes": \[[^\]]*\]')


class Part(StrEnum):
    """What can be deployed."""

    ORCHESTRATOR = "orchestrator"
    APP = "app"


def configure(project: Project) -> list[str]:
    """Write the account's values into the configs; return the configs that changed."""
    changed = list(differences(project.account(), project.root))
    for name, text in applied(project.account(), project.root).items():
        (project.root / name).write_text(text, encoding="utf-8")
    return changed


def configure_command(
    check: Annotated[bool, typer.Option("--check", help="Only check whether they differ.")] = False,
) -> None:
    """Write the values of account.toml into both wrangler configs."""
    project = Project.here()
    if check:
        check_configured(project)
        return
    changed = configure(project)
    typer.echo(f"Written: {', '.join(changed)}." if changed else "Nothing to write.")


def check_configured(project: Project) -> None:
    """Raise ConfigurationError when a config says something else than `account.toml`."""
    if changed := list(differences(project.account(), project.root)):
        raise ConfigurationError(
            f"{', '.join(changed)} differs from {ACCOUNT_FILE}. Run `make ops ARGS=configure`."
        )


def check_ready(project: Project, part: Part) -> None:
    """Refuse what should not be deployed.

    Raises ConfigurationError or ToolFailed while a value of the account is missing, the configs
    differ from `account.toml`, another system has the place of *part*, or `make check` finds
    anything. `make check` also vendors the Workers' packages again when their lock has changed.
    """
    account = project.account()
    if left := account.placeholders():
        raise ConfigurationError(
            f"{ACCOUNT_FILE} still has the example values of {', '.join(left)}."
        )
    check_configured(project)
    checked = project.run(["make", "-s", "check"])
    if checked.status != 0:
        raise ToolFailed(f"`make check` fails, nothing was deployed.\n{checked.out.strip()}")
    refuse_other_system([*foreign_worker(project, part), *_foreign_rows(project, part)])


def _foreign_rows(project: Project, part: Part) -> Iterator[str]:
    if part is Part.APP:
        yield from foreign_app_database(AppDatabase(project=project, remote=True))


def upload(project: Project, part: Part) -> str:
    """Deploy one Worker, unchecked, and return what wrangler printed. Raises ToolFailed.

    Its version has the release as its tag, so that `wrangler versions list` tells them apart.
    """
    return project.must_wrangler(*_command(CONFIGS[part]))


def upload_unrouted(project: Project) -> str:
    """Deploy the app, unchecked, and leave all routes to whom they belong. Raises ToolFailed.

    wrangler's `--routes` cannot be empty, and a config without routes asks for a workers.dev
    address unless it says otherwise.
    """
    text = (project.root / APP_CONFIG).read_text(encoding="utf-8")
    unrouted, count = _ROUTES.subn('"workers_dev": false, "routes": []', text)
    if count != 1:
        raise ConfigurationError(f"{APP_CONFIG}: it has routes {count} times.")
    file = project.root / UNROUTED_CONFIG
    file.write_text(unrouted, encoding="utf-8")
    try:
        return project.must_wrangler(*_command(UNROUTED_CONFIG))
    finally:
        file.unlink()


def _command(config: str) -> list[str]:
    place = ["--config", config, "--env", "production"]
    return ["deploy", *place, "--tag", f"v{__version__}"]


def deploy_part(project: Project, part: Part) -> str:
    """Deploy one Worker if nothing speaks against it, and return what wrangler printed.

    Raises what `check_ready` and `upload` raise.
    """
    check_ready(project, part)
    return upload(project, part)


def deploy(part: Part, dry_run: DryRun = False) -> None:
    """Check everything, then deploy one Worker."""
    project = Project.here()
    if dry_run:
        typer.echo("make -s check")
        typer.echo(f"wrangler {' '.join(_command(CONFIGS[part]))}")
        return
    typer.echo(deploy_part(project, part).strip())


class Task(StrEnum):
    """What `make ops ARGS=migrations` does."""

    LIST = "list"
    MIGRATE = "migrate"


def migrations(task: Task, local: Local) -> None:
    """List the pending D1 migrations, or apply them."""
    project = Project.here()
    if task is Task.MIGRATE and not local:
        refuse_other_system([*_foreign_rows(project, Part.APP)])
    verb = "apply" if task is Task.MIGRATE else "list"
    place = ("--local",) if local else ("--remote", "--env", "production")
    command = ("d1", "migrations", verb, DATABASE, "--config", APP_CONFIG, *place)
    typer.echo(project.must_wrangler(*command).strip())
