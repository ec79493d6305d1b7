"""CPU time and memory of programs: those that have ended, and a whole tree that still runs."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Spent", "ran", "spending", "tree_cpu_s"]

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """Seconds of wall time and of CPU time, this process and its ended children together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    """Measure the block."""
    spent = Spent()
    wall_s, cpu_s = time.monotonic(), _own_cpu_s()
    yield spent
    spent.wall_s, spent.cpu_s = time.monotonic() - wall_s, _own_cpu_s() - cpu_s


def ran(argv: Sequence[str], *, folder: Path, stdin: bytes = b"") -> Spent:
    """Run a program to its end in *folder*, with *stdin*."""
    with spending() as spent:
        subprocess.run(
            argv,
            cwd=folder,
            input=stdin,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return spent


def _own_cpu_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def tree_cpu_s(root: int) -> float:
    """Return the CPU time of *root* and all that descend from it and still run."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        ticks[pid] = sum(int(fields[at]) for at in (11, 12, 13, 14))
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(ticks.get(pid, 0) for pid in found) / _TICKS_PER_S
