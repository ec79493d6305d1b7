"""`python -m snoop PID`: a tool that was taken over looks for a secret.

Prints where in the process PID, and in what it was given itself, it has found the secret, which
comes reversed on standard input, and what else it could do, as JSON.
"""

import ctypes
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_PTRACE_SEIZE = 0x4206
_FAMILIES = {"ip": socket.AF_INET, "ip6": socket.AF_INET6, "packet": 17, "netlink": 16, "vsock": 40}


def look(pid: int, reversed_secret: str) -> dict[str, object]:
    """Try everything and return what has worked."""
    secret = reversed_secret[::-1].encode()
    found = [name for name, texts in _places(pid).items() if _holds(texts, secret)]
    done = [name for name, act in _deeds(pid).items() if _works(act)]
    return {"found": found, "done": done, "user": os.getuid()}


def _places(pid: int) -> dict[str, Callable[[], Iterator[bytes]]]:
    process = Path("/proc", str(pid))
    return {
        "own environment": lambda: iter([repr(dict(os.environ)).encode()]),
        "environ": lambda: iter([(process / "environ").read_bytes()]),
        "cmdline": lambda: iter([(process / "cmdline").read_bytes()]),
        "mem": lambda: _memory(process),
        "fd": lambda: _files(process / "fd"),
        "environ of threads": lambda: (
            (thread / "environ").read_bytes() for thread in (process / "task").iterdir()
        ),
    }


def _memory(process: Path) -> Iterator[bytes]:
    maps = (process / "maps").read_text()
    with (process / "mem").open("rb", buffering=0) as memory:
        for start, end in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw", maps, re.MULTILINE):
            try:
                memory.seek(int(start, 16))
                yield memory.read(int(end, 16) - int(start, 16))
            except OSError:
                continue


def _files(folder: Path) -> Iterator[bytes]:
    for path in folder.iterdir():
        try:
            if path.is_file():
                with path.open("rb") as file:
                    yield file.read(_CHUNK_BYTES)
        except OSError:
            continue


def _holds(texts: Callable[[], Iterator[bytes]], secret: bytes) -> bool:
    try:
        return any(secret in text for text in texts())
    except OSError:
        return False


def _deeds(pid: int) -> dict[str, Callable[[], object]]:
    return {
        "memory": lambda: Path(f"/proc/{pid}/mem").open("rb").close(),
        "trace": lambda: _checked(ctypes.CDLL(None).ptrace(_PTRACE_SEIZE, pid, 0, 0)),
        "signal": lambda: os.kill(pid, 0),
        "write": lambda: Path(__file__).open("ab").close(),
        **{name: partial(_opened, kind) for name, kind in _FAMILIES.items()},
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
    }


def _opened(family: int) -> None:
    socket.socket(family, socket.SOCK_RAW if family in (16, 17) else socket.SOCK_STREAM).close()


def _checked(result: int) -> None:
    if result < 0:
        raise OSError


def _works(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    asked = int(sys.argv[1]) or os.getppid()
    print(json.dumps(look(asked, os.environ["REVERSED"])))
