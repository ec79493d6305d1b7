"""The rule that a migration may only add."""

from pathlib import Path

import pytest

from dev.check.migrations import migration_faults

ROOT = Path(__file__).parents[3]
BEFORE = """
CREATE TABLE jobs (job_id TEXT PRIMARY KEY, status TEXT NOT NULL, note TEXT) STRICT;
CREATE INDEX jobs_by_status ON jobs (status);
"""
EXPANDING = """
ALTER TABLE jobs ADD COLUMN colour TEXT;
ALTER TABLE jobs ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET colour = 'blue';
CREATE UNIQUE INDEX jobs_by_colour ON jobs (colour);
CREATE TABLE parts (part_id TEXT PRIMARY KEY, size INTEGER NOT NULL UNIQUE) STRICT;
CREATE UNIQUE INDEX parts_by_size ON parts (size);
DROP INDEX jobs_by_status;
"""
ANEW = """
CREATE TABLE jobs_new (job_id TEXT PRIMARY KEY, status {status}, note TEXT{more}) STRICT;
DROP TABLE jobs;
ALTER TABLE jobs_new RENAME TO jobs;
"""


def faults(tmp_path: Path, *files: str) -> list[str]:
    folder = tmp_path / "drizzle"
    folder.mkdir()
    for number, text in enumerate(files):
        (folder / f"{number:04d}_step.sql").write_text(text)
    return [f"{found.where}: {found.what}" for found in migration_faults(tmp_path)]


def test_the_project_s_migrations_expand() -> None:
    assert list(migration_faults(ROOT)) == []


def test_what_adds_is_allowed(tmp_path: Path) -> None:
    assert faults(tmp_path, BEFORE, EXPANDING) == []


@pytest.mark.parametrize(
    ("taking", "what"),
    [
        ("DROP TABLE jobs;", "it takes the table jobs away."),
        ("ALTER TABLE jobs DROP COLUMN note;", "it takes the column jobs.note away."),
        (
            "ALTER TABLE jobs RENAME COLUMN note TO remark;",
            "it takes the column jobs.note away.",
        ),
        ("ALTER TABLE jobs RENAME TO works;", "it takes the table jobs away."),
        (
            ANEW.format(status="INTEGER NOT NULL", more=""),
            "it makes the column jobs.status another.",
        ),
        (
            ANEW.format(status="TEXT NOT NULL", more=", colour TEXT NOT NULL"),
            "old code does not fill jobs.colour, which has no default.",
        ),
        (
            "CREATE UNIQUE INDEX one_each ON jobs (note);",
            "its unique index one_each forbids what old code may write to jobs.",
        ),
    ],
)
def test_what_takes_away_is_named_unless_it_says_so(tmp_path: Path, taking: str, what: str) -> None:
    assert faults(tmp_path, BEFORE, taking) == [f"drizzle/0001_step.sql: {what}"]

    said = f"-- contract: nothing reads it since 0.3.0\n{taking}"
    (tmp_path / "drizzle/0001_step.sql").write_text(said)
    assert list(migration_faults(tmp_path)) == []


def test_a_file_that_cannot_be_applied_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, BEFORE, "SELECT 1 FROM nowhere;") == [
        "drizzle/0001_step.sql: it cannot be applied: no such table: nowhere."
    ]


def test_a_gap_in_the_numbers_is_named(tmp_path: Path) -> None:
    (tmp_path / "drizzle").mkdir()
    (tmp_path / "drizzle/0001_later.sql").write_text(BEFORE)

    (finding,) = migration_faults(tmp_path)

    assert finding.what == "the files are numbered 0001."
