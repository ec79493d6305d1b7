"""`host`: what starts a host that connects outward, and what becomes of its key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from vidgen.errors import ConfigurationError

from media_jobs.derivation import derive
from ops.cli import app
from ops.project import Project
from ops.secret import SECRET, write_secrets
from tests.ops.test_account import fresh_configs

ROOT_SECRET = "a" * 64


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv(SECRET, raising=False)
    monkeypatch.chdir(tmp_path)
    made = fresh_configs(tmp_path)
    write_secrets(made, ROOT_SECRET, {}, apart=True)
    return made


def host(*words: str) -> Result:
    return CliRunner().invoke(app, ["host", *words])


def key(generation: int, label: str = "burner@garage") -> str:
    return derive(ROOT_SECRET, f"host/{label}/{generation}").hex()


def test_add_prints_all_that_starts_a_host_and_changes_nothing(project: Project) -> None:
    before = (project.root / "wrangler.toml").read_text()
    shown = host("add", "garage", "--engine", "burner")

    url = re.escape(project.account().orchestrator_url)
    given = rf"ORCHESTRATOR_URL={url}(?: -e)? HOST_KEY=burner@garage:{key(1)}"
    assert shown.exit_code == 0
    assert re.search(rf"(?m)^docker run .* -e {given} media-jobs-burner$", shown.stdout)
    assert re.search(rf"(?m)^{given} python -m burner$", shown.stdout)
    assert ROOT_SECRET not in shown.stdout
    assert (project.root / "wrangler.toml").read_text() == before


def test_a_key_is_renewed_beside_the_former_and_then_alone(project: Project) -> None:
    shown = host("renew", "garage", "--engine", "burner")
    config = (project.root / "wrangler.toml").read_text().partition("\n[env.production]\n")[2]

    assert f"HOST_KEY=burner@garage:{key(2)},{key(1)} " in shown.stdout
    assert "burner@garage=1+2" in config
    host("retire", "garage", "--engine", "burner")
    config = (project.root / "wrangler.toml").read_text().partition("\n[env.production]\n")[2]
    assert "burner@garage=2" in config
    assert f"HOST_KEY=burner@garage:{key(2)} " in host("add", "garage", "--engine", "burner").stdout


def test_a_revoked_key_is_in_force_nowhere_and_the_others_stay(project: Project) -> None:
    host("renew", "cellar", "--engine", "burner")
    shown = host("revoke", "garage", "--engine", "burner")

    keys = project.account().host_keys
    assert "burner@garage=2" in keys
    assert "burner@cellar=1+2" in keys
    assert "HOST_KEY" not in shown.stdout


def test_what_other_keys_become_leaves_hosts_that_connect_as_they_are(project: Project) -> None:
    host("revoke", "garage", "--engine", "burner")
    assert CliRunner().invoke(app, ["keys", "renew", "remotion"]).exit_code == 0

    assert "burner@garage=2" in project.account().host_keys


@pytest.mark.parametrize(
    "words", [("add", "Garage", "--engine", "burner"), ("add", "garage", "--engine", "painter")]
)
def test_a_name_or_an_engine_that_there_can_t_be_is_refused(
    project: Project, words: tuple[str, ...]
) -> None:
    assert isinstance(host(*words).exception, ConfigurationError)
