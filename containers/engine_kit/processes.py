"""Run a program so that it can be followed, ended and explained.

Each program leads its own session: what it starts is ended with it. On Linux it is also tied to
this process's life (`setpriv --pdeathsig`), so that a killed container leaves no encoder behind.
A program is ended by SIGTERM, a grace, then SIGKILL to the group; when the attempt is canceled the
grace is short, because a canceled job must be gone within two seconds.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine_kit.failures import EngineFailure, FailureCode
from media_jobs.redaction import redact

__all__ = [
    "LineReader",
    "ProcessResult",
    "minimal_environment",
    "run_process",
    "tied_to_us",
]

LineReader = Callable[[str], bool | None]
"""Gets each line of standard output; returns False when the line shows no progress."""

TERM_GRACE_S = 5.0
CANCEL_GRACE_S = 1.0
PIPES_S = 5.0
STDERR_BYTES_MAX = 16 * 1024
LINE_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessResult:
    """How a program ended: *code* as the shell's (negative: by a signal), its last error lines."""

    code: int
    stderr_tail: str
    stalled: bool


async def run_process(
    argv: Sequence[str],
    *,
    cwd: Path,
    on_line: LineReader | None = None,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    no_progress_s: float | None = None,
) -> ProcessResult:
    """Run *argv* to its end and return how it ended.

    *on_line* gets the lines of standard output. Without any progress for *no_progress_s* seconds
    the program is ended and `stalled` is set. *env* is added to a minimal environment that holds
    none of this service's secrets. *stdin* is written and closed; without it there is none.
    Raises EngineFailure(tool_failed) when the program can't be started. Cancelling ends the program
    before CancelledError continues.
    """
    process = await _start(argv, cwd, env, stdin is not None)
    watch = _Watch(process, on_line)
    tasks = [asyncio.create_task(watch.read_lines()), asyncio.create_task(watch.read_errors())]
    if stdin is not None:
        tasks.append(asyncio.create_task(watch.write(stdin)))
    try:
        stalled = await watch.wait(no_progress_s)
        # What it left running holds its pipes open: end that before reading to their end.
        _kill_group(process)
        await asyncio.wait_for(asyncio.gather(*tasks), PIPES_S)
    except BaseException:
        await _end(process, CANCEL_GRACE_S)
        raise
    finally:
        for task in tasks:
            task.cancel()
        _kill_group(process)
    assert process.returncode is not None
    return ProcessResult(
        code=process.returncode,
        stderr_tail=redact(bytes(watch.errors).decode("utf-8", "replace")).strip(),
        stalled=stalled,
    )


class _Watch:
    """Reads a program's output and remembers when it last showed progress."""

    def __init__(self, process: asyncio.subprocess.Process, on_line: LineReader | None) -> None:
        self.errors = bytearray()
        self._process = process
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._progress_at = self._loop.time()

    async def read_lines(self) -> None:
        assert self._process.stdout is not None
        try:
            async for line in self._process.stdout:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if self._on_line is None or self._on_line(text) is not False:
                    self._progress_at = self._loop.time()
        except Exception:
            # Nobody reads on, so the program would wait for ever.
            _kill_group(self._process)
            raise

    async def read_errors(self) -> None:
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(4096):
            self.errors += chunk
            del self.errors[:-STDERR_BYTES_MAX]

    async def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(data)
            await self._process.stdin.drain()
        self._process.stdin.close()

    async def wait(self, no_progress_s: float | None) -> bool:
        """Wait for the end; return whether the program was ended for showing no progress."""
        if no_progress_s is None:
            await self._process.wait()
            return False
        while True:
            left_s = self._progress_at + no_progress_s - self._loop.time()
            if left_s <= 0:
                await _end(self._process, TERM_GRACE_S)
                return True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), left_s)
                return False


async def _start(
    argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None, has_stdin: bool
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *tied_to_us(),
            *argv,
            cwd=cwd,
            env={**minimal_environment(), **(env or {})},
            stdin=asyncio.subprocess.PIPE if has_stdin else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
            start_new_session=True,
        )
    except OSError as error:
        raise EngineFailure(
            FailureCode.TOOL_FAILED, f"{Path(argv[0]).name} can't be started: {error.strerror}"
        ) from error


@lru_cache(maxsize=1)
def tied_to_us() -> tuple[str, ...]:
    """Return what stands before a program's arguments for it to end with this process."""
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def minimal_environment() -> dict[str, str]:
    """Return the environment of programs, which has none of this service's secrets."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


async def _end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """End the group: SIGTERM, *grace_s* seconds, SIGKILL; return when the program is gone."""
    _signal_group(process, signal.SIGTERM)
    waiting = asyncio.ensure_future(process.wait())
    # Shielded by its own task: a second cancel must not leave the program running.
    _, pending = await asyncio.wait({waiting}, timeout=grace_s)
    _kill_group(process)
    if pending:
        await waiting


def _kill_group(process: asyncio.subprocess.Process) -> None:
    _signal_group(process, signal.SIGKILL)


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    # The program leads its session, so its id is the group's, also after it has ended itself.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
