"""Which addresses a process that follows other people's URLs may connect to.

Server-side request forgery is stopped where it happens: at the connect call, with the address
that was resolved. What a URL says, where a redirect leads and what a playlist names therefore
make no difference, and a name that resolves differently the second time gains nothing.

What the hook cannot see are sockets opened by C code: name resolution, and other programs.
`refuse_process` keeps the latter to those that the process needs, on local files.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from media_jobs.networks import is_loopback, is_public

__all__ = ["RefusedAddress", "RefusedProcess", "install", "is_allowed", "refuse_process"]


class RefusedAddress(BaseException):
    """A connection to an address that may not be reached was refused.

    Not an `Exception`: libraries answer those by trying again or another way, and a host that
    names one inside address deserves neither.
    """

    def __init__(self, address: str) -> None:
        super().__init__(f"a connection to {address} was refused")
        self.address = address


class RefusedProcess(PermissionError):
    """A program that could open connections of its own was not started."""


def is_allowed(host: str, *, allow_loopback: bool) -> bool:
    """Say whether *host*, an address in text form, may be connected to.

    A name is never allowed: what it would resolve to is not known here.
    """
    return allow_loopback if is_loopback(host) else is_public(host)


def refuse_process(
    executable: str, arguments: Sequence[str], programs: Sequence[str]
) -> str | None:
    """Return why a program may not be started, or None. *programs*: what their names begin with.

    FFmpeg may read files alone: given an address it would connect by itself, out of sight.
    """
    name = Path(executable).name.removesuffix(".exe")
    if not name.startswith(tuple(programs)):
        return f"{name} is not one of this process's programs"
    if not name.startswith("ffmpeg"):
        return None
    inputs = [arguments[at + 1] for at, word in enumerate(arguments[:-1]) if word == "-i"]
    if any(not source.startswith("file:") for source in inputs):
        return "ffmpeg may read files only"
    return None


def install(*, allow_loopback: bool, programs: Sequence[str] = ()) -> None:
    """Refuse connections, and all but *programs*, in this process from now on, for good.

    Raises, at the call that is refused: RefusedAddress, RefusedProcess.
    """

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            _check_address(arguments[1], allow_loopback)
        elif event in {"subprocess.Popen", "os.posix_spawn"}:
            _check_process(arguments[0], arguments[1], programs)
        elif event in {"os.system", "os.exec", "os.startfile"}:
            raise RefusedProcess(f"{event} is not used here")

    sys.addaudithook(hook)


def _check_address(address: object, allow_loopback: bool) -> None:
    if address is None:  # A message on a socket whose connection was already checked.
        return
    host = address[0] if isinstance(address, tuple) and address else None
    if not isinstance(host, str) or not is_allowed(host, allow_loopback=allow_loopback):
        raise RefusedAddress(host if isinstance(host, str) else "a local socket")


def _check_process(executable: object, arguments: object, programs: Sequence[str]) -> None:
    words = arguments if isinstance(arguments, list | tuple) else [arguments]
    texts = [word.decode() if isinstance(word, bytes) else str(word) for word in words]
    program = texts[0] if executable is None else str(executable)
    problem = refuse_process(program, texts, programs)
    if problem is not None:
        raise RefusedProcess(problem)
