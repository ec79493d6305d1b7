"""The app's database, as one workspace sees it. Each subject's `store` has the SQL of its tables.

There, a read is a coroutine named `select_…`; a write is a statement, so that those of several
subjects can be one batch.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | float | None
Statement = tuple[str, Sequence[Value]]
Row = dict[str, Any]  # Any: what SQL gives.


class Database(Protocol):
    """D1. A batch is one transaction."""

    async def rows(self, sql: str, *params: Value) -> list[Row]: ...
    async def batch(self, statements: Sequence[Statement]) -> list[int]: ...
    async def batch_and_read(
        self, statements: Sequence[Statement], query: Statement
    ) -> tuple[list[int], list[Row]]: ...


OPERATORS: Final = "ws_default"
"""The workspace that there has always been: its admin tokens see every other one, too."""
UNFINISHED: Final = "finished_ms IS NULL"
"""The SQL that a job has not ended, as the indexes of such jobs have it."""
EVERYONE: Final = None
"""The owner for those who see every workspace: operators, the cron, the orchestrator's events."""


@dataclass(frozen=True, slots=True)
class Store:
    """The database as *owner*, a workspace or `EVERYONE`, sees it."""

    database: Database
    owner: str | None

    @property
    def home(self) -> str:
        """The workspace of a new row that belongs to no other row."""
        return OPERATORS if self.owner is EVERYONE else self.owner

    def and_owned(self, column: str = "owner_id") -> str:
        """Return the SQL that limits a query to the owner's rows; its parameters: `owned`."""
        return "" if self.owner is EVERYONE else f" AND {column} = ?"

    @property
    def owned(self) -> tuple[str, ...]:
        """The parameters of `and_owned`."""
        return () if self.owner is EVERYONE else (self.owner,)

    def rows(self, sql: str, *params: Value) -> Awaitable[list[Row]]:
        """Return the rows of one statement."""
        return self.database.rows(sql, *params)

    async def one(self, read: Callable[[Row], T], sql: str, *params: Value) -> T | None:
        """Return the first row of one statement, as *read* reads it, or None."""
        rows = await self.database.rows(sql, *params)
        return read(rows[0]) if rows else None

    def batch(self, statements: Sequence[Statement]) -> Awaitable[list[int]]:
        """Run *statements* as one transaction; return how many rows each has changed."""
        return self.database.batch(statements)

    def batch_and_read(
        self, statements: Sequence[Statement], query: Statement
    ) -> Awaitable[tuple[list[int], list[Row]]]:
        """Run *statements* and then *query* as one transaction, in one call.

        Return how many rows each statement has changed, and the query's rows.
        """
        return self.database.batch_and_read(statements, query)


def insert(
    table: str, row: Mapping[str, Value], source: str = "", *params: Value, verb: str = "INSERT"
) -> Statement:
    """Add *row*, values by column; with a *source*, `FROM …`, for its owner, where it is found."""
    columns, places = ", ".join(row), ", ".join("?" * len(row))
    if not source:
        return f"{verb} INTO {table} ({columns}) VALUES ({places})", (*row.values(),)
    sql = f"{verb} INTO {table} ({columns}, owner_id) SELECT {places}, owner_id {source}"
    return sql, (*row.values(), *params)
