"""The guard ends what is left of a stack, also what has left the stack's process groups."""

from __future__ import annotations

import os
import queue
import sys
from pathlib import Path

import pytest

from dev.stack.process import Guard, ManagedProcess

# As a container starts FFmpeg: in a session of its own.
STARTS_ANOTHER = """
import subprocess, time
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(1000)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc").exists(), reason="finding strays needs /proc")
def test_a_process_in_a_session_of_its_own_ends_with_the_stack(tmp_path: Path) -> None:
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    guard = Guard()
    part = ManagedProcess(
        "container",
        [sys.executable, "-c", STARTS_ANOTHER],
        guard=guard,
        env=os.environ,
        cwd=tmp_path,
        on_line=lines.put,
    )
    stray = int(lines.get(timeout=20))
    part.kill()
    part.stop()
    assert is_running(stray)

    guard.close()

    assert not is_running(stray)
