"""A Python program whose imports are done once, before any of its processes.

Some programs are a library that takes longer to import than to do the work, as yt-dlp is. One
process has imported it and is forked for each run: the new one has the session, the streams, the
folder and the environment that `subprocess` would have given it, and the limits of what the
container starts (`engine_kit.confinement`). It knows none of this service's secrets.
"""

import atexit
import contextlib
import errno
import io
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from engine_kit import confinement
from engine_kit.prepared_child import ENDED, HEAD, STARTED, StartOrder
from engine_kit.processes import minimal_environment

__all__ = ["PreparedProgram"]


class _Forked:
    """A process of the program, with what `engine_kit.children` needs of a `subprocess.Popen`."""

    def __init__(
        self, pid: int, line: socket.socket, stdin: int | None, stdout: int, stderr: int
    ) -> None:
        self.pid = pid
        self.stdin = None if stdin is None else io.FileIO(stdin, "w")
        self.stdout, self.stderr = io.FileIO(stdout), io.FileIO(stderr)
        self._line = line

    def wait(self) -> int:
        """Wait for its end; return how it ended, negative by that signal."""
        with self._line:
            data = self._line.recv(ENDED.size)
        # Without a word it was killed with the process that it was forked from.
        return int(ENDED.unpack(data)[0]) if data else -signal.SIGKILL


class PreparedProgram:
    """The function `main` of *module*, which its `prepare(*arguments)` prepares.

    `main` takes nothing and returns the exit code. It may reach the network. *env*: what
    `prepare` has in its environment beside what all programs have.
    """

    def __init__(
        self, module: str, *arguments: str, env: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._argv = [sys.executable, "-m", "engine_kit.prepared_child", module, *arguments]
        self._env = env
        self._server: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The number of the process that is forked, once it is there."""
        return None if self._server is None else self._server[0].pid

    def start(self) -> None:
        """Begin to import, so that the first run finds that done."""
        with self._lock:
            self._started()

    def stop(self) -> None:
        """End the program, and what runs of it."""
        if self._server is not None:
            process, control = self._server
            control.close()
            process.kill()
            process.wait()
            self._server = None
            atexit.unregister(self.stop)

    def run(self, cwd: Path, env: Mapping[str, str], *, has_stdin: bool) -> _Forked:
        """Return a new process; blocks until it is there. Raises OSError."""
        said = StartOrder(cwd=str(cwd), env=dict(env)).model_dump_json().encode()
        given, taken = os.pipe() if has_stdin else (os.open(os.devnull, os.O_RDONLY), None)
        (out, writes_out), (err, writes_err) = os.pipe(), os.pipe()
        streams = (given, writes_out, writes_err)
        try:
            pid, line = self._forked(HEAD.pack(len(said)) + said, streams)
        except BaseException:
            for handle in (taken, out, err):
                if handle is not None:
                    os.close(handle)
            raise
        finally:
            for handle in streams:
                os.close(handle)
        return _Forked(pid, line, taken, out, err)

    def _forked(self, order: bytes, streams: tuple[int, ...]) -> tuple[int, socket.socket]:
        """Return the number of a new process, and the connection that hears of its end."""
        for _ in range(2):
            ours, theirs = socket.socketpair()
            with theirs:
                server = self._send(order, [*streams, theirs.fileno()])
            if data := ours.recv(STARTED.size):
                pid = int(STARTED.unpack(data)[0])
                if pid < 0:
                    ours.close()
                    raise OSError(-pid, os.strerror(-pid))
                return pid, ours
            ours.close()
            # It has just been killed: the next one serves.
            server.kill()
            server.wait()
        raise ConnectionResetError(errno.ECONNRESET, "it ended while it was prepared")

    def _send(self, order: bytes, handles: list[int]) -> "subprocess.Popen[bytes]":
        """Send *order*; return what has got it, unless it has just ended."""
        with self._lock:
            server, control = self._started()
            with contextlib.suppress(ConnectionError):
                socket.send_fds(control, [order], handles)
            return server

    def _started(self) -> "tuple[subprocess.Popen[bytes], socket.socket]":
        if self._server is not None and self._server[0].poll() is None:
            return self._server
        self.stop()
        ours, theirs = socket.socketpair()
        with theirs:
            process = confinement.start(
                self._argv,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={
                    **minimal_environment(),
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                    **self._env,
                },
                network=True,
            )
        self._server = process, ours
        atexit.register(self.stop)
        return self._server
