"""Debian's packages come one installation at a time, whoever asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.installation import ROOT

pytestmark = pytest.mark.programs

# Notes its beginning and its end: what lies between two of one program is another one's.
APT = """#!{python}
import os, time
with open({log!r}, "a") as log:
    log.write(f"{{os.getpid()}}\\n")
    log.flush()
    time.sleep(0.2)
    log.write(f"{{os.getpid()}}\\n")
"""


def test_two_steps_of_the_set_up_never_run_apt_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = tmp_path / "bin/apt-get"
    program.parent.mkdir()
    program.write_text(APT.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    installs = [
        subprocess.Popen(
            [sys.executable, "-c", "from dev import debian; debian.install('some-package')"],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
        )
        for _ in range(3)
    ]

    assert [install.wait(timeout=60) for install in installs] == [0, 0, 0]

    noted = log.read_text().split()
    assert len(noted) == 3 * 2 * 2
    assert noted[::2] == noted[1::2]
