"""workerd's output is read while nobody reads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.installation import ROOT

pytestmark = pytest.mark.programs

PROGRAM = ROOT / "dev" / "stack" / "runtimes" / "workerd_drained.py"
# Many times what a pipe holds.
LINE, LINES = "x" * 99, 20_000
WRITES_MUCH = f"""#!{sys.executable}
import os, sys
for output in (sys.stdout, sys.stderr):
    output.write({LINE + chr(10)!r} * {LINES})
    output.flush()
os.write(3, b"written " + " ".join(sys.argv[1:]).encode() + b" " + str(os.getpid()).encode())
"""


def test_who_writes_more_than_a_pipe_holds_is_not_held_up_by_a_reader_that_waits(
    tmp_path: Path,
) -> None:
    program = tmp_path / "workerd"
    program.write_text(WRITES_MUCH)
    program.chmod(0o755)
    read, write = os.pipe()
    process = subprocess.Popen(
        [PROGRAM, "serve", "--binary"],
        env={**os.environ, "WORKERD": str(program)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # As Miniflare starts workerd: with a pipe at descriptor 3.
        preexec_fn=lambda: os.dup2(write, 3),
        pass_fds=(3,),
        text=True,
    )
    os.close(write)

    # Nothing is read of its output until it has written all, and said so.
    with os.fdopen(read, "rb") as control:
        said = control.read().decode()
    output, errors = process.communicate(timeout=60)

    assert said == f"written serve --binary {process.pid}"
    assert output == errors == f"{LINE}\n" * LINES
    assert process.returncode == 0
