"""What the app's database has already: an import adds the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ops.earlier.renewal import Here

PAGE_ROWS, NAMED_ROWS = 10_000, 2_000
"""What is asked at once of ids, and of media with what they are called."""
SITE_CHARS_MAX = 5_000
"""Of what an import has stored of a site: a longer one was found by a download here."""


class Database(Protocol):
    """D1: one query, or a file of statements as a whole."""

    def ask(self, query: str) -> list[dict[str, Any]]: ...  # Any: what SQL gives.
    def run(self, file: Path) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Ids that are there, and media as they are called; *gone*: of media that were deleted here a
    few days ago at most.
    """

    media: Mapping[str, Here]
    gone: frozenset[str]
    inputs: frozenset[str]
    jobs: frozenset[str]

    @classmethod
    def read(cls, database: Database) -> Known:
        """Ask for all of them. Raises ToolFailed."""
        columns = f"title, iif(length(site) > {SITE_CHARS_MAX}, {_SHORT}, site) AS site"
        media = _rows(database, "media", "media_id", columns=columns, page=NAMED_ROWS)
        return cls(
            media={row["id"]: Here(title=row["title"], site=row["site"]) for row in media},
            gone=_ids(database, "media", "media_id", " AND deleted_ms IS NOT NULL"),
            inputs=_ids(database, "inputs", "input_id"),
            jobs=_ids(database, "jobs", "job_id"),
        )


_SHORT = "json_object('title', json_extract(site, '$.title'), 'chapters', NULL)"


def _ids(database: Database, table: str, column: str, also: str = "") -> frozenset[str]:
    return frozenset(str(row["id"]) for row in _rows(database, table, column, also))


def _rows(
    database: Database,
    table: str,
    column: str,
    also: str = "",
    *,
    columns: str = "1",
    page: int = PAGE_ROWS,
) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        rows = database.ask(
            f"SELECT {column} AS id, {columns} FROM {table} WHERE {column} > '{after}'{also}"  # noqa: S608 - names are of this file; ids have no quotes.
            f" ORDER BY {column} LIMIT {page}"
        )
        yield from rows
        if len(rows) < page:
            return
        after = str(rows[-1]["id"])


def has_workspace(database: Database, workspace: str) -> bool:
    """Whether there is a workspace of this id, which has the grammar of ids."""
    query = f"SELECT workspace_id FROM workspaces WHERE workspace_id = '{workspace}'"  # noqa: S608 - as above.
    return bool(database.ask(query))
