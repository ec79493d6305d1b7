"""A backup file: D1's own SQL dump below one line that says what is in it.

The line is an SQL comment, so that the file can be executed as it is.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ValidationError
from vidgen.errors import ConfigurationError

MARK = b"-- media-jobs back-up "
CHUNK_BYTES = 1024 * 1024
HEADER_BYTES_MAX = 1024 * 1024
SQLITE_MIN = (3, 37)
"""The first SQLite with STRICT tables."""


class Header(BaseModel):
    """What a backup contains: its release, its migrations, and the rows of each table.

    *sha256* is that of everything below the line.
    """

    format: Literal[1] = 1
    version: str
    made: str
    migrations: list[str]
    rows: dict[str, int]
    sha256: str


def inspect(dump: Path) -> tuple[list[str], dict[str, int], dict[str, list[str]]]:
    """Load a dump into a temporary database, which proves that it can be loaded, and inspect it.

    Return its applied migrations, the rows of each table, and the text columns of each.
    Raises ConfigurationError for a dump that is broken, truncated or not of this app.
    """
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        raise ConfigurationError(
            f"This Python has SQLite {sqlite3.sqlite_version}; 3.37 is needed."
        )
    # An empty name is a temporary file, which goes with the connection.
    database = sqlite3.connect("", isolation_level=None)
    try:
        database.execute("BEGIN")
        with dump.open(encoding="utf-8", newline="") as lines:
            for statement in statements(lines):
                database.execute(statement)
        tables = [
            row[0]
            for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
                "ORDER BY name"
            )
        ]
        names = [row[0] for row in database.execute("SELECT name FROM d1_migrations ORDER BY id")]
        return names, _rows(database, tables), _text_columns(database, tables)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{dump.name} is not a complete dump of this app's database: {error}."
        ) from None
    finally:
        database.close()


def statements(lines: Iterable[str]) -> Iterator[str]:
    """Yield the statements of a dump, which may have line breaks inside a text.

    Raises sqlite3.OperationalError where the last one is cut off.
    """
    statement = ""
    for line in lines:
        statement += line
        # A long text has many lines: only those that may end it are worth the look.
        if line.rstrip().endswith(";") and sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        # SQLite would run one that lacks nothing but its semicolon.
        raise sqlite3.OperationalError("its last statement is cut off")


def _rows(database: sqlite3.Connection, tables: Sequence[str]) -> dict[str, int]:
    count = 'SELECT COUNT(*) FROM "{}"'
    return {name: database.execute(count.format(name)).fetchone()[0] for name in tables}


def _text_columns(database: sqlite3.Connection, tables: Sequence[str]) -> dict[str, list[str]]:
    """Return the columns of each table that hold text."""
    return {
        table: [
            row[1]
            for row in database.execute(f'PRAGMA table_info("{table}")')
            if str(row[2]).upper() == "TEXT"
        ]
        for table in tables
    }


def write(dump: Path, header: Mapping[str, object], target: Path) -> Header:
    """Write the header line and the dump to *target*, readable by its owner only."""
    made = Header.model_validate({**header, "sha256": _sha256(dump.open("rb"))})
    target.touch(mode=0o600)
    with target.open("wb") as output, dump.open("rb") as given:
        output.write(MARK + made.model_dump_json().encode() + b"\n")
        while piece := given.read(CHUNK_BYTES):
            output.write(piece)
    return made


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    with file:
        while piece := file.read(CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def open_dump(file: Path) -> Header:
    """Return a backup's header. Raises ConfigurationError for a damaged or foreign file."""
    with file.open("rb") as given:
        line = given.readline(HEADER_BYTES_MAX)
        if not line.startswith(MARK):
            raise ConfigurationError(f"{file} is not a backup made by `make ops ARGS=backup`.")
        try:
            header = Header.model_validate_json(line.removeprefix(MARK))
        except ValidationError:
            raise ConfigurationError(f"{file} is a backup in another release's format.") from None
        if _sha256(given) != header.sha256:
            raise ConfigurationError(f"{file} is damaged or was changed: its checksum differs.")
    return header
