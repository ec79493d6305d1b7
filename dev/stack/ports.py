"""Ports of the local stack: the usual ones where they are free, others where they are not."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from media_jobs.engines import ENGINES

HOST = "127.0.0.1"
WORKER_PORTS = {"app": 8787, "orchestrator": 8788}
PREFERRED = {**WORKER_PORTS, **{engine.name: engine.port for engine in ENGINES.values()}}


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
    """A port that the system finds free and that is not in *taken*."""
    taken = set(taken)
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port


def choose_ports(preferred: dict[str, int]) -> dict[str, int]:
    """A free port for each name: the preferred one, or any where that is taken; 0 means any."""
    chosen: dict[str, int] = {}
    for name, port in preferred.items():
        usable = port != 0 and port not in chosen.values() and is_free(port)
        chosen[name] = port if usable else any_free_port({*chosen.values(), *preferred.values()})
    return chosen
