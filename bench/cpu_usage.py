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

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Usage:
    """Seconds of wall time and of CPU time, this process and its ended children together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def measured_usage() -> Iterator[Usage]:
    """Measure the block."""
    spent = Usage()
    wall_s, cpu_s = time.monotonic(), _own_cpu_s()
    yield spent
    spent.wall_s, spent.cpu_s = time.monotonic() - wall_s, _own_cpu_s() - cpu_s


def ran(argv: Sequence[str], *, folder: Path, stdin: bytes = b"") -> Usage:
    """Run a program to its end in *folder*, with *stdin*."""
    with measured_usage() as spent:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Process:
    """*fields*: those of `stat` after the name, from the state on."""

    pid: int
    name: str
    fields: list[str]


def _tree(root: int) -> list[_Process]:
    """Return *root* and all that descend from it and still run."""
    running: dict[int, _Process] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        running[pid] = _Process(pid=pid, name=head.partition("(")[2], fields=rest.split())
    found = {root}
    while more := {p.pid for p in running.values() if int(p.fields[1]) in found} - found:
        found |= more
    return [running[pid] for pid in found if pid in running]


def tree_cpu_s(root: int) -> float:
    """Return the CPU time of *root* and all that descend from it and still run."""
    ticks = sum(int(one.fields[at]) for one in _tree(root) for at in (11, 12, 13, 14))
    return ticks / _TICKS_PER_S


def tree_rss_mib(root: int) -> dict[str, float]:
    """Return the resident memory, by program, of all that descend from *root*."""
    held: dict[str, float] = {}
    for one in _tree(root):
        if one.pid != root:
            mib = int(one.fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
            held[one.name] = held.get(one.name, 0.0) + mib
    return held


def peak_mib(pid: int) -> float:
    """Return the most memory that the process has had, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
