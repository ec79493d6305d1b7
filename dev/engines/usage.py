"""What running programs use, a whole tree of them, from /proc (Linux)."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_FORK_SERVERS = (b"engine_kit.fork_child", b"engine_kit.prepared_child")


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


def held_bytes(root: int) -> dict[str, int]:
    """Return the resident memory, by program, of all that descend from *root*."""
    held: dict[str, int] = {}
    for one in _tree(root):
        if one.pid != root:
            size_bytes = int(one.fields[21]) * os.sysconf("SC_PAGE_SIZE")
            held[one.name] = held.get(one.name, 0) + size_bytes
    return held


def working(root: int) -> list[str]:
    """Return the names of all that descend from *root*, without the programs that wait for work and
    fork for each piece of it; what they fork is named.
    """
    return [
        one.name
        for one in _tree(root)
        if one.pid != root and not (int(one.fields[1]) == root and _is_waiting(one.pid))
    ]


def _is_waiting(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(one in command for one in _FORK_SERVERS)


def peak_bytes(pid: int) -> int:
    """Return the most memory that the process has had."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
