"""The program of `engine_kit.prepared`, and the processes that it makes.

`python -m engine_kit.prepared_child MODULE ARGUMENT…` calls the module's `prepare` with the
arguments and waits on its standard input, a socket, for orders to become the module's `main` in a
new process each. It ends with the service, and they with it.
"""

import contextlib
import errno
import gc
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

from pydantic import BaseModel

from engine_kit import kernel
from engine_kit.fork_child import ask_kernel, tie_to

__all__ = ["ENDED", "HEAD", "STARTED", "StartOrder"]

SERVER_NAME = b"prepared"
"""What `ps` calls it; what it makes is called by its package."""
_PR_SET_NAME = 15
HANDLES = 4
"""With an order come the three streams, and the socket that hears of the process."""
HEAD = struct.Struct("!I")
"""The length of an order, before it."""
STARTED, ENDED = struct.Struct("!q"), struct.Struct("!q")
"""Its number, or negative the errno of why there is none; how it ended, as `subprocess` says."""


class StartOrder(BaseModel):
    """Where a process works, and its whole environment."""

    cwd: str
    env: dict[str, str]


class _Children:
    """The processes that run, by number, each with the socket that hears of its end."""

    def __init__(self) -> None:
        self._lines: dict[int, socket.socket] = {}

    def add(self, pid: int, line: socket.socket) -> None:
        self._lines[pid] = line

    def take_ended(self, *_: object) -> None:
        """Wait for all that have ended, and say how."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                with self._lines.pop(pid) as line, contextlib.suppress(ConnectionError):
                    line.send(ENDED.pack(os.waitstatus_to_exitcode(status)))

    def forget(self) -> None:
        for line in self._lines.values():
            line.close()


def main() -> None:
    """Serve until the service goes."""
    control = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    ask_kernel(_PR_SET_NAME, SERVER_NAME)
    # What a process of it was taken over by must not come to the next ones.
    if sys.platform == "linux":
        kernel.hide_memory()
    module = import_module(sys.argv[1])
    module.prepare(*sys.argv[2:])
    # What is here is shared by all forks: no collector touches, and so copies, its pages.
    gc.collect()
    gc.freeze()
    children, own = _Children(), os.getpid()
    signal.signal(signal.SIGCHLD, children.take_ended)
    while True:
        head, handles, _, _ = socket.recv_fds(control, HEAD.size, HANDLES)
        if not head:
            return
        order = StartOrder.model_validate_json(_read(control, *HEAD.unpack(head)))
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            pid = os.fork()
        except OSError as error:
            # No reason to end, and what runs with it.
            pid = -(error.errno or errno.EAGAIN)
        if pid == 0:
            control.close()
            children.forget()
            _become(module.main, order, handles, own)
        line = socket.socket(fileno=handles[-1])
        for handle in handles[:-1]:
            os.close(handle)
        with contextlib.suppress(ConnectionError):
            line.send(STARTED.pack(pid))
        if pid > 0:
            children.add(pid, line)
        else:
            line.close()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _read(control: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += control.recv(size - len(data))
    return data


def _become(
    program: Callable[[], int], order: StartOrder, handles: Sequence[int], server: int
) -> None:
    """Be the program, as if it had just been started, and end with it."""
    code = 1
    try:
        os.setsid()
        tie_to(server)
        ask_kernel(_PR_SET_NAME, program.__module__.partition(".")[0].encode())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for number, handle in enumerate(handles[:-1]):
            os.dup2(handle, number)
        for handle in handles:
            os.close(handle)
        os.chdir(order.cwd)
        os.environ.clear()
        os.environ.update(order.env)
        code = program()
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
