"""CI and the scripts call what is there, in the order of the runbook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # It ships no types.
from typer.testing import CliRunner

from ops.cli import app

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS: dict[str, dict[Any, Any]] = {
    path.stem: yaml.safe_load(path.read_text()) for path in ROOT.glob(".github/workflows/*.yml")
}
WORKFLOW = WORKFLOWS["ci"]
TEXTS = [path.read_text() for path in ROOT.glob(".github/workflows/*.yml")]
SCRIPTS: dict[str, str] = json.loads((ROOT / "package.json").read_text())["scripts"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(job: dict[str, Any]) -> list[str]:
    """Return what a job runs."""
    return [step["run"] for step in job["steps"] if "run" in step]


def test_ci_runs_targets_and_scripts_that_exist() -> None:
    jobs = [job for workflow in WORKFLOWS.values() for job in workflow["jobs"].values()]
    run = [command for job in jobs for command in commands(job)]

    targets = {match[1] for line in run if (match := re.match(r"make (?:-s )?([a-z]+)", line))}
    scripts = {match[1] for line in run if (match := re.search(r"npm run (\S+)", line))}
    assert targets == {"audit", "check", "test", "setup", "ops", "long", "pins", "sbom"}
    assert targets <= TARGETS
    assert scripts <= SCRIPTS.keys()
    assert len(run) == len([line for line in run if line.startswith(("make ", ".venv/bin/npm "))])


def test_ci_deploys_tags_alone_after_check_and_test_in_the_runbooks_order() -> None:
    deploy = WORKFLOW["jobs"]["deploy"]
    # YAML reads the key `on` as true.
    assert WORKFLOW[True]["push"] == {"branches": ["main"], "tags": ["v*"]}
    assert deploy["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert set(deploy["needs"]) == {"check", "test"}
    order = ("make setup", "cf:deploy", "db:d1:migrate:remote", "deploy:root", "ARGS=smoke")
    run = commands(deploy)
    assert [line for line, part in zip(run, order, strict=True) if part in line] == run


def test_every_action_is_named_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)(.*)", "\n".join(TEXTS))

    assert len(used) > 10
    for action, comment in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_the_token_that_deploys_is_seen_by_the_steps_that_deploy_alone() -> None:
    token = {"CLOUDFLARE_API_TOKEN": "${{ secrets.CLOUDFLARE_API_TOKEN }}"}
    deploy = WORKFLOW["jobs"]["deploy"]

    seen = [step["run"] for step in deploy["steps"] if step.get("env") == token]

    scripts = ("cf:deploy", "db:d1:migrate:remote", "deploy:root")
    assert seen == [f".venv/bin/npm run {script}" for script in scripts]
    assert "\n".join(TEXTS).count("secrets.CLOUDFLARE_API_TOKEN") == len(seen)


def test_no_job_may_write_but_the_one_that_proposes_pins() -> None:
    for name, workflow in WORKFLOWS.items():
        assert workflow["permissions"] == {"contents": "read"}, name
    given = {
        (name, job): rules["permissions"]
        for name, workflow in WORKFLOWS.items()
        for job, rules in workflow["jobs"].items()
        if "permissions" in rules
    }
    assert given == {("pins", "pin"): {"contents": "write", "pull-requests": "write"}}


def test_the_locked_packages_are_audited_on_every_push_and_every_night() -> None:
    assert commands(WORKFLOW["jobs"]["audit"]) == ["make audit"]
    assert commands(WORKFLOWS["nightly"]["jobs"]["audit"]) == ["make audit"]


def test_the_nightly_run_meets_fresh_worlds_every_night_and_can_be_started_by_hand() -> None:
    nightly = WORKFLOWS["nightly"]
    (cron,) = (trigger["cron"] for trigger in nightly[True]["schedule"])

    assert re.fullmatch(r"\d+ \d+ \* \* \*", cron)
    assert "workflow_dispatch" in nightly[True]
    assert commands(nightly["jobs"]["simulate"]) == ["make long"]


def test_every_script_has_its_known_name_and_calls_a_command_that_exists() -> None:
    assert SCRIPTS.keys() == {
        "cf:deploy",
        "deploy:root",
        *(f"db:d1:{verb}:{place}" for verb in ("list", "migrate") for place in ("local", "remote")),
    }
    for name, script in SCRIPTS.items():
        found = re.fullmatch(r"make -s ops ARGS='([^']+)'", script)
        assert found is not None, name
        ended = CliRunner().invoke(app, [*found[1].split(), "--help"])
        assert ended.exit_code == 0, name


def test_pnpm_runs_the_scripts_and_installs_nothing() -> None:
    assert yaml.safe_load((ROOT / "pnpm-workspace.yaml").read_text()) == {
        "verifyDepsBeforeRun": False
    }
