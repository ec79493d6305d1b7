"""CPU time of programs that are run to their end."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_PATH = os.pathsep.join(map(os.path.abspath, sys.path))


@dataclass(slots=True)
class CpuUsage:
    """Seconds of wall time and of CPU time, this process and its ended children together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def measured_usage() -> Iterator[CpuUsage]:
    """Measure the block."""
    spent = CpuUsage()
    wall_s, cpu_s = time.monotonic(), _own_cpu_s()
    yield spent
    spent.wall_s, spent.cpu_s = time.monotonic() - wall_s, _own_cpu_s() - cpu_s


def ran(
    argv: Sequence[str],
    *,
    folder: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] = MappingProxyType({}),
) -> CpuUsage:
    """Run a program to its end in *folder*, with *stdin*; *env* is added to this one's own."""
    with measured_usage() as spent:
        subprocess.run(
            argv,
            cwd=folder,
            input=stdin,
            env={**os.environ, "PYTHONPATH": _PATH, **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return spent


def _own_cpu_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)
