"""The account's values have one home, from which both configs are written."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from dev.check.jsonc import read_jsonc
from media_jobs.engines import ENGINES
from ops.account import Account, applied, hosts_of
from ops.deploy import Part, check_configured, configure, deploy_part
from ops.doctor.local import examine_clone
from ops.project import Project, ToolFailed
from tests.ops.fake_wrangler import QuickProject

ROOT = Path(__file__).resolve().parents[2]
OURS = Account(
    account_id="0123456789abcdef0123456789abcdef",
    zone="films.test",
    app_domain="video.films.test",
    orchestrator_url="https://media-orchestrator.films.workers.dev",
    d1_database_id="01234567-89ab-cdef-0123-456789abcdef",
    kv_namespace_id="fedcba9876543210fedcba9876543210",
    containers={one.name: f"https://{one.name}.films.test" for one in ENGINES.values()},
)


def _port(name: str) -> int:
    return next(engine.port for engine in ENGINES.values() if engine.name == name)


def fresh_configs(folder: Path) -> QuickProject:
    """Return a clone in *folder* that has the configs alone, with the example's values."""
    for name in ("account.toml", "wrangler.root.jsonc", "wrangler.toml"):
        shutil.copy(ROOT / name, folder / name)
    return QuickProject(root=folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    fresh_configs(tmp_path)
    (tmp_path / "Makefile").write_text("check:\n\t@echo one fault; exit 1\n")
    return Project(root=tmp_path)


def test_every_value_that_must_be_filled_in_is_named(project: Project) -> None:
    assert project.account().placeholders() == [
        *("account_id", "zone", "app_domain", "orchestrator_url"),
        *("d1_database_id", "kv_namespace_id"),
        *(f"containers.{name}" for name in sorted(OURS.containers, key=_port)),
    ]


def test_a_setting_that_a_config_has_lost_is_named_with_that_config(project: Project) -> None:
    for path in ROOT.iterdir():
        if not (project.root / path.name).exists():
            (project.root / path.name).symlink_to(path)
    config = project.root / "wrangler.toml"
    *_, kv, _ = config.read_text().split("\n\n")
    config.write_text(config.read_text().replace(kv, ""))

    found = {item.name: item for item in examine_clone(project)}

    assert found["config.values"].what.startswith("wrangler.toml: id occurs 0 times")
    assert "make ops ARGS=configure" in found["config.values"].fix
    assert "account" not in found


def test_the_values_reach_both_configs_and_local_runs_keep_theirs(project: Project) -> None:
    OURS.write(project.root)

    assert configure(project) == ["wrangler.root.jsonc", "wrangler.toml"]
    assert configure(project) == []

    app = read_jsonc((project.root / "wrangler.root.jsonc").read_text())
    production = app["env"]["production"]
    assert production["routes"] == [{"pattern": "video.films.test/*", "zone_name": "films.test"}]
    assert production["d1_databases"][0]["database_id"] == OURS.d1_database_id
    assert production["vars"]["CF_ORCHESTRATOR_URL"] == OURS.orchestrator_url
    assert "routes" not in app
    orchestrator = tomllib.loads((project.root / "wrangler.toml").read_text())
    variables = orchestrator["env"]["production"]["vars"]
    endpoint = "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com"
    assert variables["S3_ENDPOINT"] == variables["S3_INTERNAL_ENDPOINT"] == endpoint
    assert variables["APP_BASE_URL"] == "https://video.films.test"
    assert variables["CONTAINER_BASE_URL_REMOTION"] == "https://remotion.films.test"
    kv = orchestrator["env"]["production"]["kv_namespaces"]
    assert kv == [{"binding": "JOBS", "id": OURS.kv_namespace_id}]
    assert orchestrator["vars"]["APP_BASE_URL"] == "http://127.0.0.1:8787"


def test_a_config_that_says_something_else_is_refused(project: Project) -> None:
    check_configured(project)

    replace(project.account(), zone="films.test", app_domain="a.films.test").write(project.root)

    with pytest.raises(ConfigurationError, match=r"^wrangler.root.jsonc, wrangler.toml differs"):
        check_configured(project)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('zone = "example.com"', 'zone = "other.test"', "app_domain is not in the zone"),
        (
            "[containers]",
            '[containers]\ntone = "https://tone.test"',
            "containers.tone is not a setting",
        ),
        ("remotion =", "# remotion =", "containers.remotion is missing"),
        ("https://remotion.example.com", "https://a.test,", "containers.remotion is missing"),
        (
            "https://remotion.example.com",
            "https://a.test, https://a.test/",
            "containers.remotion names a host twice",
        ),
    ],
)
def test_a_value_that_cannot_be_is_named(project: Project, old: str, new: str, fault: str) -> None:
    file = project.root / "account.toml"
    file.write_text(file.read_text().replace(old, new))

    with pytest.raises(ConfigurationError, match=re.escape(fault)):
        project.account()


def test_the_hosts_of_an_engine_are_written_as_they_are_given(project: Project) -> None:
    several = {**OURS.containers, "burner": "https://b1.films.test, https://b2.films.test:8443"}
    account = replace(OURS, containers=several)
    account.write(project.root)

    text = applied(project.account(), project.root)["wrangler.toml"]

    assert f'CONTAINER_BASE_URL = "{several["burner"]}"' in text
    hosts = hosts_of(project.account().containers)
    assert hosts["burner@b2.films.test:8443"] == "https://b2.films.test:8443"
    assert hosts["remotion"] == "https://remotion.films.test"


def test_nothing_is_deployed_with_an_examples_value(project: Project) -> None:
    with pytest.raises(ConfigurationError, match="account_id"):
        deploy_part(project, Part.APP)


def test_nothing_is_deployed_while_the_check_fails(project: Project) -> None:
    OURS.write(project.root)
    configure(project)

    with pytest.raises(ToolFailed, match=r"(?s)make check.*one fault"):
        deploy_part(project, Part.ORCHESTRATOR)
