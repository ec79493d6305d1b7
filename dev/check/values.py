"""The values in a wrangler config: vars, cron texts, secrets, and what is meant for one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dev.check.contract import SECRETS
from dev.check.faults import Fault
from dev.crons import parse

# The least and the most. R2 signs for seven days at most; ten years is for ever.
SECONDS = {
    "PUT_EXPIRES": (1, 7 * 24 * 3600),
    "JOB_TTL_SECONDS": (1, 10 * 365 * 24 * 3600),
    "ARTIFACT_TTL_SECONDS": (0, 10 * 365 * 24 * 3600),
}

_URL_NAME = re.compile(r".*_(URL|ENDPOINT)(_[A-Z]+)?")
_BASE_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_LOCAL = re.compile(r"localhost|\b127\.\d+\.\d+\.\d+\b|\b0\.0\.0\.0\b|\[::1\]", re.IGNORECASE)
_SECRET_NAME = re.compile(r"secret|access_?key|token|password|credential", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"(?=.*\d)[A-Za-z0-9+/_=-]{32,}|.*X-Amz-Signature=.*|\w+://[^/@]+@.*")


def var_faults(variables: Mapping[str, Any], where: str) -> Iterator[Fault]:
    """Yield the vars that the Workers would refuse; *where* names their table."""
    for name, value in variables.items():
        fault = _var_fault(name, value)
        if fault is not None:
            yield Fault(where=f"{where}.{name}", what=fault[0], fix=fault[1])


def _var_fault(name: str, value: object) -> tuple[str, str] | None:
    """Return (what, fix), or None when the value is right."""
    if not isinstance(value, str):
        return f"is {value!r}, which a Worker in Python sees as a raw proxy.", "put it in quotes."
    if not value.strip():
        return "is empty.", "give it a value."
    if _URL_NAME.fullmatch(name) and not _BASE_URL.fullmatch(value):
        return "is no http or https address without a query.", "write the base address."
    if name in SECONDS:
        least, most = SECONDS[name]
        if not re.fullmatch(r"0|[1-9][0-9]{0,9}", value) or not least <= int(value) <= most:
            return f"is {value!r}.", f"write a whole number of seconds from {least} to {most}."
    elif name == "S3_STYLE" and value not in ("path", "vhost"):
        return f"is {value!r}.", "write path or vhost."
    return None


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
    """Yield the texts of *crons* that are no cron expressions: wrangler does not look at them."""
    for cron in crons if isinstance(crons, list) else [crons]:
        try:
            parse(str(cron))
        except ValueError as error:
            yield Fault(
                where=where,
                what=f"{cron!r} is not a cron expression: {error}.",
                fix="write five fields of numbers, *, lists, ranges and steps; Sunday is 1.",
            )
