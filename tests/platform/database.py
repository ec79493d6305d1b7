"""D1 on a real SQLite."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from app.store import Statement, Value
from media_jobs.errors import Conflict, MigrationMissing

MIGRATIONS = Path(__file__).parents[2] / "drizzle"


class Database:
    """D1 on SQLite: migrated by the project's own files, foreign keys on, ints bound as REAL.

    Each call gives way once, so that concurrent use cases interleave as they do on D1. Everything
    happens in one transaction that is never committed; a batch is a savepoint in it.
    """

    def __init__(self, migrations: Path = MIGRATIONS) -> None:
        self._idle = _idle(migrations)
        self.sqlite = self._idle.pop() if self._idle else opened(migrations)
        self.sqlite.row_factory = sqlite3.Row
        self.sqlite.execute("BEGIN")
        self.batches = 0

    def close(self) -> None:
        """Give the connection to the next database, empty: to compile the schema and each statement
        anew takes longer than most tests.
        """
        self.sqlite.execute("ROLLBACK")
        self._idle.append(self.sqlite)
        del self.sqlite

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        return self.look(sql, *params)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        await asyncio.sleep(0)
        self.batches += 1
        self.sqlite.execute("SAVEPOINT batch")
        try:
            changed = [
                self.sqlite.execute(sql, _bound(params)).rowcount for sql, params in statements
            ]
        except sqlite3.Error as error:
            self.sqlite.execute("ROLLBACK TO batch")
            self.sqlite.execute("RELEASE batch")
            if "UNIQUE constraint failed" in str(error):
                raise Conflict("already_exists") from None
            raise _named(error) from None
        self.sqlite.execute("RELEASE batch")
        return changed

    async def batch_and_read(
        self, statements: Sequence[Statement], query: Statement
    ) -> tuple[list[int], list[dict[str, Any]]]:
        changed = await self.batch(statements)
        sql, params = query
        return changed, self.look(sql, *params)

    def look(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        """Return rows at once, for a test's own questions."""
        try:
            found = self.sqlite.execute(sql, _bound(params)).fetchall()
        except sqlite3.Error as error:
            raise _named(error) from None
        return [{name: _seen_by_js(row[name]) for name in row.keys()} for row in found]  # noqa: SIM118


@cache
def _idle(migrations: Path) -> list[sqlite3.Connection]:
    """Return the connections that no test uses now."""
    return []


def opened(migrations: Path = MIGRATIONS) -> sqlite3.Connection:
    """Return a new database in memory with all *migrations*."""
    made = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
    made.deserialize(migrated(migrations))
    made.execute("PRAGMA foreign_keys = ON")
    return made


@cache
def migrated(migrations: Path = MIGRATIONS) -> bytes:
    """Return an empty database with all *migrations*, serialized: to apply them for each test takes
    longer than most tests.
    """
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute("PRAGMA foreign_keys = ON")
    for script in sorted(migrations.glob("*.sql")):
        made.executescript(script.read_text("utf-8"))
    return made.serialize()


def _named(error: sqlite3.Error) -> Exception:
    """Return *error*, as the app is told of it when something is not there yet."""
    absent = ("no such table", "no such column", "has no column named")
    if any(words in str(error) for words in absent):
        return MigrationMissing("migration_missing")
    return error


def _bound(params: Sequence[Value]) -> list[Value]:
    assert not any(isinstance(value, bool) for value in params)
    return [float(value) if isinstance(value, int) else value for value in params]


def _seen_by_js(value: Any) -> Any:
    """JavaScript has one kind of number: a whole one comes back as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
