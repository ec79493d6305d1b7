"""Starts a program on a thread that the caller chooses, and follows it from the event loop.

asyncio starts programs on the loop's own thread; what a program inherits of a thread
(`engine_kit.confinement`) would be the loop's.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import IO, Protocol

__all__ = ["Child", "Process", "opened", "start"]


class Process(Protocol):
    """A process with its pipes: what is used here of a `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[bytes] | None: ...
    @property
    def stdout(self) -> IO[bytes] | None: ...
    @property
    def stderr(self) -> IO[bytes] | None: ...
    def wait(self) -> int: ...


class Child:
    """A program that runs, leading a session of its own, with pipes to its three streams.

    *stdin* is None if it was given none. *returncode*: None until it has ended and was waited for.
    """

    def __init__(self, process: Process, line_bytes_max: int) -> None:
        self.pid = process.pid
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout = asyncio.StreamReader(limit=line_bytes_max)
        self.stderr = asyncio.StreamReader(limit=line_bytes_max)
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._pipes: list[asyncio.BaseTransport] = []
        threading.Thread(target=self._await_end, name=f"wait-{self.pid}", daemon=True).start()

    @property
    def returncode(self) -> int | None:
        """How it ended; negative: by that signal."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for its end; return how it ended."""
        return await asyncio.shield(self._ended)

    def signal(self, number: signal.Signals) -> None:
        """Send *number* to it and to all that it has started, also when it has itself ended."""
        # The program leads its session, so its id is the group's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    async def connect(self) -> None:
        """Connect the pipes to the event loop."""
        process = self._process
        for pipe, reader in ((process.stdout, self.stdout), (process.stderr, self.stderr)):
            receiving = partial(asyncio.StreamReaderProtocol, reader)
            transport, _ = await self._loop.connect_read_pipe(receiving, pipe)
            self._pipes.append(transport)
        if process.stdin is not None:
            sending = partial(asyncio.StreamReaderProtocol, asyncio.StreamReader())
            out, protocol = await self._loop.connect_write_pipe(sending, process.stdin)
            self.stdin = asyncio.StreamWriter(out, protocol, None, self._loop)
            self._pipes.append(out)

    def close(self) -> None:
        """Close the pipes, also those that something else still holds open."""
        for pipe in self._pipes:
            pipe.close()

    def _await_end(self) -> None:
        code = self._process.wait()
        # The loop may have ended meanwhile.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended.set_result, code)


def opened(
    argv: Sequence[str], cwd: Path, env: Mapping[str, str], *, has_stdin: bool
) -> "subprocess.Popen[bytes]":
    """Start *argv*; raises OSError."""
    return subprocess.Popen(
        argv,
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE if has_stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )


async def start(
    make: Callable[[], Process], *, room: Executor | None, line_bytes_max: int
) -> Child:
    """Have *make* start a program on the thread of *room*, on any without one; raises OSError.

    Cancelled meanwhile, it is ended.
    """
    making = asyncio.get_running_loop().run_in_executor(room, make)
    try:
        process = await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(_end_at_once)
        await asyncio.wait({making})
        raise
    child = Child(process, line_bytes_max)
    try:
        await child.connect()
    except BaseException:
        child.signal(signal.SIGKILL)
        child.close()
        raise
    return child


def _end_at_once(making: "asyncio.Future[Process]") -> None:
    if making.cancelled() or making.exception() is not None:
        return
    process = making.result()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    process.wait()  # For a moment.
