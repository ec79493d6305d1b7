"""Work on what strangers wrote, in processes of its own (decision 47).

Letters, subtitles and comments are read and drawn by Python and by libraries that no thread can be
stopped in. So each piece of work is a process: it has limits of processor time and memory, and it
is killed when nobody waits for it any more. A fork server that has imported everything makes such a
process in a few milliseconds; it knows none of this service's secrets.
"""

import asyncio
import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from engine_kit import confinement
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.fork_messages import (
    HEAD,
    Crashed,
    Failed,
    Made,
    Order,
    Started,
    Told,
    TooCostly,
    unpacked,
)
from engine_kit.processes import minimal_environment
from media_jobs.said import said

__all__ = ["ForkServer", "WorkCrashed"]

T = TypeVar("T")

LARGE_BYTES = 1 << 16
"""What takes longer to be read is read in a thread."""
ENDED_S = 1.0
"""A killed process is gone at once; nobody waits longer for one that the kernel holds."""


class WorkCrashed(RuntimeError):
    """The work raised what it should not; the traceback is that of its process."""


@dataclass(frozen=True, slots=True)
class _Server:
    process: subprocess.Popen[bytes]
    control: socket.socket


class ForkServer:
    """Runs functions in processes of their own.

    *modules*: imported once, before the first process. *cpu_s*, *memory_bytes*: what one piece of
    work may take at most, of processor time and of memory of its own.
    """

    def __init__(self, *modules: str, cpu_s: int, memory_bytes: int) -> None:
        self._modules = modules
        self._own = frozenset(module.partition(".")[0] for module in modules)
        self._cpu_s, self._memory_bytes = cpu_s, memory_bytes
        self._server: _Server | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to import, so that the first piece of work finds that done."""
        with self._lock:
            if self._server is None or self._server.process.poll() is not None:
                self.stop()
                self._server = self._started()
                atexit.register(self.stop)

    def stop(self) -> None:
        """End the server; work that it has begun is killed with it."""
        if self._server is not None:
            self._server.control.close()
            self._server.process.kill()
            self._server.process.wait()
            self._server = None
            atexit.unregister(self.stop)

    async def run(
        self,
        work: Callable[..., T],
        *args: object,
        cpu_s: int | None = None,
        advance: Callable[[float], None] | None = None,
    ) -> T:
        """Return the result of *work*, a function of a module, done in another process.

        Arguments and result are copied there and back. With *advance* the work gets a function of
        this name, whose shares of 0 to 1 come here. Cancelling kills it before CancelledError
        continues. Raises EngineFailure: what the work raised, `input_unsupported` when it takes
        more than it may, `tool_failed` when its process ends without a word.
        """
        order = Order(
            work=work,
            args=args,
            tells=advance is not None,
            cpu_s=min(cpu_s or self._cpu_s, self._cpu_s),
            memory_bytes=self._memory_bytes,
        )
        reader, writer = await asyncio.open_unix_connection(sock=self._forked())
        pid: int | None = None
        try:
            started = await self._received(reader)
            assert isinstance(started, Started)
            pid = started.pid
            writer.writelines(await asyncio.to_thread(order.packed))
            while isinstance(answer := await self._received(reader), Told):
                if advance is not None:
                    advance(answer.share)
        except (asyncio.IncompleteReadError, ConnectionError):
            told = said("failure.text_process_ended")
            raise EngineFailure(FailureCode.TOOL_FAILED, told) from None
        finally:
            await _ended(pid, reader, writer)
        result: T = _result(answer)
        return result

    async def _received(self, reader: asyncio.StreamReader) -> object:
        (size,) = HEAD.unpack(await reader.readexactly(HEAD.size))
        data = await reader.readexactly(size)
        if size < LARGE_BYTES:
            return unpacked(data, self._own)
        return await asyncio.to_thread(unpacked, data, self._own)

    def _forked(self) -> socket.socket:
        """Return the connection to a new process."""
        ours, theirs = socket.socketpair()
        with theirs:
            for _ in range(2):
                self.start()
                assert self._server is not None
                try:
                    socket.send_fds(self._server.control, [b"f"], [theirs.fileno()])
                    return ours
                except ConnectionError:
                    # It has just been killed: the next one serves.
                    self._server.process.wait()
        ours.close()
        raise EngineFailure(FailureCode.TOOL_FAILED, said("failure.text_process_ended"))

    def _started(self) -> _Server:
        ours, theirs = socket.socketpair()
        with theirs:
            process = confinement.start(
                [sys.executable, "-m", "engine_kit.fork_child", *self._modules],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={
                    **minimal_environment(),
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                },
            )
        return _Server(process, ours)


async def _ended(
    pid: int | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Kill the process, unless it was never there, and wait until it is gone."""
    if pid is not None and not reader.at_eof():
        # It waits for the end of this connection before it ends: the number is still its own.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        waiting = asyncio.ensure_future(reader.read())
        # Shielded by its own task: a second cancel must not leave it behind.
        await asyncio.wait({waiting}, timeout=ENDED_S)
        waiting.cancel()
    writer.transport.abort()


def _result(answer: object) -> Any:  # What the work returns.
    match answer:
        case Made(result):
            return result
        case Failed():
            raise answer.failure()
        case TooCostly():
            raise EngineFailure(FailureCode.INPUT_UNSUPPORTED, said("failure.text_too_costly"))
        case Crashed(trace):
            raise WorkCrashed(trace)
        case _:
            raise TypeError(f"no answer: {type(answer).__name__}")
