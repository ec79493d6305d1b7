"""Examines media files by PyAV, each in a child of its own; run as a program by `probe_children`.

Importing PyAV takes four times as long as looking at a file. So this program has done it, and forks
for each file: one that crashes a demuxer, hangs it or has it ask for memory without end takes its
child along and nothing else. Orders come by the socket that is its standard input: a line of JSON
with a socket for the answer. A child whose caller has hung up is killed, and all are at the
program's end, which is that of the orders.
"""

import contextlib
import json
import os
import resource
import selectors
import signal
import socket
import sys

import av

from engine_kit.probe_child import report

_ORDER_BYTES_MAX = 64 * 1024
_MEMORY_BYTES_MAX = 4 << 30
"""Of addresses. A frame of 8192 × 8192 in 16 bits with transparency has half a gibibyte."""
_CPU_S_MAX = 60
_ORDERS, _ENDED = "orders", "ended"


class _Server:
    """The children at work, each with the socket that its answer goes to."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._ended, told = os.pipe()
        for end in (self._ended, told):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        self._selector.register(orders, selectors.EVENT_READ, _ORDERS)
        self._selector.register(self._ended, selectors.EVENT_READ, _ENDED)

    def run(self) -> None:
        """Take orders to their end."""
        while True:
            for key, _ in self._selector.select():
                if key.data == _ORDERS:
                    order, handles, *_ = socket.recv_fds(self._orders, _ORDER_BYTES_MAX, 1)
                    if not order:
                        return self._end_all()
                    self._begin(order, socket.socket(fileno=handles[0]))
                elif key.data == _ENDED:
                    os.read(self._ended, 1024)
                    self._reap()
                else:
                    # A caller has nothing more to say: this is its hanging up.
                    self._selector.unregister(key.fileobj)
                    os.kill(key.data, signal.SIGKILL)

    def _begin(self, order: bytes, answers: socket.socket) -> None:
        pid = os.fork()
        if pid == 0:
            _examine(order, answers)
        self._children[pid] = answers
        self._selector.register(answers, selectors.EVENT_READ, pid)

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            with self._children.pop(pid) as answers:
                if answers in self._selector.get_map():
                    self._selector.unregister(answers)
                if status:
                    code = os.waitstatus_to_exitcode(status)
                    _say(answers, {"error": f"The examination ended with code {code}."})

    def _end_all(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def _examine(order: bytes, answers: socket.socket) -> None:
    """Answer one order and end this process, which has nothing else open and is bounded."""
    code = 1
    try:
        os.dup2(answers.fileno(), 0)
        os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        for kind, most in (
            (resource.RLIMIT_AS, _MEMORY_BYTES_MAX),
            (resource.RLIMIT_CPU, _CPU_S_MAX),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(kind, (most, most))
        wanted = json.loads(order)
        try:
            answer: dict[str, object] = {"report": report(wanted["path"], wanted["formats"])}
        except (av.FFmpegError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {getattr(error, 'strerror', error)}"}
        _say(socket.socket(fileno=0), answer)
        code = 0
    finally:
        # Also of what nobody foresaw: nothing of the server may go on in its child.
        os._exit(code)


def _say(answers: socket.socket, answer: dict[str, object]) -> None:
    # Whoever has hung up wants no answer.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        answers.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    _Server(socket.socket(fileno=sys.stdin.fileno())).run()
