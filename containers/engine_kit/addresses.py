"""Which addresses a process that follows other people's URLs may connect to.

Server-side request forgery is stopped where it happens: at the connect call, with the address
that was resolved. What a URL says, where a redirect leads and what a playlist names therefore
make no difference, and a name that resolves differently the second time gains nothing.

What the hook cannot see are sockets opened by C code: name resolution, and other programs.
`refuse_process` keeps the latter to those that the process needs, on local files, and
`engine_kit.confinement` keeps programs that read files off the network.
"""

import ipaddress
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from media_jobs.errors import SettingError
from media_jobs.networks import is_loopback, is_public, parse_address

__all__ = [
    "LOOPBACK",
    "Networks",
    "RefusedAddress",
    "RefusedConnection",
    "RefusedProcess",
    "guard",
    "install",
    "is_allowed",
    "is_own",
    "networks_from",
    "refuse_process",
    "refused_in",
]

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
OWN_NETWORKS = "OWN_NETWORKS"
LOOPBACK: Networks = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class RefusedAddress(BaseException):
    """A connection to an address that may not be reached was refused.

    Not an `Exception`: libraries answer those by trying again or another way, and a host that
    names one inside address deserves neither.
    """

    def __init__(self, address: str) -> None:
        super().__init__(f"a connection to {address} was refused")
        self.address = address


class RefusedConnection(PermissionError):
    """A connection of the container's own to an address that is not public was refused."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is not public, and in none of {OWN_NETWORKS}")


class RefusedProcess(PermissionError):
    """A program that could open connections of its own was not started."""


def is_allowed(host: str, *, allow_loopback: bool) -> bool:
    """Say whether *host*, an address in text form, may be connected to.

    A name is never allowed: what it would resolve to is not known here.
    """
    return allow_loopback if is_loopback(host) else is_public(host)


def networks_from(text: str) -> Networks:
    """Read networks separated by commas ("10.0.0.0/8,fd00::/8"); raises SettingError."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingError(OWN_NETWORKS, "is no list of networks such as 10.0.0.0/8") from None


def is_own(host: str, networks: Networks) -> bool:
    """Say whether *host*, an address in text form, is in one of *networks*."""
    address = parse_address(host)
    return address is not None and any(address in network for network in networks)


def refused_in(error: BaseException) -> RefusedConnection | None:
    """Return the refusal that *error* was caused by, if one was."""
    return next((one for one in _causes(error) if isinstance(one, RefusedConnection)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    within = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    # httpcore hands on what it was caused by as an argument alone.
    for cause in (*within, *error.args, error.__cause__):
        if isinstance(cause, BaseException):
            yield from _causes(cause)


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


def guard(networks: Networks) -> None:
    """Refuse this process connections but to public addresses and *networks*, for good.

    For the container itself, whose URLs come from the orchestrator. Raises RefusedConnection at the
    connect call. Sockets of this machine's files are no concern of it.
    """

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            return
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
        if isinstance(host, str) and not (is_public(host) or is_own(host, networks)):
            raise RefusedConnection(host)

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
