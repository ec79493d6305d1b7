"""The earlier system's database, read from the SQL text that `wrangler d1 export` writes of it.

Its two states (December 2025, August 2026) differ in columns; what a dump lacks is None. Times
there are Unix seconds.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vidgen.errors import ConfigurationError

from ops.backup.dump import statements

READ = frozenset({"media", "tasks"})
TIMES = ("created_at", "started_at", "finished_at", "comments_downloaded_at")
MS = 1000
FRAMES = ("BEGIN TRANSACTION;", "COMMIT;")
"""What SQLite's own dumps have around all, and D1's have not."""
Row = Mapping[str, Any]  # Any: what SQL gives.


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMedia:
    """A row of `media`, by the names that its columns have there; texts without blanks around."""

    id: str
    created_at: int
    title: str | None = None
    translated_title: str | None = None
    author: str | None = None
    url: str | None = None
    thumbnail: str | None = None
    duration_seconds: float | None = None
    view_count: int | None = None
    like_count: int | None = None
    transcription: str | None = None
    optimized_transcription: str | None = None
    translation: str | None = None
    comments: str | None = None
    comments_downloaded_at: int | None = None
    download_job_id: str | None = None
    remote_video_key: str | None = None
    remote_audio_source_key: str | None = None
    remote_audio_processed_key: str | None = None
    remote_metadata_key: str | None = None
    video_with_subtitles_path: str | None = None
    video_with_info_path: str | None = None
    render_subtitles_job_id: str | None = None
    render_comments_job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTask:
    """A row of `tasks`, by the names that its columns have there. *progress*: 0 to 100."""

    id: str
    created_at: int
    engine: str | None = None
    kind: str | None = None
    target_type: str | None = None
    target_id: str | None = None
    job_id: str | None = None
    status: str | None = None
    progress: float | None = None
    error: str | None = None
    started_at: int | None = None
    finished_at: int | None = None


_MEDIA = {field.name: str(field.type) for field in fields(EarlierMedia)}
_TASK = {field.name: str(field.type) for field in fields(EarlierTask)}
LOOKED_AT = {"media": frozenset(_MEDIA) | {"user_id"}, "tasks": frozenset(_TASK) | {"user_id"}}
"""Columns that are brought along, or whose absence is told otherwise (users)."""


class EarlierDump:
    """A dump that was loaded into a temporary database, which goes when this is closed."""

    def __init__(self, file: Path) -> None:
        """Load *file*. Raises ConfigurationError for what is not a dump of the earlier system."""
        self._database = _loaded(file)
        try:
            self._columns = {name: self._columns_of(name) for name in self._tables()}
            self._check(file)
        except ConfigurationError:
            self.close()
            raise

    def close(self) -> None:
        """Let the temporary database go."""
        self._database.close()

    def _check(self, file: Path) -> None:
        if "inputs" in self._columns and "tokens" in self._columns:
            raise ConfigurationError(
                f"{file} is a dump of this project's own database: `restore` puts back a backup."
            )
        lacking = {"id", "title", "created_at"} - self._columns.get("media", set())
        if lacking or "id" not in self._columns.get("tasks", set()):
            raise ConfigurationError(
                f"{file} is not a dump of the earlier system's database: it lacks its tables "
                "media and tasks."
            )

    def _tables(self) -> list[str]:
        rows = self._database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name NOT GLOB '_cf_*' ORDER BY name"
        )
        return [row["name"] for row in rows]

    def _columns_of(self, table: str) -> set[str]:
        rows = self._database.execute("SELECT name FROM pragma_table_info(?)", (table,))
        return {row["name"] for row in rows}

    def _rows(self, query: str) -> Iterator[Row]:
        return (dict(row) for row in self._database.execute(query))

    @property
    def media_count(self) -> int:
        """How many media it has."""
        return int(self._database.execute("SELECT COUNT(*) FROM media").fetchone()[0])

    def media(self) -> Iterator[EarlierMedia]:
        """Yield the media by age."""
        for row in self._rows("SELECT * FROM media ORDER BY created_at, id"):
            yield EarlierMedia(**_values(row, _MEDIA))

    def tasks(self) -> dict[str, list[EarlierTask]]:
        """Return the tasks by what they were for, oldest first."""
        found: defaultdict[str, list[EarlierTask]] = defaultdict(list)
        for row in self._rows("SELECT * FROM tasks ORDER BY created_at, id"):
            task = EarlierTask(**_values(row, _TASK))
            found[task.target_id or ""].append(task)
        return dict(found)

    def as_of_ms(self) -> int:
        """Return the latest time that it names: when what it says was so (Unix, ms)."""
        latest = 0
        for table in READ:
            for column in self._columns[table].intersection(TIMES):
                query = f'SELECT MAX("{column}") FROM "{table}"'  # noqa: S608 - names of this file.
                latest = max(latest, _number(self._database.execute(query).fetchone()[0]) or 0)
        return latest * MS

    def other_tables(self) -> dict[str, int]:
        """Return how many rows each table has that is not read, if it has any."""
        counts = {
            name: int(self._database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0])  # noqa: S608 - names of its own schema.
            for name in self._columns
            if name not in READ and name != "d1_migrations"
        }
        return {name: count for name, count in counts.items() if count}

    def other_columns(self) -> dict[str, int]:
        """Return how many values each column of the tables has that is not read, if any."""
        found = {}
        for table in sorted(READ):
            for column in sorted(self._columns[table] - LOOKED_AT[table]):
                query = f"SELECT COUNT(*) FROM \"{table}\" WHERE \"{column}\" NOT IN ('', 0, '[]')"  # noqa: S608 - names of its own schema.
                if count := int(self._database.execute(query).fetchone()[0]):
                    found[f"{table}.{column}"] = count
        return found

    def owners(self) -> int:
        """Return how many users own media."""
        if "user_id" not in self._columns["media"]:
            return 0
        query = "SELECT COUNT(DISTINCT user_id) FROM media"
        return int(self._database.execute(query).fetchone()[0])


def _loaded(file: Path) -> sqlite3.Connection:
    # An empty name is a temporary file, which goes with the connection.
    database = sqlite3.connect("", isolation_level=None)
    database.row_factory = sqlite3.Row
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # A dump names no other file.
    try:
        database.execute("BEGIN")
        with file.open(encoding="utf-8", newline="") as lines:
            for statement in statements(lines):
                if statement.strip() not in FRAMES:
                    database.execute(statement)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        database.close()
        raise ConfigurationError(f"{file} is not a complete SQL dump: {error}.") from None
    return database


def _values(row: Row, wanted: Mapping[str, str]) -> dict[str, Any]:
    """Return the columns of *row* that are wanted, each as its annotation says."""
    found: dict[str, Any] = {}
    for name, kind in wanted.items():
        value = row.get(name)
        if "int" in kind:
            found[name] = _number(value)
        elif "float" in kind:
            found[name] = _real(value)
        else:
            found[name] = str(value).strip() or None if value is not None else None
    found["id"] = str(row["id"])
    found["created_at"] = found["created_at"] or 0
    return found


def _number(value: object) -> int | None:
    real = _real(value)
    return None if real is None else int(real)


def _real(value: object) -> float | None:
    try:
        real = float(value)  # type: ignore[arg-type]  # What is no number is refused.
    except (TypeError, ValueError):
        return None
    return real if 0 <= real < 2**47 else None
