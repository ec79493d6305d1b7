"""Migrations of databases that have rows: nothing is lost, and the code before goes on working."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MIGRATIONS = sorted((Path(__file__).parents[2] / "drizzle").glob("*.sql"))
OWNERS = next(path for path in MIGRATIONS if path.name.startswith("0008"))
BEFORE = MIGRATIONS[: MIGRATIONS.index(OWNERS)]

# A row, or two, of each table, as the releases before 0008 write them.
ROWS = """
INSERT INTO tokens (token_hash, token_id, name, scopes, queued_max, created_ms)
  VALUES ('h1', 'tok_1', 'Ann', 'admin', NULL, 1), ('h2', 'tok_2', 'Bob', 'read submit', 5, 2);
INSERT INTO tokens (token_hash, name, scopes, created_ms) VALUES ('h3', 'by hand', 'admin', 3);
INSERT INTO sessions VALUES ('s1', 'h1', 1, 9);
INSERT INTO presets (preset_id, name, engine, options, created_ms, updated_ms)
  VALUES ('pre_1', 'mine', 'burner-ffmpeg', '{}', 1, 2);
INSERT INTO media (media_id, title, source_url, created_ms) VALUES ('med_1', 'A "b"', NULL, 1);
INSERT INTO media (media_id, title, created_ms, deleted_ms, wipe_ms) VALUES ('med_2', '', 2, 3, 4);
INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,
  created_ms)
  VALUES ('sub_1', 'med_1', 'subtitles', 'k1', 'text/vtt', 5, 1, 1);
INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,
  created_ms, expires_ms, aborted, multipart_id, part_size_bytes) VALUES
  ('upl_1', 'med_1', 'video', 'k2', 'video/mp4', 5368709120, 0, 2, 99, 1, 'r2-id', 8388608);
INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress, attempt, outputs,
  event_seq, accepted, handover_tries, created_ms, updated_ms, token_hash, request_id)
  VALUES ('job_1', 'med_1', 'burner-ffmpeg', 2, '{}', 'completed', 1.0, 3, '{"video":{}}', 7, 1, 0,
  1, 2, 'h2', 'req');
INSERT INTO job_inputs VALUES ('job_1', 'subtitles', 'sub_1');
INSERT INTO job_events VALUES ('job_1', 7, 'e', 3, 'completed', NULL, 1.0, 'reported', NULL, 2);
INSERT INTO idempotency VALUES ('h2', 'key', 'body', 'job_1', 1);
INSERT INTO webhooks (webhook_id, url, events, description, secret, created_ms)
  VALUES ('whk_1', 'https://a.test/', '["job.failed"]', '', 's', 1);
INSERT INTO webhook_messages VALUES ('msg_1', 'job.failed', '{}', 1);
INSERT INTO webhook_deliveries VALUES ('dlv_1', 'msg_1', 'whk_1', 'pending', 0, 5, '[]');
INSERT INTO alerts VALUES ('alt_1', 'dead_letters', '', 'open', 1, '{}', 1, 1, NULL);
"""
ORIGINS = next(path for path in MIGRATIONS if path.name.startswith("0011"))
LANGUAGES = next(path for path in MIGRATIONS if path.name.startswith("0010"))
OWNED = ("tokens", "media", "inputs", "jobs", "presets")


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """A database with rows, as it is before 0008."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    for path in BEFORE:
        database.executescript(path.read_text("utf-8"))
    database.executescript(ROWS)
    yield database
    database.close()


def apply(database: sqlite3.Connection) -> None:
    """Migrate in one transaction, as D1 does, with the foreign keys held to at its end."""
    database.executescript(f"BEGIN;\n{OWNERS.read_text('utf-8')}\nCOMMIT;")


def tables(database: sqlite3.Connection) -> list[str]:
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found]


