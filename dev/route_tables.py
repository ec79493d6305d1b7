"""The tables of routes in docs/api.md, made of the rows of both Workers.

A table stands between `<!-- routes: WORKER SUBJECT… -->` and `<!-- /routes -->`, where a subject is
the first segment of a path (of the app's: after `/api`). The text around them is written by hand.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from app.api.openapi import answer_of
from app.api.router import ROUTER as APP
from app.web.caller import Access
from dev.installation import ROOT
from media_jobs.routing import Binary, Route, Text
from orchestrator.routes import ROUTER as ORCHESTRATOR

TARGET = "docs/api.md"
_ANSWERS = re.compile(r"(<!-- answers -->\n).*?(<!-- /answers -->)", re.DOTALL)
_TABLE = re.compile(r"(<!-- routes: (\w+) (.+?) -->\n).*?(<!-- /routes -->)", re.DOTALL)

Row = Route[Any]  # Any: a Worker's own words for who may call.
WORKERS: dict[str, tuple[Row, ...]] = {"app": APP.routes, "orchestrator": ORCHESTRATOR.routes}


def api_reference() -> str:
    """Return docs/api.md with its tables made anew; raises ValueError when a route is in none."""
    shown: list[Row] = []

    def table(found: re.Match[str]) -> str:
        subjects = found[3].split()
        rows = [row for row in WORKERS[found[2]] if _subject(row) in subjects]
        shown.extend(rows)
        return f"{found[1]}{_table(rows)}{found[4]}"

    text = _TABLE.sub(table, (ROOT / TARGET).read_text(encoding="utf-8"))
    missing = [row.pattern for rows in WORKERS.values() for row in rows if row not in shown]
    if missing:
        raise ValueError(f"no table of {TARGET} has {', '.join(missing)}")
    return _ANSWERS.sub(lambda found: f"{found[1]}{_answer_table()}{found[2]}", text)


def _answer_table() -> str:
    """Return the fields of what the app's routes answer, but of pages, which are all alike."""
    named = (answer_of(answer) for row in APP.routes for answer in _described(row))
    models = {model.__name__: model for model in named if isinstance(model, type)}
    lines = ["| answer | fields |", "|---|---|"]
    for name, model in sorted(models.items()):
        fields = ", ".join(field for field, _ in _names(model))
        lines.append(f"| `{name}` | `{{{fields}}}` |")
    lines.append("| `Page[…]` | `{items, nextCursor}` |")
    return "\n".join(lines) + "\n"


def _described(row: Row) -> list[str]:
    names = [answer for answer in row.answers.values() if isinstance(answer, str)]
    bare = [name.removeprefix("Page[").rstrip("]") for name in names]
    return bare if row.access is not Access.SIGNED else []


def _subject(row: Row) -> str:
    return row.pattern.removeprefix("/api").split("/")[1]


def _table(rows: Sequence[Row]) -> str:
    lines = ["| route | who | does | answers |", "|---|---|---|---|", *_lines(rows)]
    return "\n".join(lines) + "\n"


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    # Of a GET and a HEAD that are one, and of two paths of one thing, one line.
    for handler, group in groupby(rows, key=lambda row: row.handler):
        same = list(group)
        methods: dict[str, list[str]] = {}
        for row in same:
            methods.setdefault(_path(row), []).append(row.method)
        routes = ", ".join(f"`{'|'.join(names)} {path}`" for path, names in methods.items())
        does = " ".join((handler.__doc__ or "").split())
        cells = (routes + _body(same[0]), str(same[0].access), does, _answers(same[0]))
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _path(row: Row) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: ":" + _camel(found[1]), row.pattern)
    names = [] if row.query is None else _names(row.query)
    return path + ("?" + "&".join(f"{name}=" for name, _ in names) if names else "")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _body(row: Row) -> str:
    if row.body is None:
        return ""
    if isinstance(row.body, Text | Binary):
        return " " + ", ".join(f"`{name}`" for name in row.body.types)
    # Every message has a type, a time and a nonce.
    names = [pair for pair in _names(row.body) if pair[0] not in ("type", "ts", "nonce")]
    return " `{" + ", ".join(name + ("" if needed else "?") for name, needed in names) + "}`"


def _names(model: type[BaseModel]) -> list[tuple[str, bool]]:
    """Return the fields as they are sent, and whether they must be."""
    return [
        (field.alias or name, field.is_required()) for name, field in model.model_fields.items()
    ]


def _answers(row: Row) -> str:
    return ", ".join(f"{status}{_answer(answer)}" for status, answer in row.answers.items())


def _answer(answer: str | Binary | None) -> str:
    if answer is None:
        return ""
    named = answer.types if isinstance(answer, Binary) else (answer,)
    return "".join(f" `{name}`" for name in named if name != "*/*") or " the bytes"
