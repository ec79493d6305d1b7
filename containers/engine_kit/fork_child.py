"""The fork server of `engine_kit.fork_server`, and the processes that it makes.

`python -m engine_kit.fork_child MODULE…` imports the modules and waits on its standard input, a
socket, for connections to hand to a new process each. It ends with the service, and they with it.
"""

import contextlib
import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module

from engine_kit.failures import EngineFailure
from engine_kit.fork_messages import (
    HEAD,
    Crashed,
    Failed,
    Made,
    Order,
    Started,
    Told,
    TooCostly,
    packed,
)

SERVER_NAME, WORK_NAME = b"fork-server", b"text-work"
"""What `ps` calls them."""
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
HARD_S = 2
"""Python is told first; what does not come back to it is killed that much later."""


class _TimeIsUp(BaseException):
    """The processor time of a piece of work is used up."""


def main() -> None:
    """Serve until the service goes."""
    control = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    ask_kernel(_PR_SET_NAME, SERVER_NAME)
    for name in sys.argv[1:]:
        import_module(name)
    # What is here is shared by all forks: no collector touches, and so copies, its pages.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, _take_ended)
    own = os.getpid()
    while True:
        data, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not data:
            return
        with socket.socket(fileno=handles[0]) as line:
            if os.fork() == 0:
                control.close()
                _serve(line, own)


def _take_ended(*_: object) -> None:
    """Wait for all that have ended: ignored, their processor time would be counted nowhere."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _serve(line: socket.socket, server: int) -> None:
    """Do the one piece of work of this process, which ends here."""
    try:
        tie_to(server)
        ask_kernel(_PR_SET_NAME, WORK_NAME)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _say(line, Started(os.getpid()))
        for said in _answers(line):
            _say(line, said)
        # Its number stays its own until the service has heard the answer.
        line.recv(1)
    finally:
        os._exit(0)


def tie_to(server: int) -> None:
    """Have the kernel kill this process when the fork server ends."""
    ask_kernel(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(0)


def ask_kernel(option: int, value: int | bytes) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def _answers(line: socket.socket) -> Iterator[object]:
    try:
        with line.makefile("rb") as orders:
            (size,) = HEAD.unpack(orders.read(HEAD.size))
            order = pickle.loads(orders.read(size))  # noqa: S301  It is the service's own.
        _limit(order)
        tells = {"advance": lambda share: _say(line, Told(share))} if order.tells else {}
        yield Made(order.work(*order.args, **tells))
    except EngineFailure as failure:
        yield Failed.of(failure)
    except (MemoryError, _TimeIsUp):
        yield TooCostly()
    except Exception:
        yield Crashed(traceback.format_exc())


def _limit(order: Order) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (order.memory_bytes, order.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, _time_is_up)
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_s, order.cpu_s + HARD_S))


def _time_is_up(*_: object) -> None:
    raise _TimeIsUp


def _say(line: socket.socket, said: object) -> None:
    # The service has gone, or does not wait any more: this process is being killed.
    with contextlib.suppress(ConnectionError):
        for part in packed(said):
            line.sendall(part)


if __name__ == "__main__":
    main()
