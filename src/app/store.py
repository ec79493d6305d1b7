"""The app's database. Each subject's own `store` has the SQL of its tables.

There, a read is a coroutine named `select_…`; a write is a statement, so that those of several
subjects can be one batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Value = str | int | float | None
Statement = tuple[str, Sequence[Value]]


class Database(Protocol):
    """D1. A batch is one transaction."""

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]: ...  # Any: SQL rows.
    async def batch(self, statements: Sequence[Statement]) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Store:
    """The database."""

    database: Database

    async def rows(self, sql: str, *params: Value) -> list[dict[str, Any]]:  # Any: SQL rows.
        """Return the rows of one statement."""
        return await self.database.rows(sql, *params)

    async def batch(self, statements: Sequence[Statement]) -> list[int]:
        """Run *statements* as one transaction; return how many rows each has changed."""
        return await self.database.batch(statements)
