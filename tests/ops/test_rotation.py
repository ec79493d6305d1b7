"""A rotation of the shared secret: at no moment does one side refuse another."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from media_jobs.signing import parse_secrets, sign, verify
from ops.project import Project, ToolFailed
from ops.rotate import RotationStep, rotate
from ops.secret import SECRET, read_secret, write_secrets
from tests.ops.fake_wrangler import FakeWrangler
from tests.ops.test_account import fresh_configs

OLD = "a" * 64
APP, ORCHESTRATOR = "--config wrangler.root.jsonc", "--config wrangler.toml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv(SECRET, raising=False)
    made = fresh_configs(tmp_path)
    write_secrets(made, OLD, {}, apart=False)
    return made


@pytest.fixture
def wrangler(project: Project) -> FakeWrangler:
    fake = FakeWrangler(project.root)
    names = ("vid-genius-start", "media-orchestrator")
    fake.change(secrets={name: {SECRET: OLD} for name in names})
    return fake


def everywhere(project: Project, wrangler: FakeWrangler) -> set[str]:
    """Return the lists that are in force: one, when all three places agree."""
    return {found[SECRET] for found in wrangler.state["secrets"].values()} | {
        read_secret(project) or ""
    }


def test_sides_before_and_after_each_step_accept_one_another(
    project: Project, wrangler: FakeWrangler
) -> None:
    lists = [OLD]
    for step in RotationStep:
        lists.append(rotate(project, step))
        assert everywhere(project, wrangler) == {lists[-1]}

    for before, after in itertools.pairwise(lists):
        for one, other in itertools.product((before, after), repeat=2):
            signature = sign(b"a message", parse_secrets(one))
            verify(b"a message", signature, parse_secrets(other))  # It raises when refused.
    assert lists[-1] != OLD
    assert OLD not in lists[-1]
    assert len(lists[-1]) == len(OLD)


@pytest.mark.parametrize("step", list(RotationStep))
def test_a_step_that_broke_off_between_the_workers_is_run_again(
    project: Project, wrangler: FakeWrangler, step: RotationStep
) -> None:
    for earlier in itertools.takewhile(lambda each: each is not step, RotationStep):
        rotate(project, earlier)
    wrangler.change(fail=[f"secret put {SECRET} {ORCHESTRATOR}"])
    with pytest.raises(ToolFailed):
        rotate(project, step)
    halfway = read_secret(project) or ""
    wrangler.change(fail=[])

    now = rotate(project, step)

    assert everywhere(project, wrangler) == {now}
    assert set(now.split(",")) <= set(halfway.split(","))


def test_a_step_out_of_its_turn_changes_nothing(project: Project, wrangler: FakeWrangler) -> None:
    for step in (RotationStep.SWITCH, RotationStep.REMOVE):
        with pytest.raises(ConfigurationError, match=f"{step} is not the next step"):
            rotate(project, step)

    assert wrangler.changes == []
    assert read_secret(project) == OLD


def test_no_secret_is_in_a_command_line(project: Project, wrangler: FakeWrangler) -> None:
    new = rotate(project, RotationStep.ADD).partition(",")[2]

    shown = "\n".join(wrangler.state["calls"])
    assert OLD not in shown
    assert new not in shown


def test_a_secret_of_the_environment_is_not_rotated_behind_its_back(
    project: Project, wrangler: FakeWrangler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, OLD)

    with pytest.raises(ConfigurationError, match="unset"):
        rotate(project, RotationStep.ADD)

    assert wrangler.changes == []
