"""The earlier system in the same account: nothing of it is touched, and what to do is said."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from ops.deploy import Part, Task, deploy_part, migrations, upload
from ops.init import SetUp
from ops.project import Project
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import OURS

pytestmark = [pytest.mark.programs, pytest.mark.usefixtures("api")]

EARLIER_ID = "11111111-2222-3333-4444-555555555555"


def add_earlier_tables(wrangler: FakeWrangler, name: str = "vidgen_app") -> None:
    """Give the account the earlier system's database, with a list of its own migrations."""
    wrangler.change(d1={**wrangler.state["d1"], name: EARLIER_ID})
    with sqlite3.connect(f"{wrangler.file}.d1") as database:
        database.executescript(
            "CREATE TABLE media (id TEXT, title TEXT); CREATE TABLE tasks (id TEXT);"
            "CREATE TABLE d1_migrations (id INTEGER, name TEXT);"
            "INSERT INTO d1_migrations VALUES (1, '0000_first.sql');"
        )


def set_up(project: Project) -> list[str]:
    said: list[str] = []
    SetUp(project=project, dry_run=False, report=said.append).run()
    return said


@pytest.mark.parametrize("tag", ["v1", "v2-containers"])
def test_an_account_with_the_earlier_system_is_left_as_it_is_and_all_of_it_is_named(
    project: Project, wrangler: FakeWrangler, tag: str
) -> None:
    wrangler.add_worker("media-orchestrator", classes=["RenderJobDO"], migration=tag)
    wrangler.add_worker("vid-genius-start", "video.films.test/*")
    add_earlier_tables(wrangler)
    files = {path: path.read_text() for path in project.root.glob("*.toml")}

    with pytest.raises(ConfigurationError) as refused:
        set_up(project)

    said = str(refused.value)
    assert "the Worker media-orchestrator" in said
    assert f"classes RenderJobDO; their migration {tag}" in said
    assert "the Worker vid-genius-start" in said
    assert "D1 vidgen_app (tables media, tasks)" in said
    assert "nothing was changed" in said
    assert "docs/deploy.md, 'Coming from the earlier system'" in said
    assert wrangler.changes == []
    assert {path: path.read_text() for path in files} == files


@pytest.mark.parametrize("part", list(Part))
def test_no_part_is_deployed_over_another_systems_worker(
    project: Project, wrangler: FakeWrangler, part: Part
) -> None:
    (project.root / "Makefile").write_text("check:\n\t@true\n")
    wrangler.add_worker("media-orchestrator", classes=["RenderJobDO"], migration="v1")
    wrangler.add_worker("vid-genius-start")

    with pytest.raises(ConfigurationError, match=r"npx wrangler delete [mv]"):
        deploy_part(project, part)

    assert not any(call.startswith("deploy ") for call in wrangler.state["calls"])


def test_the_app_is_not_deployed_onto_another_systems_tables(
    project: Project, wrangler: FakeWrangler
) -> None:
    (project.root / "Makefile").write_text("check:\n\t@true\n")
    add_earlier_tables(wrangler)

    with pytest.raises(ConfigurationError, match="tables media, tasks"):
        deploy_part(project, Part.APP)
    deploy_part(project, Part.ORCHESTRATOR)


def test_migrations_are_not_applied_to_another_systems_tables(
    project: Project, wrangler: FakeWrangler, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_earlier_tables(wrangler)
    monkeypatch.chdir(project.root)

    with pytest.raises(ConfigurationError, match="vidgen_app_media_jobs"):
        migrations(Task.MIGRATE, local=False)

    assert not any(call.startswith("d1 migrations") for call in wrangler.state["calls"])


def test_a_database_beside_the_earlier_ones_is_used_once_its_id_is_in_account_toml(
    project: Project, wrangler: FakeWrangler
) -> None:
    own = "99999999-2222-3333-4444-555555555555"
    wrangler.change(d1={"vidgen_app": EARLIER_ID, "vidgen_app_media_jobs": own})
    replace(OURS, d1_database_id=own).write(project.root)

    said = set_up(project)

    assert f"d1 vidgen_app_media_jobs: exists, {own}" in said
    assert project.account().d1_database_id == own
    assert own in (project.root / "wrangler.root.jsonc").read_text()
    [asked] = {call.split()[2] for call in wrangler.state["calls"] if call.startswith("d1 execute")}
    assert asked == "vidgen_app_media_jobs"


def test_what_this_project_deployed_or_has_only_given_a_secret_is_no_other_system(
    project: Project, wrangler: FakeWrangler
) -> None:
    (project.root / "Makefile").write_text("check:\n\t@true\n")
    draft = {"id": "d1", "resources": {"bindings": [{"type": "secret_text"}]}}
    share = {"version_id": "d1", "percentage": 100}
    there = {"versions": [draft], "deployments": [{"created_on": "2026", "versions": [share]}]}
    wrangler.change(workers={"media-orchestrator": there})

    deploy_part(project, Part.ORCHESTRATOR)
    deploy_part(project, Part.ORCHESTRATOR)
    upload(project, Part.APP)
    deploy_part(project, Part.APP)


def test_an_account_that_cannot_be_asked_is_not_taken_for_a_free_one(
    project: Project, wrangler: FakeWrangler
) -> None:
    wrangler.change(fail=["deployments list"])

    with pytest.raises(Exception, match="The network went away"):
        set_up(project)

    assert wrangler.changes == []


def test_the_tables_of_this_project_are_its_own(
    project: Project, wrangler: FakeWrangler, tmp_path: Path
) -> None:
    root = Path(__file__).resolve().parents[3]
    (tmp_path / "drizzle").symlink_to(root / "drizzle")
    project.must_wrangler("d1", "migrations", "apply", "vidgen_app", "--remote")
    wrangler.change(d1={"vidgen_app": OURS.d1_database_id})

    set_up(project)
