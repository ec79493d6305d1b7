"""What in the account has this project's names and belongs to another system.

The earlier system has the same names for its Workers, its database and one of its Durable Object
classes. Deployed over it, this project would take its place for good: Cloudflare goes neither
forward nor back across another system's migrations of Durable Objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vidgen.errors import ConfigurationError

from ops.app_database import AppDatabase
from ops.project import Project, ToolFailed
from ops.resources import WORKERS
from ops.versions import WorkerVersion, deployed, version_of

OWN_CLASSES = {"orchestrator": "DispatcherDO", "app": "LiveDO"}
"""A Durable Object class of each of this project's Workers that the earlier ones have not.

Tags tell nothing: both systems' first migration is called `v1`.
"""
OWN_MIGRATION = "0000_media_and_jobs.sql"
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' "
    "AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*' ORDER BY name"
)
APPLIED = "SELECT name FROM d1_migrations ORDER BY id"
SHOWN_MAX = 8
Rows = Sequence[Mapping[str, Any]]  # Any: what SQL gives.
CHAPTER = "docs/deploy.md, 'Coming from the earlier system'"


def refuse_other_system(found: Sequence[str]) -> None:
    """Raise ConfigurationError that names all of *found*, and where to read what to do."""
    if found:
        listed = "\n".join(f"- {line}" for line in found)
        raise ConfigurationError(
            f"The account has parts of another system under this project's names, and nothing was "
            f"changed:\n{listed}\nBoth systems can be kept, and its data can come along: {CHAPTER}."
        )


def foreign_worker(project: Project, part: str) -> Iterator[str]:
    """Yield what the Worker is that has the name of *part*, if it is not of this project.

    Raises ToolFailed when that cannot be known.
    """
    name = WORKERS[part]
    now = _present(project, name)
    if now is None or OWN_CLASSES[part] in now.classes or _is_draft(now):
        return
    facts = [f"version {now.shown}"]
    if now.classes:
        facts.append(f"Durable Object classes {', '.join(sorted(now.classes))}")
    if now.migration:
        facts.append(f"their migration {now.migration}")
    yield (
        f"the Worker {name} ({'; '.join(facts)}): deploy its own code under another name, move its "
        f"routes there, then `npx wrangler delete {name}`"
    )


def _present(project: Project, worker: str) -> WorkerVersion | None:
    try:
        ids = deployed(project, worker)
    except ToolFailed as error:
        if "10007" in str(error) or "does not exist" in str(error):
            return None
        raise
    return version_of(project, worker, ids[0]) if ids else None


def _is_draft(version: WorkerVersion) -> bool:
    """Whether it is what `wrangler secret put` makes where there is no Worker yet."""
    kinds = {binding.type for binding in version.bindings}
    return kinds == {"secret_text"} and version.migration is None


def foreign_database(project: Project, name: str) -> Iterator[str]:
    """Yield what the account's database *name* holds, if that is not of this project."""
    # Without a config: the id that it names is the one that is still to be found.
    options = ("--remote", "--yes", "--json")

    def ask(query: str) -> Rows:
        command = ("d1", "execute", name, *options, "--command", query)
        try:
            return list(project.wrangler_json(*command)[0]["results"])
        except (LookupError, TypeError):
            raise ToolFailed(f"The answer of D1 {name} cannot be read.") from None

    yield from _foreign_tables(f"D1 {name}", ask(TABLES), lambda: ask(APPLIED))


def foreign_app_database(database: AppDatabase) -> Iterator[str]:
    """Yield what the database of the app's config holds, if that is not of this project."""
    tables = database.ask(TABLES)
    where = f"the {database.name} D1 database of account.toml"
    yield from _foreign_tables(where, tables, lambda: database.ask(APPLIED))


def _foreign_tables(where: str, tables: Rows, applied: Callable[[], Rows]) -> Iterator[str]:
    names = [str(row["name"]) for row in tables]
    others = [name for name in names if name != "d1_migrations"]
    if not others:
        return
    if "d1_migrations" in names and OWN_MIGRATION in {row["name"] for row in applied()}:
        return
    more = f" and {len(others) - SHOWN_MAX} more" if len(others) > SHOWN_MAX else ""
    yield (
        f"{where} (tables {', '.join(others[:SHOWN_MAX])}{more}): leave it, create another with "
        "`npx wrangler d1 create vidgen_app_media_jobs`, and write its id into account.toml as "
        "d1_database_id"
    )
