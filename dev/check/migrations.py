"""Migrations of D1 expand: the code of the previous release keeps working on the new schema.

Each file is applied to a SQLite of its own time, and what was there before must be there after it:
every table, every column with its type, nothing new that old statements would have to name. A file
that takes something away says so, and since when nothing reads it, in its first line:
`-- contract: nothing reads jobs.colour since 0.3.0`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dev.check.faults import Fault

CONTRACT = re.compile(r"-- contract: \S.* since \d+\.\d+\.\d+")
FIX = "add, and take away in a later release whose file begins with `-- contract: … since x.y.z`."

Column = tuple[str, bool, bool]
"""Type; whether a row must have it; whether it is part of the key."""
Schema = dict[str, dict[str, Column]]


def migration_faults(root: Path) -> Iterator[Fault]:
    """Yield each migration that takes away what older code relies on, or breaks."""
    sqlite = sqlite3.connect(":memory:", isolation_level=None)
    before, unique, names = _schema(sqlite), _unique(sqlite), []
    for path in sorted((root / "drizzle").glob("*.sql")):
        where = f"drizzle/{path.name}"
        names.append(path.name.partition("_")[0])
        text = path.read_text(encoding="utf-8")
        try:
            sqlite.executescript(text)
        except sqlite3.Error as error:
            fix = "correct it, or the file before it."
            yield Fault(where=where, what=f"it cannot be applied: {error}.", fix=fix)
            return
        after, unique_after = _schema(sqlite), _unique(sqlite)
        if not CONTRACT.match(text):
            for what in (*_taken(before, after), *_narrowed(before, unique, unique_after)):
                yield Fault(where=where, what=what, fix=FIX)
        before, unique = after, unique_after
    if names != [f"{number:04d}" for number in range(len(names))]:
        what = f"the files are numbered {', '.join(names)}."
        yield Fault(where="drizzle", what=what, fix="number them 0000, 0001, … without a gap.")


def _taken(before: Schema, after: Schema) -> Iterator[str]:
    """Yield what old statements name and no longer find, and what they would have to name."""
    for table, columns in before.items():
        if table not in after:
            yield f"it takes the table {table} away."
            continue
        for name, column in columns.items():
            if name not in after[table]:
                yield f"it takes the column {table}.{name} away."
            elif after[table][name] != column:
                yield f"it makes the column {table}.{name} another."
        for name, (_, needed, _) in after[table].items():
            if name not in columns and needed:
                yield f"old code does not fill {table}.{name}, which has no default."


def _narrowed(
    before: Schema, unique: dict[str, tuple[str, set[str]]], after: dict[str, tuple[str, set[str]]]
) -> Iterator[str]:
    """Yield unique indexes over columns that old code fills: it may break the new rule."""
    for name, (table, columns) in after.items():
        if name not in unique and table in before and columns <= before[table].keys():
            yield f"its unique index {name} forbids what old code may write to {table}."


def _schema(sqlite: sqlite3.Connection) -> Schema:
    tables = sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {table: _columns(sqlite, table) for (table,) in tables}


def _columns(sqlite: sqlite3.Connection, table: str) -> dict[str, Column]:
    rows = sqlite.execute(
        'SELECT name, type, "notnull" AND dflt_value IS NULL, pk FROM pragma_table_info(?)',
        (table,),
    )
    return {name: (kind, bool(needed), bool(key)) for name, kind, needed, key in rows}


def _unique(sqlite: sqlite3.Connection) -> dict[str, tuple[str, set[str]]]:
    """Return table and columns of each unique index that was made by itself."""
    found = {}
    made = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%UNIQUE%'"
    for name, table in sqlite.execute(made).fetchall():
        columns = sqlite.execute("SELECT name FROM pragma_index_info(?)", (name,))
        found[name] = (table, {column for (column,) in columns})
    return found
