"""Format, lint and type faults are reported one line each, and a tool that cannot run is one."""

from pathlib import Path

import pytest

from dev.check.tools import format_faults, lint_faults, type_faults

pytestmark = pytest.mark.programs

SETTINGS = """
[tool.ruff]
line-length = 100
[tool.ruff.lint]
select = ["E", "F"]
[tool.mypy]
strict = true
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "src").mkdir()
    (tmp_path / "tests").mkdir()
    return tmp_path


def test_sources_without_a_fault_have_no_finding(tree: Path) -> None:
    (tree / "src" / "fine.py").write_text("X: int = 1\n")

    for check in (format_faults, lint_faults, type_faults):
        assert list(check(tree)) == []


def test_a_file_that_is_not_formatted_is_named(tree: Path) -> None:
    (tree / "src" / "loose.py").write_text("X   =  1\n")

    assert [finding.line() for finding in format_faults(tree)] == [
        "src/loose.py: is not formatted. Fix: run `make format`."
    ]


def test_lint_findings_tell_the_place_the_rule_and_the_way_out(tree: Path) -> None:
    (tree / "src" / "lint.py").write_text("import os\nprint(missing)\n")

    assert [finding.line() for finding in lint_faults(tree)] == [
        "src/lint.py:1:8: F401 `os` imported but unused. Fix: run `make format`.",
        "src/lint.py:2:7: F821 Undefined name `missing`. Fix: see `ruff rule F821`.",
    ]


def test_type_findings_tell_the_place_and_the_code(tree: Path) -> None:
    (tree / "src" / "typed.py").write_text('X: int = "text"\n')

    (finding,) = type_faults(tree)

    assert finding.where == "src/typed.py:1"
    assert finding.what.endswith("[assignment].")


def test_nothing_outside_of_the_ignored_folder_is_written(tree: Path) -> None:
    (tree / "src" / "fine.py").write_text("X: int = 1\n")

    for check in (format_faults, lint_faults, type_faults):
        list(check(tree))

    assert {path.name for path in tree.iterdir()} == {"pyproject.toml", "src", "tests", "build"}


def test_a_tool_that_cannot_run_is_a_finding(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.ruff]\nno-such-setting = 1\n")
    (tree / "src" / "fine.py").write_text("X: int = 1\n")

    assert [finding.where for finding in lint_faults(tree)] == ["ruff check"]
    assert [finding.where for finding in format_faults(tree)] == ["ruff format"]
