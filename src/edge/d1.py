"""D1: parameters in, rows out. Rows cross the language border once, as JSON text."""

from collections.abc import Sequence
from typing import Any

import js
from pydantic_core import from_json
from pyodide.ffi import JsException, jsnull, to_js

from media_jobs.errors import Conflict, MigrationMissing

Value = str | int | float | None
Statement = tuple[str, Sequence[Value]]

_BEHIND = ("no such table: ", "no such column: ", "has no column named ")
"""SQLite's words for what a migration would have made; D1 passes them on."""


class D1Database:
    """The app's database. Booleans are refused: D1 would store them as text."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:
        """Return the rows of one statement; raises MigrationMissing as `batch`."""
        try:
            result = await self._prepare(sql, params).all()
        except JsException as error:
            raise _named(error) from None
        return _rows(result)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        """Run *statements* as one transaction; return how many rows each has changed.

        Raises Conflict (`already_exists`) when a row with a unique value is there already; nothing
        has changed then; and MigrationMissing when a table or a column is not there yet.
        """
        return [int(result.meta.changes) for result in await self._run(statements)]

    async def batch_and_read(
        self, statements: Sequence[Statement], query: Statement
    ) -> tuple[list[int], list[dict[str, Any]]]:
        """Run *statements* and *query* as one transaction, in one call; raises as `batch`."""
        *changed, read = await self._run([*statements, query])
        return [int(result.meta.changes) for result in changed], _rows(read)

    async def _run(self, statements: Sequence[Statement]) -> Any:
        prepared = to_js([self._prepare(sql, params) for sql, params in statements])
        try:
            return await self._binding.batch(prepared)
        except JsException as error:
            raise _named(error) from None

    def _prepare(self, sql: str, params: Sequence[Value]) -> Any:
        assert not any(isinstance(value, bool) for value in params)
        statement = self._binding.prepare(sql)
        if not params:
            return statement
        return statement.bind(*(jsnull if value is None else value for value in params))


def _rows(result: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = from_json(js.JSON.stringify(result.results))
    return rows


def _named(error: Exception) -> Exception:
    """Return what callers can act on, or *error* itself."""
    text = str(error)
    if "UNIQUE constraint failed" in text:
        return Conflict("already_exists")
    if any(words in text for words in _BEHIND):
        return MigrationMissing("migration_missing")
    return error
