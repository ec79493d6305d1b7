"""A back-up and its restoration with the real wrangler, on the database that it keeps locally."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ops.app_database import AppDatabase
from ops.backup.command import make_backup, restore
from ops.project import ToolFailed
from tests.stack.local_database import local_database, quiet

ODD = "it's \"odd\"; -- ❤\nINSERT INTO tokens VALUES (1);\r\n\ttab %s 100% ' OR 1=1"
MEDIA = "INSERT INTO media (media_id, title, source_url, created_ms) VALUES ('{}', '{}', {}, {})"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppDatabase:
    """A clone's local database with all migrations, two media and an input of one."""
    for name, value in quiet(tmp_path).items():
        monkeypatch.setenv(name, value)
    made = local_database(tmp_path)
    script = tmp_path / "rows.sql"
    quoted = ODD.replace("'", "''")
    rows = [
        MEDIA.format("med_1", quoted, "NULL", 1_790_000_000_123),
        MEDIA.format("med_2", "", "'https://a.test/?a=1&b=\\n'", 0),
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, "
        "ready, created_ms) VALUES ('vid_1', 'med_1', 'video', 'k', 'video/mp4', 5368709120, 1, 2)",
    ]
    script.write_text(";\n".join(rows) + ";\n", newline="")
    made.run(script)
    return made


def seen(database: AppDatabase) -> dict[str, str]:
    """Return what is in the file in which wrangler keeps the database."""
    (file,) = (
        path
        for path in database.project.root.glob(".wrangler/state/v3/d1/*/*.sqlite")
        if path.stem != "metadata"
    )
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        return dict(connection.execute(SEEN).fetchone())


SEEN = """SELECT
    (SELECT json_group_array(json_array(media_id, title, source_url, created_ms)) FROM media)
        AS media,
    (SELECT json_group_array(json_array(input_id, size_bytes, multipart_id)) FROM inputs) AS inputs,
    (SELECT json_group_array(json_array(id, name, applied_at)) FROM d1_migrations) AS migrations,
    (SELECT json_group_array(json_array(name, sql)) FROM (SELECT name, sql FROM sqlite_master
        WHERE name NOT GLOB '_cf_*' ORDER BY name)) AS shape"""


@pytest.mark.timeout(400)
def test_a_restored_database_has_the_same_rows_and_schema_and_a_failed_import_changes_nothing(
    database: AppDatabase,
) -> None:
    before = seen(database)
    file, header = make_backup(database)
    script = database.project.root / "script.sql"
    script.write_text("DELETE FROM inputs;\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(ToolFailed, match="nowhere"):
        database.run(script)
    assert seen(database) == before
    others = "DELETE FROM inputs; DELETE FROM media; UPDATE d1_migrations SET name = name || 'x';"
    script.write_text(others + MEDIA.format("med_9", "another", "NULL", 9) + ";")
    database.run(script)

    restore(database, file, replace=True, report=print)

    assert seen(database) == before
    assert json.loads(before["media"])[0] == ["med_1", ODD, None, 1_790_000_000_123]
    assert json.loads(before["inputs"]) == [["vid_1", 5_368_709_120, None]]
    assert (header.rows["media"], header.rows["inputs"]) == (2, 1)
