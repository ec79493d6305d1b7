"""The command as it is installed: with nothing of the project but the client."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.programs

CLIENT = Path(__file__).resolve().parents[2] / "client"


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `vidgen` in *folder*, where no module but the client's and its libraries' is found."""
    return subprocess.run(
        [sys.executable, "-m", "vidgen", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(CLIENT), "COLUMNS": "200", "HOME": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_without_the_projects_own_modules(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--help")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "burn" in ended.stdout
