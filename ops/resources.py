"""What wrangler says of the account: the resources and secrets that a deploy relies on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dev.installation import CONFIGS
from ops.account import Account
from ops.cutover.routes import APP_WORKER, conflicts
from ops.doctor.findings import APP_SECRET, ORCHESTRATOR_SECRET, Finding, finding
from ops.project import Project, ToolFailed
from ops.secret import SECRET

WORKERS = {"orchestrator": "media-orchestrator", "app": APP_WORKER}
BUCKET = "vidgen-render"
DATABASE = "vidgen_app"
CREATE = {
    "d1": f"d1 create {DATABASE}",
    "kv": "kv namespace create JOBS",
    "r2": f"r2 bucket create {BUCKET}",
}
SECRETS = {
    "orchestrator": (SECRET, "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
    "app": (SECRET,),
}


def listed(project: Project, *command: str) -> list[dict[str, Any]]:
    """Return the rows of a wrangler command that prints JSON. Raises ToolFailed."""
    return [row for row in project.wrangler_json(*command) if isinstance(row, dict)]


def secret_names(project: Project, part: str) -> set[str]:
    """Return the names of a Worker's secrets; empty when it was never deployed."""
    options = ("--config", CONFIGS[part], "--env", "production", "--format", "json")
    try:
        return {str(row["name"]) for row in listed(project, "secret", "list", *options)}
    except ToolFailed:
        return set()


def bucket_exists(project: Project) -> bool:
    """Return whether the account has the bucket."""
    return project.wrangler("r2", "bucket", "info", BUCKET).status == 0


def examine_account(project: Project, account: Account) -> Iterator[Finding]:
    """Yield what the account lacks."""
    if project.wrangler("whoami").status != 0:
        yield finding("not_logged_in")
        return
    databases = {str(row.get("uuid")) for row in listed(project, "d1", "list", "--json")}
    if account.d1_database_id not in databases:
        yield _missing("D1 database", account.d1_database_id, "d1")
    spaces = {str(row.get("id")) for row in listed(project, "kv", "namespace", "list")}
    if account.kv_namespace_id not in spaces:
        yield _missing("KV namespace", account.kv_namespace_id, "kv")
    if not bucket_exists(project):
        yield _missing("R2 bucket", BUCKET, "r2")
    for part, names in SECRETS.items():
        there = secret_names(project, part)
        config = ORCHESTRATOR_SECRET if part == "orchestrator" else APP_SECRET
        for name in names:
            if name not in there:
                yield finding(
                    "secret_unset",
                    suffix=f"{part}.{name}",
                    part=part,
                    name=name,
                    command=config.format(name=name),
                )
    yield from _routes(project, account)


def _routes(project: Project, account: Account) -> Iterator[Finding]:
    try:
        found = conflicts(project, account)
    except ToolFailed as error:
        yield finding("routes_unknown", reason=str(error))
        return
    if found.holder:
        other, route = f"the Worker {found.holder}", f"{account.app_domain}/*"
        yield finding("route_conflict", route=route, other=other, command="make ops ARGS=cutover")
    if found.before:
        named = (f"{route.pattern} ({route.script or 'no Worker'})" for route in found.before)
        yield finding("route_conflict.narrower", routes=", ".join(named), zone=account.zone)


def _missing(kind: str, name: str, step: str) -> Finding:
    command = (
        f"npx wrangler {CREATE[step]}; its id belongs into account.toml; make ops ARGS=configure"
    )
    return finding("resource_missing", suffix=step, kind=kind, id=name, command=command)
