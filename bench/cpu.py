"""CPU time of another process, from /proc (Linux)."""

import os
import time
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
IDLE_PROBE_S = 0.15
IDLE_TICKS_MAX = 1


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def cpu_s(pid: int) -> float:
    """Return user and system time of all threads of *pid*, ended ones included, in seconds.

    The kernel counts exactly and reports in ticks of 10 ms (proc(5), `stat`, fields 14 and 15).
    """
    return _ticks(pid) / _TICKS_PER_S


def wait_until_idle(pid: int, timeout_s: float = 30.0) -> None:
    """Return when *pid* has all but stopped working: what was begun before is then over.

    Raises TimeoutError after *timeout_s*.
    """
    deadline = time.monotonic() + timeout_s
    before = _ticks(pid)
    while time.monotonic() < deadline:
        time.sleep(IDLE_PROBE_S)
        now = _ticks(pid)
        if now - before <= IDLE_TICKS_MAX:
            return
        before = now
    raise TimeoutError(f"process {pid} is still busy after {timeout_s:.0f} s")
