"""`backup` and `restore`: D1's rows as a file that says of which schema it is.

wrangler does the export and the import, here and at Cloudflare alike; an import is one transaction.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from vidgen.commands.parameters import AsJson
from vidgen.errors import ConfigurationError

from media_jobs import __version__
from ops.app_database import AppDatabase
from ops.backup.dump import CHUNK_BYTES, Header, inspect, open_dump, write
from ops.confirm import confirm
from ops.options import DryRun, Local, Yes
from ops.project import Project
from ops.resources import DATABASE

FOLDER = "backups"
MIGRATIONS = "d1_migrations"
MIGRATED = {"workspaces": 1}
"""How many rows a table has once it was migrated, before anybody has written to it."""


def make_backup(database: AppDatabase, target: Path | None = None) -> tuple[Path, Header]:
    """Export the database and load the export, which proves it; return the file and what it holds.

    Raises ConfigurationError when the file exists or the dump is not whole, ToolFailed when
    wrangler refuses.
    """
    now = datetime.now(UTC)
    if target is None:
        moment = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"
        name = f"{DATABASE}-{database.name}-{moment}.sql"
        target = database.project.root / FOLDER / name
    if target.exists():
        raise ConfigurationError(f"{target} already exists.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / "dump.sql"
        database.export(dump)
        migrations, rows, columns = inspect(dump)
        if changed := database.unfaithful(columns):
            raise ConfigurationError(
                f"D1's export would change texts in {', '.join(changed)} that have both a line "
                r"break and a literal \n. Use D1's Time Travel for this database (docs/deploy.md)."
            )
        header = {
            "version": __version__,
            "made": now.isoformat(timespec="seconds"),
            "migrations": migrations,
            "rows": rows,
        }
        partial = Path(folder) / "whole.sql"
        written = write(dump, header, partial)
        partial.replace(target)
    return target, written


def check_schema(header: Header, known: Sequence[str]) -> list[str]:
    """Return the migrations that are to be applied after the import.

    Raises ConfigurationError for a backup with a schema that is not an earlier one of this release.
    """
    if list(known[: len(header.migrations)]) != header.migrations:
        ours = set(known)
        foreign = [name for name in header.migrations if name not in ours] or header.migrations[-1:]
        raise ConfigurationError(
            f"The backup is of release {header.version}, with the migrations {', '.join(foreign)} "
            "that this clone lacks or has in another order: check out that release to restore it."
        )
    return list(known[len(header.migrations) :])


def restore(
    database: AppDatabase, file: Path, *, replace: bool, report: Callable[[str], object]
) -> Header:
    """Import a backup, completely or not at all, and compare the numbers of rows.

    What is in the database is backed up first when *replace* says that it may go. Raises
    ConfigurationError for rows without it, ToolFailed when wrangler refuses.
    """
    header = open_dump(file)
    check_schema(header, database.project.migrations())
    there = database.objects()
    rows = database.rows([name for name, kind in there.items() if kind == "table"])
    if any(number > MIGRATED.get(name, 0) for name, number in rows.items() if name != MIGRATIONS):
        if not replace:
            held = ", ".join(f"{name}: {number}" for name, number in rows.items() if number)
            raise ConfigurationError(
                f"The {database.name} database is not empty ({held}). Use --replace to remove "
                "these rows; they are backed up first."
            )
        kept, _ = make_backup(database)
        report(f"previous rows: {kept}")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "import.sql"
        _write_import(script, file, there)
        database.run(script)
    found = database.rows(list(header.rows))
    for name, number in header.rows.items():
        if found[name] != number:
            report(f"{name}: {found[name]} rows instead of {number}; is the app writing?")
    return header


def _write_import(script: Path, file: Path, there: Mapping[str, str]) -> None:
    """Write what drops everything, the children of foreign keys first, and then is the back-up."""
    with script.open("wb") as output, file.open("rb") as given:
        output.write(b"PRAGMA defer_foreign_keys=TRUE;\n")
        for name, kind in there.items():
            output.write(f'DROP {kind.upper()} IF EXISTS "{name}";\n'.encode())
        while piece := given.read(CHUNK_BYTES):
            output.write(piece)


def backup_command(
    local: Local,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write; default: below backups/."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write all rows of D1 into a file, with their schema.

    The file contains token hashes and webhook secrets: protect it like those.
    """
    database = AppDatabase(project=Project.here(), remote=not local)
    file, header = make_backup(database, output)
    document = {"ok": True, "file": str(file), **header.model_dump()}
    text = f"{file}: {sum(header.rows.values())} rows, schema {header.migrations[-1:]}"
    typer.echo(json.dumps(document) if as_json else text)


def restore_command(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A file made by backup.")
    ],
    local: Local,
    replace: Annotated[bool, typer.Option("--replace", help="Remove the existing rows.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup's rows into D1, in place of everything in it.

    A database with rows is refused unless --replace is given; its rows are then backed up first.
    """
    database = AppDatabase(project=Project.here(), remote=not local)
    header = open_dump(file)
    later = check_schema(header, database.project.migrations())
    lines = [f"{file} of {header.made}: {sum(header.rows.values())} rows, release {header.version}"]
    if dry_run:
        lines += [f"would replace the {database.name} database"]
    else:
        confirm(f"{lines[0]}. Replace the {database.name} database?", yes=yes, as_json=as_json)
        restore(database, file, replace=replace, report=lines.append)
        lines += [f"the {database.name} database now has these rows"]
    if later:
        lines += [f"then: npm run db:d1:migrate:{database.name} ({', '.join(later)})"]
    document = {"ok": True, "did": lines, "migrationsLeft": later}
    typer.echo(json.dumps(document) if as_json else "\n".join(lines))
