"""Outlives the supervisor by seconds: when its standard input ends, it ends what the stack started.

A supervisor that is killed with SIGKILL cannot clean up. This process reads `add <group>` and
`remove <group>` lines, and at the end of input stops each process group that is left. On Linux it
then ends every process that still carries the stack's mark in its environment: a container starts
FFmpeg in a session of its own, which no group of ours holds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

MARK = "MEDIA_JOBS_STACK"
GRACE_S = 10.0  # What a container is given after SIGTERM (docs/contracts.md).


def marked_processes(mark: str) -> list[int]:
    """Process ids whose environment holds the *mark*; [] where there is no /proc."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def is_alive(group: int) -> bool:
    """Whether the process group has a member, zombies included."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_groups(groups: set[int], grace_s: float) -> None:
    """SIGTERM, then SIGKILL for the groups that are still there after *grace_s*."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while time.monotonic() < deadline and any(is_alive(group) for group in groups):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def end_marked(mark: str, grace_s: float) -> None:
    """SIGKILL for every process that carries the *mark*, until none is left or *grace_s* is over.

    The kernel ends a killed process in its own time, and one that was starting another as it was
    killed may have left it behind: so what is left is looked for anew.
    """
    deadline = time.monotonic() + grace_s
    while (left := marked_processes(mark)) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def main(mark: str) -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        word, _, group = line.strip().partition(" ")
        if word == "add":
            groups.add(int(group))
        elif word == "remove":
            groups.discard(int(group))
    end_groups(groups, GRACE_S)
    end_marked(mark, GRACE_S)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    main(sys.argv[1])
