"""`import`: media, results and history of the earlier system, from its dump and its bucket."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from vidgen.commands.parameters import AsJson
from vidgen.errors import ConfigurationError

from media_jobs.ids import is_id
from ops.app_database import AppDatabase
from ops.confirm import confirm
from ops.earlier.bucket import S3, S3Keys
from ops.earlier.dump import EarlierDump
from ops.earlier.import_run import CONNECTIONS, Import, Wanted
from ops.earlier.known import has_workspace
from ops.options import DryRun, Local, Yes
from ops.project import Project
from ops.resources import BUCKET

REPORT_FILE = ".vidgen/import.json"


def s3_keys() -> S3Keys:
    """Return the keys of the environment. Raises ConfigurationError."""
    names = ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
    halves = [os.environ.get(name, "").strip() for name in names]
    if not all(halves):
        raise ConfigurationError(
            "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not set: export the S3 API token that "
            "may read the earlier system's bucket and write this one's (docs/deploy.md)."
        )
    return S3Keys(access_key_id=halves[0], secret_access_key=halves[1])


def _endpoint(project: Project, given: str | None, *, local: bool) -> str:
    if given:
        return given
    if local:
        raise ConfigurationError("--local needs --s3-endpoint, the address of the local bucket.")
    return project.account().s3_endpoint


def import_command(
    dump: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="What `wrangler d1 export` wrote."),
    ],
    local: Local,
    from_bucket: Annotated[
        str, typer.Option("--from-bucket", help="The earlier system's bucket.")
    ] = BUCKET,
    workspace: Annotated[
        str, typer.Option("--workspace", help="Whose the media become.")
    ] = "ws_default",
    thumbnails: Annotated[
        bool,
        typer.Option(
            "--thumbnails/--no-thumbnails", help="Fetch thumbnails from where the dump says."
        ),
    ] = True,
    s3_endpoint: Annotated[
        str | None, typer.Option("--s3-endpoint", help="Instead of the account's.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bring along the media, results and history of the earlier system.

    Objects are copied within R2. Run again, it goes on where it was broken off, and adds what a
    later dump has more. What has no place here is counted by reason.
    """
    project = Project.here()
    wanted = Wanted(source=from_bucket, workspace=workspace, pictures=thumbnails, dry_run=dry_run)
    s3 = S3(_endpoint(project, s3_endpoint, local=local), s3_keys(), CONNECTIONS)
    database = AppDatabase(project=project, remote=not local)
    if not is_id(workspace) or not has_workspace(database, workspace):
        raise ConfigurationError(f"There is no workspace {workspace}.")
    typer.echo(f"reading {dump}", err=True)
    with closing(EarlierDump(dump)) as earlier:
        if not dry_run:
            asked = f"Import {earlier.media_count:,} media into the {database.name} database?"
            confirm(asked, yes=yes, as_json=as_json)
        tally = Import(earlier, database, s3, wanted, _say).run()
    document = {"ok": True, "dryRun": dry_run, **tally.document()}
    report = project.root / REPORT_FILE
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = [*tally.lines(dry_run=dry_run), f"all of it: {REPORT_FILE}"]
    typer.echo(json.dumps(document) if as_json else "\n".join(lines))


def _say(line: str) -> None:
    typer.echo(line, err=True)
