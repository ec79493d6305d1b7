"""The command as it is installed: with nothing of the project but the client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.programs

EACH_MODULE = """\
import importlib, pkgutil, vidgen

for found in pkgutil.walk_packages(vidgen.__path__, "vidgen."):
    if found.name != "vidgen.__main__":
        importlib.import_module(found.name)
        print(found.name)
"""
CLIENT = Path(__file__).resolve().parents[2] / "client"


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in *folder*, where no module but the client's and its libraries' is found."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(CLIENT), "COLUMNS": "200", "HOME": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("-m", "vidgen", "--help"), {"burn", "comments", "download"}),
        (("-c", EACH_MODULE), {"vidgen.cli", "vidgen.client", "vidgen.commands.make"}),
    ],
    ids=["the command", "each module"],
)
def test_it_starts_without_the_projects_own_modules(
    tmp_path: Path, arguments: tuple[str, ...], printed: set[str]
) -> None:
    ended = ran(tmp_path, *arguments)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert printed <= set(ended.stdout.split())
