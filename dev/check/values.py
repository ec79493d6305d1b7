"""The values in a wrangler config: vars, cron texts, secrets, and what is meant for one machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dev.check.contract import SECRETS
from dev.check.faults import Fault
from dev.crons import parse
from media_jobs.errors import SettingError

Read = Callable[[Callable[[str], str | None]], object]
"""A Worker's reader of its settings."""

_LOCAL = re.compile(r"localhost|\b127\.\d+\.\d+\.\d+\b|\b0\.0\.0\.0\b|\[::1\]", re.IGNORECASE)
_SECRET_NAME = re.compile(r"secret|access_?key|token|password|credential", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"(?=.*\d)[A-Za-z0-9+/_=-]{32,}|.*X-Amz-Signature=.*|\w+://[^/@]+@.*")


def var_faults(variables: Mapping[str, Any], read: Read, where: str) -> Iterator[Fault]:
    """Yield the vars that the Worker would refuse; *where* names their table.

    Of those that its reader refuses, that is the first one: it reads no further.
    """

    def get(name: str) -> str | None:
        value = name if name in SECRETS else variables.get(name)
        return None if value is None else str(value)

    for name, value in variables.items():
        if not isinstance(value, str):
            what = f"is {value!r}, which a Worker in Python sees as a raw proxy."
            yield Fault(where=f"{where}.{name}", what=what, fix="put it in quotes.")
    try:
        read(get)
    except SettingError as error:
        fix = "write what the Worker takes: without it, every request is refused."
        yield Fault(where=f"{where}.{error.setting}", what=error.message, fix=fix)


def development_faults(table: Mapping[str, Any], prefix: str) -> Iterator[Fault]:
    """Yield what must not be deployed in *table*; *prefix* comes before each setting's name."""
    for path, value in _leaves(table):
        where = f"{prefix}{path}"
        if ".local_dev." in f".{path}." or "experimental" in path:
            yield Fault(where=where, what="is for development.", fix="remove it.")
        elif not isinstance(value, str):
            continue
        elif _LOCAL.search(value):
            fix = "write the public address."
            yield Fault(where=where, what=f"{value!r} is this machine.", fix=fix)
        elif value.lower().startswith("http://"):
            yield Fault(where=where, what=f"{value!r} is not encrypted.", fix="use https.")
        elif path == "vars.ENVIRONMENT" and value != "production":
            yield Fault(where=where, what=f"is {value!r}.", fix="write production.")


def secret_faults(table: Mapping[str, Any], prefix: str) -> Iterator[Fault]:
    """Yield what looks like a secret anywhere in a config, without its value."""
    for path, value in _leaves(table):
        # `secrets.required` lists the names of secrets, which are none themselves.
        if not isinstance(value, str) or value in SECRETS:
            continue
        if _SECRET_NAME.search(path.rpartition(".")[2]):
            what = "is a secret's name with a value."
        elif ".vars." in f".{path}" and _SECRET_VALUE.fullmatch(value):
            what = "has a value that looks like a secret."
        else:
            continue
        fix = "remove it; set it with `wrangler secret put`, and renew it if it was ever real."
        yield Fault(where=f"{prefix}{path}", what=what, fix=fix)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, value) of every setting that is not itself a table or list."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, path)
    else:
        yield path, value


def cron_faults(crons: object, where: str) -> Iterator[Fault]:
    """Yield the texts of *crons* that are not cron expressions: wrangler does not check them."""
    for cron in crons if isinstance(crons, list) else [crons]:
        try:
            parse(str(cron))
        except ValueError as error:
            yield Fault(
                where=where,
                what=f"{cron!r} is not a cron expression: {error}.",
                fix="write five fields of numbers, *, lists, ranges and steps; Sunday is 1.",
            )
