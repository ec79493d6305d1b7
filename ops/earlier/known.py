"""What the app's database has already: an import adds the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

PAGE_ROWS = 10_000


class Database(Protocol):
    """D1: one query, or a file of statements as a whole."""

    def ask(self, query: str) -> list[dict[str, Any]]: ...  # Any: what SQL gives.
    def run(self, file: Path) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Ids that are there; *gone*: of media that were deleted here a few days ago at most."""

    media: frozenset[str]
    gone: frozenset[str]
    inputs: frozenset[str]
    jobs: frozenset[str]

    @classmethod
    def read(cls, database: Database) -> Known:
        """Ask for all of them. Raises ToolFailed."""
        return cls(
            media=frozenset(_ids(database, "media", "media_id")),
            gone=frozenset(_ids(database, "media", "media_id", " AND deleted_ms IS NOT NULL")),
            inputs=frozenset(_ids(database, "inputs", "input_id")),
            jobs=frozenset(_ids(database, "jobs", "job_id")),
        )


def _ids(database: Database, table: str, column: str, also: str = "") -> Iterator[str]:
    after = ""
    while True:
        rows = database.ask(
            f"SELECT {column} AS id FROM {table} WHERE {column} > '{after}'{also}"  # noqa: S608 - names are of this file; ids have no quotes.
            f" ORDER BY {column} LIMIT {PAGE_ROWS}"
        )
        yield from (str(row["id"]) for row in rows)
        if len(rows) < PAGE_ROWS:
            return
        after = str(rows[-1]["id"])


def has_workspace(database: Database, workspace: str) -> bool:
    """Whether there is a workspace of this id, which has the grammar of ids."""
    query = f"SELECT workspace_id FROM workspaces WHERE workspace_id = '{workspace}'"  # noqa: S608 - as above.
    return bool(database.ask(query))
