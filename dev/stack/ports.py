"""Ports of the local stack: the usual ones where they are free, others where they are not."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

from media_jobs.engines import ENGINES

HOST = "127.0.0.1"
WORKER_PORTS = {"app": 8787, "orchestrator": 8788}
PREFERRED = {**WORKER_PORTS, **{engine.name: engine.port for engine in ENGINES.values()}}

LISTENED_ON = range(20_000, 65_536)
"""Ports that programs are not usually found on, above all that browsers refuse (Fetch, "bad port").
"""
DYNAMIC = (49_152, 65_535)
"""From which port to which a system gives one to a connection that goes out (RFC 6335, 6)."""
LINUX_DYNAMIC = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int) -> bool:
    """Whether a server can listen on *port* of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection of the last run in TIME_WAIT does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def any_free_port(taken: Iterable[int] = ()) -> int:
    """A port that is free, that is not in *taken*, and that no connection is given as it goes out.

    A server may come to listen on it seconds later; a port that the system itself chooses for
    `bind` may be the near end of somebody's connection by then.
    """
    first, last = DYNAMIC
    with contextlib.suppress(OSError):
        first, last = map(int, LINUX_DYNAMIC.read_text().split())
    taken = {*taken, *range(first, last + 1)}
    allowed = [port for port in LISTENED_ON if port not in taken]
    random.shuffle(allowed)
    return next(port for port in allowed if is_free(port))


class HeldPorts:
    """Ports that other stacks leave alone, from the moment they are chosen until `release`.

    Between the choice and the first `listen` of a part lie seconds. A lock of this process on a
    file of the port's name says so to the others; it ends with the process, however that ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = f"media-jobs-ports-{os.getuid()}"
        self._folder = folder or Path(tempfile.gettempdir()) / own
        self._locks: dict[int, int] = {}

    def choose(self, preferred: dict[str, int]) -> dict[str, int]:
        """Hold a free port for each name: the preferred one, or any where that is taken; 0 is any.

        What was held before is released.
        """
        self.release()
        chosen: dict[str, int] = {}
        for name, port in preferred.items():
            if port == 0 or not self._hold(port):
                port = any_free_port(preferred.values())
                while not self._hold(port):
                    port = any_free_port(preferred.values())
            chosen[name] = port
        return chosen

    def release(self) -> None:
        """Let others have them."""
        for lock in self._locks.values():
            os.close(lock)
        self._locks.clear()

    def _hold(self, port: int) -> bool:
        if port in self._locks or not is_free(port):
            return False
        self._folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._locks[port] = lock
        return True


def choose_ports(preferred: dict[str, int]) -> dict[str, int]:
    """A free port for each name, as `HeldPorts.choose` does, held by nobody."""
    held = HeldPorts()
    try:
        return held.choose(preferred)
    finally:
        held.release()
