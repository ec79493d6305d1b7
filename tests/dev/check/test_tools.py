"""Format, lint and type faults are reported one line each, and a tool that cannot run is one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.check.faults import Fault
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


def test_sources_without_a_fault_have_no_finding_and_nothing_is_written_beside_the_cache(
    tree: Path,
) -> None:
    (tree / "src" / "fine.py").write_text("X: int = 1\n")

    for check in (format_faults, lint_faults, type_faults):
        assert list(check(tree)) == []

    assert {path.name for path in tree.iterdir()} == {"pyproject.toml", "src", "tests", "build"}


@pytest.mark.parametrize(
    ("check", "source", "found"),
    [
        (format_faults, "X   =  1\n", [("1:3", "unformatted")]),
        (lint_faults, "import os\nprint(missing)\n", [("1:8", "F401 [*]"), ("2:7", "F821")]),
        (type_faults, 'X: int = "text"\n', [("1", "error: Incompatible types in assignment")]),
    ],
)
def test_what_a_tool_finds_is_named_with_its_place(
    tree: Path, check: Callable[[Path], Iterator[Fault]], source: str, found: list[tuple[str, str]]
) -> None:
    (tree / "src" / "wrong.py").write_text(source)

    faults = list(check(tree))

    assert [fault.where for fault in faults] == [f"src/wrong.py:{place}" for place, _ in found]
    assert all(fault.what.startswith(what) for fault, (_, what) in zip(faults, found, strict=True))


def test_a_tool_that_cannot_run_is_a_finding(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.ruff]\nno-such-setting = 1\n")
    (tree / "src" / "fine.py").write_text("X: int = 1\n")

    assert [finding.where for finding in lint_faults(tree)] == ["ruff check"]
    assert [finding.where for finding in format_faults(tree)] == ["ruff format"]
