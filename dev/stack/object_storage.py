"""A Durable Object's storage on SQLite, for the shipped storage classes (`edge`) outside a Worker.

`ObjectStorage` has the part of the runtime's interface that they call. Their modules import the
runtime, so they are loaded with empty stand-ins for it, which leave no trace in `sys.modules`.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any


class Rows:
    """What a statement has returned, as the runtime's cursor gives it."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        names = [column[0] for column in cursor.description or ()]
        self._rows = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor]

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def toArray(self) -> _Array:
        return _Array(self._rows)


class _Array(list[Any]):
    """A JavaScript array: its size is a property."""

    @property
    def length(self) -> int:
        return len(self)


class Resolved:
    """The promise of something already done; it need not be awaited."""

    def __await__(self) -> Iterator[None]:
        return iter(())


class ObjectStorage:
    """The `ctx` of one object: its SQLite and its alarm (Unix, ms); *dump* is what it begins with.

    Without sockets: whoever asks for those of a viewer finds none.
    """

    def __init__(self, dump: str = "") -> None:
        self.sqlite = sqlite3.connect(":memory:", isolation_level=None)
        self.sqlite.executescript(dump)
        self.alarm_ms: int | None = None
        self.storage = self
        self.sql = self

    def exec(self, sql: str, *params: object) -> Rows:
        if params:
            return Rows(self.sqlite.execute(sql, params))
        rows = [Rows(self.sqlite.execute(statement)) for statement in _statements(sql)]
        return rows[-1]

    def setAlarm(self, due_ms: int) -> Resolved:
        self.alarm_ms = due_ms
        return Resolved()

    def deleteAlarm(self) -> None:
        self.alarm_ms = None

    async def deleteAll(self) -> None:
        tables = self.sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in tables.fetchall():
            self.sqlite.execute(f'DROP TABLE "{name}"')

    def setWebSocketAutoResponse(self, pair: object) -> None:
        pass

    def getWebSockets(self, tag: str) -> Sequence[object]:
        return _Array()

    def dump(self) -> str:
        """Return the statements that make this storage again: tables as they were made, a row each.

        Not `iterdump`, whose text is not the same in all versions of Python.
        """
        made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        lines = []
        for kind, name, sql in self.sqlite.execute(made).fetchall():
            lines.append(f"{sql};")
            if kind == "table":
                lines += self._rows(name)
        return "".join(f"{line}\n" for line in lines)

    def _rows(self, table: str) -> list[str]:
        columns = self.sqlite.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        quoted = ", ".join(f"quote({name})" for (name,) in columns)
        rows = self.sqlite.execute(f"SELECT {quoted} FROM {table} ORDER BY 1")  # noqa: S608 (own)
        return [f"INSERT INTO {table} VALUES ({', '.join(row)});" for row in rows]  # noqa: S608


def _statements(sql: str) -> Iterator[str]:
    """Yield the statements of *sql*; a trigger's own end with semicolons too."""
    statement = ""
    for part in sql.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageClasses:
    """The shipped classes: the storage of each Durable Object, and the timer of all.

    Any: `edge` is untyped towards the runtime.
    """

    job: Any
    ticket: Any
    hub: Any
    sender: Any
    timer: Any


def storage_classes() -> StorageClasses:
    """Load the shipped storage classes; the records they take are those of this process."""
    with runtime_modules():
        return StorageClasses(
            job=importlib.import_module("edge.storage").SqlJobStore,
            ticket=importlib.import_module("edge.ticket_storage").SqlTicketStore,
            hub=importlib.import_module("edge.hub").HubSockets,
            timer=importlib.import_module("edge.alarm").ObjectTimer,
            sender=importlib.import_module("edge.webhooks").SenderName,
        )


@contextmanager
def runtime_modules() -> Iterator[None]:
    """Stand in for the runtime's modules while those that import them are loaded."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_theirs(name)}
    pair = SimpleNamespace(new=lambda request, response: None)
    sys.modules |= {
        "js": _module(
            "js",
            Object=None,
            Promise=None,
            Response=None,
            WebSocketRequestResponsePair=pair,
            crypto=None,
        ),
        "pyodide": _module("pyodide", __path__=[]),
        "pyodide.ffi": _module("pyodide.ffi", JsException=OSError, jsnull=None, to_js=None),
        "workers": _module("workers", DurableObject=object, import_from_javascript=None),
    }
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _is_theirs(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _is_theirs(name: str) -> bool:
    return name.partition(".")[0] in ("js", "pyodide", "workers", "edge")


def _module(name: str, **members: Any) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    return module
