"""What the programs that a container starts may do: less than the container itself.

They read strangers' files, so one of them may be taken over. Nothing of the container's secret is
in their reach, and they open no connection unless that is what they are for: by a filter of system
calls (seccomp), by Landlock, which also keeps their writing to the container's own folders, and as
another user where this process is root. Filter and rules are of a thread and inherited: a thread
starts the programs, so starting one costs nothing more. What the kernel refuses is told, once.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from engine_kit import kernel
from engine_kit.logs import log
from media_jobs.notices import Notice

__all__ = ["TOOL_USER", "Confinement", "confine", "current", "start"]

TOOL_USER = 10002
"""Whom the programs run as where this process is root; the images' own user is 10001."""
_TRIAL_S = 10
# They go on opening the attempts' files, whoever made them, and have no other right of root.
_RIGHTS = "-all,+dac_override"
# So that access(2), which fontconfig asks, says the same.
_ACCESS = "--securebits=+no_setuid_fixup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """How programs are started: *launcher* stands before each, and a thread of *offline* starts it,
    or of *online* where it is to reach the network. *notices*: what was to be and could not.
    """

    launcher: tuple[str, ...] = ()
    offline: Executor = field(default_factory=lambda: _thread("tools-offline"))
    online: Executor = field(default_factory=lambda: _thread("tools-online"))
    notices: tuple[Notice, ...] = ()


_confined: list[Confinement] = []


def current() -> Confinement:
    """Return how programs are started: as `confine` said, else tied to this process's life only."""
    return _confined[0] if _confined else _unconfined()


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: int,
    stdout: int,
    stderr: int | None = None,
    network: bool = False,
) -> "subprocess.Popen[bytes]":
    """Start a program that serves this process and leads its own session.

    *network*: whether it may open connections.
    """
    confined = current()
    room = confined.online if network else confined.offline
    making = room.submit(
        subprocess.Popen,
        [*confined.launcher, *argv],
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    return making.result()


def confine(folder: Path) -> Confinement:
    """Confine all that this process starts from now on; it may write in *folder*.

    What the kernel or the container's host does not allow is in the `notices`, and logged.
    """
    launcher, is_another_user = _launcher()
    rooms = {"offline": _thread("tools-offline"), "online": _thread("tools-online")}
    folders = (folder, Path(tempfile.gettempdir()), Path("/dev"))
    found = {
        name: room.submit(_entered, folders, name == "online").result()
        for name, room in rooms.items()
    }
    codes = []
    if "calls" in found["offline"]:
        codes.append("tools_reach_network")
    if any("files" in refused for refused in found.values()) and not is_another_user:
        codes.append("tools_same_user")
    if codes:
        log("not_confined", logging.WARNING, codes=codes)
    made = Confinement(
        launcher=launcher, **rooms, notices=tuple(Notice(code=code) for code in codes)
    )
    _confined[:] = [made]
    return made


def _thread(name: str) -> Executor:
    # One that lasts: a program dies with the thread that has started it (`--pdeathsig`).
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)


def _entered(folders: tuple[Path, ...], network: bool) -> frozenset[str]:
    """Confine this thread; return what was refused."""
    steps: dict[str, Callable[[], None]] = {
        "privileges": kernel.no_new_privileges,
        "calls": lambda: kernel.deny_calls(network=network),
        "files": lambda: kernel.deny_writes(folders),
    }
    refused = set()
    for name, step in steps.items():
        try:
            step()
        except OSError:
            refused.add(name)
    return frozenset(refused)


@lru_cache(maxsize=1)
def _unconfined() -> Confinement:
    return Confinement(launcher=_tied())


def _tied(*more: str) -> tuple[str, ...]:
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, *more, "--pdeathsig", "KILL", "--") if setpriv else ()


def _launcher() -> tuple[tuple[str, ...], bool]:
    """Return what stands before each program, and whether it makes it another user's."""
    if os.geteuid() != 0:
        return _tied(), False
    user = ("--reuid", str(TOOL_USER), "--regid", str(TOOL_USER), "--clear-groups")
    kinds = ("bounding-set", "inh-caps", "ambient-caps")
    rights = (*(f"--{kind}={_RIGHTS}" for kind in kinds), _ACCESS)
    launcher = _tied(*user, *rights)
    if launcher and _works(launcher):
        return launcher, True
    return _tied(), False


def _works(launcher: tuple[str, ...]) -> bool:
    """Try it: root in a container may lack the capabilities for it."""
    try:
        trial = subprocess.run(
            [*launcher, launcher[0], "--version"], capture_output=True, timeout=_TRIAL_S
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.returncode == 0
