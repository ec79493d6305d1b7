"""Run a program so that it can be followed, ended and explained.

Each program leads its own session: what it starts is ended with it. On Linux it is also tied to
this process's life (`setpriv --pdeathsig`), so that a killed container leaves no encoder behind,
and it may do what `engine_kit.confinement` says.
A program is ended by SIGTERM, a grace, then SIGKILL to the group; when the attempt is canceled the
grace is short, because a canceled job must be gone within two seconds.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from engine_kit import children, confinement, tool_log
from engine_kit.children import Child, Process
from engine_kit.failures import EngineFailure, FailureCode
from media_jobs.redaction import redact

__all__ = [
    "LineReader",
    "Prepared",
    "ProcessResult",
    "minimal_environment",
    "run_process",
]

LineReader = Callable[[str], bool | None]
"""Gets each line of standard output; returns False when the line shows no progress."""


class Prepared(Protocol):
    """A program that makes its own processes (`engine_kit.prepared`)."""

    def run(self, cwd: Path, env: Mapping[str, str], *, has_stdin: bool) -> Process: ...


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
    argv: Sequence[str] | Prepared,
    *,
    cwd: Path,
    on_line: LineReader | None = None,
    stdin: bytes | AsyncIterable[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    no_progress_s: float | None = None,
    network: bool = False,
) -> ProcessResult:
    """Run *argv*, or a prepared program, to its end and return how it ended.

    *on_line* gets the lines of standard output. Without any progress for *no_progress_s* seconds
    the program is ended and `stalled` is set. *env* is added to a minimal environment that holds
    none of this service's secrets. *stdin* is written, as it comes if it does, and closed; without
    it there is none.
    *network*: whether it may open connections, unless it is a prepared one.
    Raises EngineFailure(tool_failed) when the program can't be started. Cancelling ends the program
    before CancelledError continues.
    """
    process = await _start(argv, cwd, env, stdin is not None, network)
    watch = _Watch(process, on_line)
    tasks = [asyncio.create_task(watch.read_lines()), asyncio.create_task(watch.read_errors())]
    writing = None if stdin is None else asyncio.create_task(watch.write(stdin))
    try:
        stalled = await watch.wait(no_progress_s)
        if writing is not None and writing.done():
            writing.result()  # Raises what its lines have.
        # What it left running holds its pipes open: end that before reading to their end.
        process.signal(signal.SIGKILL)
        await asyncio.wait_for(asyncio.gather(*tasks), PIPES_S)
    except BaseException:
        await _end(process, CANCEL_GRACE_S)
        raise
    finally:
        for task in (*tasks, *([writing] if writing else [])):
            task.cancel()
        process.signal(signal.SIGKILL)
        process.close()
    assert process.returncode is not None
    return ProcessResult(
        code=process.returncode,
        stderr_tail=redact(bytes(watch.errors).decode("utf-8", "replace")).strip(),
        stalled=stalled,
    )


class _Watch:
    """Reads a program's output and remembers when it last showed progress."""

    def __init__(self, process: Child, on_line: LineReader | None) -> None:
        self.errors = bytearray()
        self._process = process
        self._on_line = on_line
        self._log = tool_log.writer()
        self._loop = asyncio.get_running_loop()
        self._progress_at = self._loop.time()

    async def read_lines(self) -> None:
        try:
            async for line in self._process.stdout:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if self._on_line is None or self._on_line(text) is not False:
                    self._progress_at = self._loop.time()
        except Exception:
            # Nobody reads on, so the program would wait for ever.
            self._process.signal(signal.SIGKILL)
            raise

    async def read_errors(self) -> None:
        while chunk := await self._process.stderr.read(4096):
            self.errors += chunk
            self._log.write(chunk)
            del self.errors[:-STDERR_BYTES_MAX]

    async def write(self, data: bytes | AsyncIterable[bytes]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                if isinstance(data, bytes):
                    stdin.write(data)
                    await stdin.drain()
                    return
                async for chunk in data:
                    stdin.write(chunk)
                    await stdin.drain()
        finally:
            stdin.close()

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
    argv: Sequence[str] | Prepared,
    cwd: Path,
    env: Mapping[str, str] | None,
    has_stdin: bool,
    network: bool,
) -> Child:
    confined = confinement.current()
    whole = {**minimal_environment(), **(env or {})}
    make: Callable[[], Process]
    if isinstance(argv, Sequence):
        name = Path(argv[0]).name
        room = confined.online if network else confined.offline
        started = [*confined.launcher, *argv]
        make = partial(children.opened, started, cwd, whole, has_stdin=has_stdin)
    else:
        # It is confined since it was prepared.
        name, room = "the prepared program", None
        make = partial(argv.run, cwd, whole, has_stdin=has_stdin)
    try:
        return await children.start(make, room=room, line_bytes_max=LINE_BYTES_MAX)
    except OSError as error:
        raise EngineFailure(
            FailureCode.TOOL_FAILED, f"{name} can't be started: {error.strerror}"
        ) from error


def minimal_environment() -> dict[str, str]:
    """Return the environment of programs, which has none of this service's secrets."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


async def _end(process: Child, grace_s: float) -> None:
    """End the group: SIGTERM, *grace_s* seconds, SIGKILL; return when the program is gone."""
    process.signal(signal.SIGTERM)
    waiting = asyncio.ensure_future(process.wait())
    # Shielded by its own task: a second cancel must not leave the program running.
    _, pending = await asyncio.wait({waiting}, timeout=grace_s)
    process.signal(signal.SIGKILL)
    if pending:
        await waiting