def content(database: sqlite3.Connection, columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """Return the rows of each table, of these columns of it."""
    return {
        table: sorted(database.execute(f"SELECT {', '.join(names)} FROM {table}"), key=repr)  # noqa: S608 - names of its own schema.
        for table, names in columns.items()
    }


def columns_of(database: sqlite3.Connection) -> dict[str, list[str]]:
    return {
        table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        for table in tables(database)
    }


def test_no_row_is_lost_and_every_one_belongs_to_the_one_workspace(
    database: sqlite3.Connection,
) -> None:
    columns = columns_of(database)
    before = content(database, columns)
    assert all(before.values())

    apply(database)

    assert content(database, columns) == before
    for table in (*OWNED, "webhook_owners"):
        owners = database.execute(f"SELECT DISTINCT owner_id FROM {table}").fetchall()  # noqa: S608 - a name above.
        assert owners == [("ws_default",)], table
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_table_that_is_made_again_keeps_its_indexes(database: sqlite3.Connection) -> None:
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'inputs'"
    before = set(database.execute(indexes))
    assert len(before) == 4

    apply(database)

    assert set(database.execute(indexes)) == before


def test_code_from_before_goes_on_writing_and_reading(database: sqlite3.Connection) -> None:
    endpoints = database.execute("SELECT * FROM webhooks").fetchall()
    apply(database)
    assert database.execute("SELECT * FROM webhooks").fetchall() == endpoints

    others = re.sub(r"'(h|s|[a-z]{3}_)(\d)'", r"'\g<1>9\2'", ROWS)
    database.executescript(others.replace("'mine'", "'another'").replace("'open'", "'resolved'"))

    for table in OWNED:
        owners = database.execute(f"SELECT DISTINCT owner_id FROM {table}").fetchall()  # noqa: S608 - a name above.
        assert owners == [("ws_default",)], table


def test_an_input_may_be_of_a_kind_that_no_schema_names(database: sqlite3.Connection) -> None:
    apply(database)

    database.execute("UPDATE inputs SET slot = 'transcript' WHERE input_id = 'sub_1'")

    assert ("transcript",) in database.execute("SELECT slot FROM inputs").fetchall()


def test_versions_from_before_have_no_language_and_code_from_before_goes_on(
    database: sqlite3.Connection,
) -> None:
    for path in MIGRATIONS[MIGRATIONS.index(OWNERS) : MIGRATIONS.index(LANGUAGES)]:
        database.executescript(path.read_text("utf-8"))
    columns = columns_of(database)
    before = content(database, columns)

    database.executescript(f"BEGIN;\n{LANGUAGES.read_text('utf-8')}\nCOMMIT;")

    assert content(database, columns) == before
    assert database.execute("SELECT DISTINCT language FROM inputs").fetchall() == [(None,)]
    others = re.sub(r"'(h|s|[a-z]{3}_)(\d)'", r"'\g<1>9\2'", ROWS)
    database.executescript(others.replace("'mine'", "'another'").replace("'open'", "'resolved'"))
    database.execute("UPDATE inputs SET language = 'zh-Hant' WHERE input_id = 'sub_1'")
    rows = database.execute("SELECT input_id, language FROM inputs WHERE slot = 'subtitles'")
    assert sorted(rows) == [("sub_1", "zh-Hant"), ("sub_91", None)]


def test_subtitles_from_before_have_an_origin_and_code_from_before_goes_on(
    database: sqlite3.Connection,
) -> None:
    for path in MIGRATIONS[MIGRATIONS.index(OWNERS) : MIGRATIONS.index(ORIGINS)]:
        database.executescript(path.read_text("utf-8"))
    made = "media/med_1/downloads/job_1/1-1/subtitles.vtt"
    database.execute("UPDATE inputs SET object_key = ? WHERE input_id = 'sub_1'", (made,))
    columns = columns_of(database)
    before = content(database, columns)

    database.executescript(f"BEGIN;\n{ORIGINS.read_text('utf-8')}\nCOMMIT;")

    assert content(database, columns) == before
    others = re.sub(r"'(h|s|[a-z]{3}_)(\d)'", r"'\g<1>9\2'", ROWS)
    database.executescript(others.replace("'mine'", "'another'").replace("'open'", "'resolved'"))
    rows = database.execute("SELECT input_id, slot, origin, parent_id FROM inputs")
    found = {row[0]: row[1:] for row in rows}
    assert found["sub_1"] == ("subtitles", "site", None)
    assert found["sub_91"] == ("subtitles", None, None)
    assert {row[1] for row in found.values() if row[0] == "video"} == {None}
