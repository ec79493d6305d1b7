"""The two wrangler configs: what a deploy needs and what wrangler itself does not check."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import settings as app_settings
from dev.check.contract import APP, COMPATIBILITY_DATE_MIN, CONTAINER_VARS, ORCHESTRATOR
from dev.check.faults import CheckError, Fault
from dev.check.jsonc import read_jsonc
from dev.check.values import Read, cron_faults, development_faults, secret_faults, var_faults
from dev.installation import APP_CONFIG, ORCHESTRATOR_CONFIG
from orchestrator import settings as orchestrator_settings

Table = Mapping[str, Any]

# The settings of a Worker that an environment inherits, as far as these Workers have them.
INHERITED = (
    *("main", "base_dir", "compatibility_date", "compatibility_flags", "migrations"),
    *("triggers", "assets", "build", "observability"),
)


@dataclass(frozen=True, slots=True)
class Config:
    """One config file: its name, and the whole of it."""

    name: str
    top: Table


def read_configs(root: Path) -> tuple[Config, Config]:
    """Read (app's, orchestrator's). Raises CheckError when one is missing or cannot be parsed."""
    app = _parsed(root / APP_CONFIG, read_jsonc)
    return app, _parsed(root / ORCHESTRATOR_CONFIG, tomllib.loads)


def _parsed(path: Path, parse: Any) -> Config:
    try:
        return Config(path.name, parse(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        fix = "correct the file."
        raise CheckError(Fault(where=path.name, what=f"{what}.", fix=fix)) from None


def deployed(config: Config) -> Table:
    """Return what a deploy uses: [env.production] with what it inherits."""
    inherited = {name: config.top[name] for name in INHERITED if name in config.top}
    return {**inherited, **config.top.get("env", {}).get("production", {})}


def durable_objects(table: Table) -> list[Table]:
    """Return the Durable Object bindings of *table*."""
    found: list[Table] = table.get("durable_objects", {}).get("bindings", [])
    return found


def config_faults(root: Path) -> Iterator[Fault]:
    """Yield everything that is wrong with the two configs. Raises CheckError.

    Unknown settings, and bindings that production lacks, are what the dry run's warnings name.
    """
    app, orchestrator = read_configs(root)
    try:
        yield from _common_faults(app, orchestrator)
        yield from _worker_faults(app, APP, app_settings.read_settings)
        yield from _worker_faults(
            orchestrator, ORCHESTRATOR, orchestrator_settings.read_settings, CONTAINER_VARS
        )
    except (AttributeError, KeyError, TypeError):
        what = "a setting has another shape than wrangler's documentation says."
        where, fix = f"{app.name}, {orchestrator.name}", "see `npx wrangler deploy --dry-run`."
        raise CheckError(Fault(where=where, what=what, fix=fix)) from None


def _worker_faults(
    config: Config, names: Table, read: Read, variables: frozenset[str] = frozenset()
) -> Iterator[Fault]:
    production = deployed(config)
    for table, level in ((config.top, ""), (production, "env.production.")):
        yield from _level_faults(config, table, level, names)
        where, given = f"{config.name} {level}vars", table.get("vars", {})
        for name in sorted(variables - given.keys()):
            yield Fault(where=f"{where}.{name}", what="is missing.", fix="add it.")
        yield from var_faults(given, read, where)
    yield from _parity_faults(config)
    yield from development_faults(production, f"{config.name} env.production.")
    yield from secret_faults(config.top, f"{config.name} ")
    yield from _log_faults(production, f"{config.name} env.production.observability")
    yield from _route_faults(config)


def _log_faults(table: Table, where: str) -> Iterator[Fault]:
    """Yield what would put tokens into the platform's own log of requests."""
    settings = table.get("observability", {})
    if settings.get("enabled") and settings.get("redact_query_string") is not True:
        what = "logs the queries of requests, in which callbacks and artifact links have tokens."
        yield Fault(where=where, what=what, fix="set redact_query_string to true.")


def _common_faults(app: Config, orchestrator: Config) -> Iterator[Fault]:
    for setting in ("compatibility_date", "compatibility_flags"):
        values = [str(config.top.get(setting)) for config in (app, orchestrator)]
        if values[0] != values[1]:
            yield Fault(
                where=f"{orchestrator.name} {setting}",
                what=f"is {values[1]}, in {app.name} it is {values[0]}.",
                fix="use the same in both: they share python_modules/.",
            )
    for config in (app, orchestrator):
        date = str(config.top.get("compatibility_date"))
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or date < COMPATIBILITY_DATE_MIN:
            yield Fault(
                where=f"{config.name} compatibility_date",
                what=f"is {date}.",
                fix=f"use {COMPATIBILITY_DATE_MIN} or later: earlier ones are another Python.",
            )


def _level_faults(config: Config, table: Table, level: str, names: Table) -> Iterator[Fault]:
    """Yield what is wrong with the whole Worker that *table* describes."""
    for path, expected in names.items():
        actual = _lookup(table, path)
        if actual != expected:
            yield Fault(
                where=f"{config.name} {level}{path}",
                what=f"is {_shown(actual)}, deployments depend on {_shown(expected)}.",
                fix="put the name back.",
            )
    yield from _migration_faults(config, table, level)
    crons = table.get("triggers", {}).get("crons", [])
    yield from cron_faults(crons, f"{config.name} {level}triggers.crons")


def _migration_faults(config: Config, table: Table, level: str) -> Iterator[Fault]:
    where = f"{config.name} {level}migrations"
    steps: Sequence[Table] = table.get("migrations", [])
    tags = [step.get("tag") for step in steps]
    if len(set(tags)) != len(tags) or None in tags:
        yield Fault(where=where, what="two steps share a tag.", fix="give each its own.")
    made = {name for step in steps for name in step.get("new_sqlite_classes", [])}
    for item in durable_objects(table):
        name = item["class_name"]
        if "script_name" not in item and name not in made:
            yield Fault(
                where=where,
                what=f"no step makes {name} with SQLite storage.",
                fix="add it to new_sqlite_classes: the storage kind can never be changed later.",
            )


def _parity_faults(config: Config) -> Iterator[Fault]:
    """Yield what production has beside or against the top level: it would be deployed untried."""
    production = config.top.get("env", {}).get("production", {})
    for name in sorted(production.get("vars", {}).keys() - config.top.get("vars", {}).keys()):
        yield Fault(
            where=f"{config.name} vars.{name}",
            what="is in env.production only.",
            fix="add it to the top level, so that it is run before it is deployed.",
        )
    for setting in ("compatibility_date", "compatibility_flags", "main", "base_dir", "migrations"):
        if setting in production and production[setting] != config.top.get(setting):
            yield Fault(
                where=f"{config.name} env.production.{setting}",
                what="differs from the top level.",
                fix="remove it there: it is inherited.",
            )


def _route_faults(config: Config) -> Iterator[Fault]:
    for setting in ("route", "routes"):
        if setting in config.top:
            yield Fault(
                where=f"{config.name} {setting}",
                what="is at the level that local runs use, where it breaks presigned URLs.",
                fix="move it to env.production.",
            )


def _lookup(table: Table, path: str) -> object:
    """Return the setting at a dotted *path*, in which `list[NAME]` is the binding NAME."""
    value: Any = table
    for part in path.split("."):
        setting, _, name = part.rstrip("]").partition("[")
        value = value.get(setting) if isinstance(value, Mapping) else None
        if name:
            items = value if isinstance(value, list) else []
            value = next((i for i in items if name in (i.get("binding"), i.get("name"))), None)
    return value


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)
