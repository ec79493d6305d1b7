"""What wrangler does not look at in an upload, and one real dry run of each kind."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dev.check.configs import read_configs
from dev.check.faults import CheckError, Fault
from dev.check.upload import (
    class_faults,
    dry_run,
    module_faults,
    printed_faults,
    upload_faults,
)

pytestmark = pytest.mark.programs

ROOT = Path(__file__).resolve().parents[3]
TABLE: Mapping[str, Any] = {
    "main": "src/orchestrator/entry.py",
    "durable_objects": {"bindings": [{"name": "RENDER_JOB_DO", "class_name": "RenderJobDO"}]},
}
ENTRY = b"""
from orchestrator.jobs.job_do import RenderJobDO
__all__ = ["Default", "RenderJobDO"]
class Default: ...
"""
PRINTED = """
Total Upload: 7440.78 KiB / gzip: 2017.14 KiB
Your Worker has access to the following bindings:

--dry-run: exiting now.
"""


def whats(findings: Any) -> list[str]:
    found: list[Fault] = list(findings)
    return [finding.what for finding in found]


@pytest.mark.parametrize("name", [b"Default", b"RenderJobDO"])
def test_a_class_that_the_runtime_would_not_find_is_named(name: bytes) -> None:
    assert whats(class_faults(TABLE, ENTRY, "config")) == []

    broken = ENTRY.replace(b'"' + name + b'"', b'"Other"')
    assert whats(class_faults(TABLE, broken, "config")) == [
        f"{name.decode()} is not in __all__ of the main module."
    ]


def test_the_report_of_a_right_dry_run_has_no_fault() -> None:
    assert whats(printed_faults(PRINTED, "config")) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "gzip: 2017.14",
            "gzip: 3072.01",
            "the upload has 3072.01 KiB gzipped; at most 3072 are allowed.",
        ),
        ("Total Upload", "Upload", "wrangler printed no upload size."),
        (
            "Your Worker",
            "▲ [WARNING] Processing wrangler.toml:\n\n    - It is odd.\n\n\nYour Worker",
            "wrangler warns: Processing wrangler.toml: - It is odd.",
        ),
    ],
)
def test_a_fault_in_the_report_of_a_dry_run_is_named(old: str, new: str, what: str) -> None:
    assert whats(printed_faults(PRINTED.replace(old, new), "config")) == [what]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small Worker with one package, one vendored package, and folders that stay here."""
    config = {
        "name": "sample",
        "main": "src/app/entry.py",
        "base_dir": "src",
        "compatibility_date": "2026-09-08",
        "compatibility_flags": ["python_workers"],
        "env": {"production": {"name": "sample"}},
    }
    files = {
        "wrangler.root.jsonc": json.dumps(config),
        "wrangler.toml": 'main = "src/app/entry.py"\n',
        "src/app/entry.py": '__all__ = ["Default"]\nclass Default: ...\n',
        "src/app/jobs/accept.py": "",
        "tests/test_jobs.py": "",
        "python_modules/vendored/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def test_an_upload_without_vendored_packages_is_named(tree: Path) -> None:
    (tree / "python_modules/vendored/__init__.py").unlink()
    table = {"main": "src/app/entry.py"}

    assert whats(module_faults(tree, table, {"entry.py", "app/jobs/accept.py"}, "config")) == [
        "python_modules/ is empty."
    ]


def test_a_real_dry_run_of_a_right_worker_has_no_fault(tree: Path) -> None:
    config = read_configs(tree)[0]

    assert whats(upload_faults(tree, dry_run(tree, config, tree / "out"))) == []


def test_what_wrangler_warns_of_is_named_with_its_reason(tree: Path) -> None:
    text = (tree / "wrangler.root.jsonc").read_text()
    kv = '"kv_namespaces": [{"binding": "JOBS", "id": "1"}], "vras": {}, "main"'
    (tree / "wrangler.root.jsonc").write_text(text.replace('"main"', kv))
    config = read_configs(tree)[0]

    (found,) = whats(upload_faults(tree, dry_run(tree, config, tree / "out")))

    assert 'Unexpected fields found in top-level field: "vras"' in found
    assert '"kv_namespaces" exists at the top level, but not on "env.production"' in found


def test_a_real_dry_run_with_the_wrong_base_uploads_what_it_must_not(tree: Path) -> None:
    text = (tree / "wrangler.root.jsonc").read_text()
    (tree / "wrangler.root.jsonc").write_text(text.replace('"base_dir": "src"', '"base_dir": "."'))
    config = read_configs(tree)[0]

    found = whats(upload_faults(tree, dry_run(tree, config, tree / "out")))

    assert "tests/test_jobs.py is uploaded and is no source of this Worker." in found
    assert "src/app/jobs/accept.py is not uploaded." in found


def test_a_real_dry_run_that_takes_the_other_workers_package_along_is_named(tree: Path) -> None:
    for name in ("entry.py", "jobs/machine.py"):
        (tree / "src/orchestrator" / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / "src/orchestrator" / name).touch()
    config = read_configs(tree)[0]

    assert whats(upload_faults(tree, dry_run(tree, config, tree / "out"))) == [
        f"orchestrator/{name} is uploaded and is no source of this Worker."
        for name in ("entry.py", "jobs/machine.py")
    ]


def test_a_config_that_wrangler_refuses_is_one_finding(tree: Path) -> None:
    text = (tree / "wrangler.root.jsonc").read_text()
    assets = text.replace('"main"', '"assets": {"directory": "public"}, "main"')
    (tree / "wrangler.root.jsonc").write_text(assets)
    config = read_configs(tree)[0]

    with pytest.raises(CheckError) as refusal:
        dry_run(tree, config, tree / "out")

    assert str(refusal.value) == (
        "wrangler.root.jsonc: wrangler refuses it: The directory specified by the "
        '"assets.directory" field in your configuration file does not exist: '
        f"{tree}/public. "
        "Fix: see `npx wrangler deploy --dry-run --config wrangler.root.jsonc --env production`."
    )
