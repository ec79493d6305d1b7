"""Asks the program that forks a child for each media file (`probe_server`), and keeps it running.

It is started with the first file, and ends with this process: then its orders end.
"""

import asyncio
import atexit
import contextlib
import json
import socket
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from engine_kit import confinement
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.processes import minimal_environment

__all__ = ["answer_on"]

ANSWER_BYTES_MAX = 4 * 1024 * 1024
_END_S = 5


async def answer_on(path: Path, formats: str) -> bytes:
    """Return what the child says of the file at *path*, a line of JSON.

    *formats*: those that may be opened, by FFmpeg's names. Cancelling ends the child.
    Raises EngineFailure(tool_failed) when the program can't be kept running.
    """
    order = _order(path, formats)
    for _ in range(2):
        if answer := await _answer(order):
            return answer
        # A child that crashed is told of: it is the program that has ended.
        _server().end()
        _server.cache_clear()
    raise EngineFailure(FailureCode.TOOL_FAILED, "A file could not be examined.")


def _order(path: Path, formats: str) -> bytes:
    # `file:` keeps a name that looks like a protocol a plain name.
    return json.dumps({"path": f"file:{path.absolute()}", "formats": formats}).encode()


async def _answer(order: bytes) -> bytes:
    ours, childs = socket.socketpair()
    with childs, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _server().order(order, childs)
    reader, writer = await asyncio.open_connection(sock=ours, limit=ANSWER_BYTES_MAX)
    try:
        return await reader.readline()
    except ConnectionResetError:
        return b""
    except ValueError:
        return b"{}"  # More than any file has to say.
    finally:
        # A child that is still at work is killed for it.
        writer.close()


class _Server:
    """The running program. It gets none of this service's secrets, and nothing else to write to."""

    def __init__(self) -> None:
        self._orders, given = socket.socketpair()
        with given:
            self._process = confinement.start(
                [sys.executable, "-m", "engine_kit.probe_server"],
                env=minimal_environment(),
                stdin=given.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        atexit.register(self.end)

    def order(self, order: bytes, answers: socket.socket) -> None:
        """Hand *order* over, to be answered to *answers*; raises OSError when it has ended."""
        socket.send_fds(self._orders, [order], [answers.fileno()])

    def end(self) -> None:
        """End it, and with it all children."""
        atexit.unregister(self.end)
        self._orders.close()
        self._process.wait(_END_S)


@lru_cache(maxsize=1)
def _server() -> _Server:
    return _Server()
