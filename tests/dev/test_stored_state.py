"""The fixtures of stored state: what they cover, and what the check says of them."""

import json
import sqlite3
from pathlib import Path
from typing import Any, get_args

import pytest

from dev.check_state import fixture_faults
from dev.object_storage import ObjectStorage, storage_classes
from dev.stored_state import FOLDER, released_versions
from media_jobs import __version__
from media_jobs.engines import EngineId
from media_jobs.record import AttemptState, Effect, JobRecord, Verdict
from media_jobs.status import Status
from tests.media_jobs.lives import new_job

ROOT = Path(__file__).parents[2]


def stored_jobs() -> list[dict[str, Any]]:
    """Return the documents of the present version's fixtures, read without its code."""
    documents = []
    for path in (ROOT / FOLDER / __version__ / "RenderJobDO").glob("*.sql"):
        sqlite = sqlite3.connect(":memory:")
        sqlite.executescript(path.read_text(encoding="utf-8"))
        ((text,),) = sqlite.execute("SELECT document FROM job").fetchall()
        sqlite.close()
        documents.append(json.loads(text))
    return documents


def test_every_status_state_verdict_engine_and_effect_is_in_the_fixtures() -> None:
    jobs = stored_jobs()
    attempts = [attempt for job in jobs for attempt in job["attempts"]]
    entries = [entry for job in jobs for entry in job["outbox"]]
    union, _ = get_args(Effect)

    assert {job["status"] for job in jobs} == set(Status)
    assert {job["engine"] for job in jobs} == set(EngineId)
    assert {job["generation"] for job in jobs} == {1, 2}
    assert {attempt["state"] for attempt in attempts} == set(AttemptState)
    assert {attempt.get("verdict") for attempt in attempts} == {None, *Verdict}
    kinds = {effect.model_fields["kind"].default for effect in get_args(union)}
    assert {entry["effect"]["kind"] for entry in entries} == kinds
    assert {entry["dead"] for entry in entries} == {True, False}
    assert any(attempt["uploads"] for attempt in attempts)
    assert any(attempt["claims"] for attempt in attempts)


def test_every_field_of_a_job_is_in_some_fixture() -> None:
    assert {name for job in stored_jobs() for name in job} == set(JobRecord.model_fields)


def test_a_release_without_fixtures_is_named(tmp_path: Path) -> None:
    (tmp_path / "0.2.0").mkdir()
    (tmp_path / "0.2.0" / "a.sql").write_text("one")

    found = list(fixture_faults(tmp_path, "0.2.0", ["0.1.0"], {"a.sql": "one"}))

    assert [finding.what for finding in found] == [
        "version 0.1.0 was released without fixtures of its stored state."
    ]


@pytest.mark.parametrize(
    ("released", "fix"),
    [
        ([], "run `python -m dev.stored_state`."),
        (["0.2.0"], "raise the version in pyproject.toml and src/media_jobs/__init__.py, then run"),
    ],
)
def test_a_change_of_what_is_stored_is_named(tmp_path: Path, released: list[str], fix: str) -> None:
    (tmp_path / "0.2.0").mkdir()
    (tmp_path / "0.2.0" / "a.sql").write_text("one")
    (tmp_path / "0.2.0" / "gone.sql").write_text("one")

    made = {"a.sql": "two", "new.sql": "one"}
    (finding,) = fixture_faults(tmp_path, "0.2.0", released, made)

    assert finding.what.endswith("what version 0.2.0 stores: a.sql and 2 more.")
    assert finding.fix.startswith(fix)


def test_a_version_without_any_fixture_is_named(tmp_path: Path) -> None:
    assert len(list(fixture_faults(tmp_path, "0.2.0", [], {"a.sql": "one"}))) == 1


def test_the_changelog_says_what_was_released(tmp_path: Path) -> None:
    text = "# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2027-01-01\n\n## [0.1.0] - 2026-12-01\n"
    (tmp_path / "CHANGELOG.md").write_text(text)

    assert released_versions(tmp_path) == ["0.2.0", "0.1.0"]


def test_the_shipped_store_forgets_all_on_the_stand_in_as_in_an_object() -> None:
    objects = ObjectStorage()
    store = storage_classes().job(objects)
    store.save(new_job(), "nonce-0001")
    copy = storage_classes().job(ObjectStorage(objects.dump()))

    assert copy.load() == new_job()
    assert copy.has_seen("nonce-0001")
    assert not copy.has_seen("nonce-0002")
