"""A back-up holds all rows and says of which schema; it is refused where it would do harm."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from ops.admin_token import make_token
from ops.app_database import AppDatabase
from ops.backup.command import check_schema, make_backup, restore
from ops.backup.dump import open_dump
from ops.project import Project
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import ROOT, fresh_configs

pytestmark = pytest.mark.heavy


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(ROOT / "drizzle", tmp_path / "drizzle")
    return fresh_configs(tmp_path)


@pytest.fixture
def database(project: Project, wrangler: FakeWrangler) -> AppDatabase:
    """The remote database with all migrations and one token."""
    project.must_wrangler("d1", "migrations", "apply", "vidgen_app", "--remote")
    make_token(project, "Ann's", remote=True)
    return AppDatabase(project=project, remote=True)


def content(wrangler: FakeWrangler) -> list[str]:
    """Return all that is in the remote database, as SQL."""
    with sqlite3.connect(f"{wrangler.file}.d1") as connection:
        return list(connection.iterdump())


def test_a_back_up_says_what_it_holds_and_is_its_owners_alone(database: AppDatabase) -> None:
    file, header = make_backup(database)

    assert file.parent == database.project.root / "backups"
    assert file.stat().st_mode & 0o077 == 0
    assert header.migrations == database.project.migrations()
    assert (header.rows["tokens"], header.rows["jobs"]) == (1, 0)
    assert open_dump(file) == header
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_rows_that_are_there_are_not_replaced_without_being_told(
    database: AppDatabase, wrangler: FakeWrangler
) -> None:
    file, _ = make_backup(database)
    make_token(database.project, "later", remote=True)
    before = content(wrangler)

    with pytest.raises(ConfigurationError, match=r"not empty \(.*tokens: 2.*--replace"):
        restore(database, file, replace=False, report=print)

    assert content(wrangler) == before


def test_what_is_replaced_is_backed_up_and_can_be_had_again(
    database: AppDatabase, wrangler: FakeWrangler
) -> None:
    first = content(wrangler)
    file, _ = make_backup(database, database.project.root / "first.sql")
    make_token(database.project, "later", remote=True)
    second = content(wrangler)
    said: list[str] = []

    restore(database, file, replace=True, report=said.append)
    assert content(wrangler) == first

    restore(database, Path(said[0].partition(": ")[2]), replace=True, report=print)
    assert content(wrangler) == second


@pytest.mark.parametrize("migrated", [False, True])
def test_a_database_that_nobody_has_written_to_takes_a_back_up(
    database: AppDatabase, wrangler: FakeWrangler, migrated: bool
) -> None:
    file, _ = make_backup(database)
    before = content(wrangler)
    Path(f"{wrangler.file}.d1").unlink()
    sqlite3.connect(f"{wrangler.file}.d1").close()
    if migrated:
        database.project.must_wrangler("d1", "migrations", "apply", "vidgen_app", "--remote")

    restore(database, file, replace=False, report=print)

    assert content(wrangler) == before


def test_a_damaged_file_and_one_of_somebody_else_are_refused(database: AppDatabase) -> None:
    file, _ = make_backup(database)
    text = file.read_bytes()
    for damaged in (text[:-20], text.replace(b"Ann", b"Eve"), text + b"DROP TABLE tokens;\n"):
        file.write_bytes(damaged)
        with pytest.raises(ConfigurationError, match="checksum"):
            open_dump(file)

    file.write_bytes(text.partition(b"\n")[2])
    with pytest.raises(ConfigurationError, match="is not a backup"):
        open_dump(file)


def test_an_export_that_is_cut_off_is_no_back_up(
    database: AppDatabase, wrangler: FakeWrangler
) -> None:
    wrangler.change(export_cut=True)

    with pytest.raises(ConfigurationError, match="not a complete dump"):
        make_backup(database)

    assert not list((database.project.root / "backups").iterdir())


def test_the_schema_must_be_one_that_this_clone_comes_after(database: AppDatabase) -> None:
    _, header = make_backup(database)
    known = database.project.migrations()

    assert check_schema(header, known) == []
    assert check_schema(header, [*known, "9000_more.sql"]) == ["9000_more.sql"]
    for other in (known[:-1], [*known[:-1], "9000_more.sql"]):
        with pytest.raises(ConfigurationError, match=known[-1]):
            check_schema(header, other)


def test_texts_that_d1_would_export_wrongly_are_named_and_not_backed_up(
    database: AppDatabase, wrangler: FakeWrangler
) -> None:
    with sqlite3.connect(f"{wrangler.file}.d1") as connection:
        connection.execute("UPDATE tokens SET name = ?", ("a written \\n\nand a real one",))
    connection.close()

    with pytest.raises(ConfigurationError, match="texts in tokens"):
        make_backup(database)
