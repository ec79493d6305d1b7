"""Installs Debian's packages where that can be done without asking anybody: as root, with apt."""

import fcntl
import os
import shutil
import subprocess

from dev.installation import ROOT

_LOCK = ROOT / "build/apt.lock"
_PATIENCE_S = 600  # For another apt on this machine, which is none of ours.


def can_install() -> bool:
    """Say whether this machine has apt and this process may use it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install *packages*; whether they are there afterwards is the caller's to see.

    Steps of the set-up run side by side, and apt gives up where another apt is at work: one at a
    time, then.
    """
    _LOCK.parent.mkdir(exist_ok=True)
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _apt_get("update", "--quiet")
        _apt_get("install", "--quiet", "--yes", "--no-install-recommends", *packages)


def _apt_get(*arguments: str) -> None:
    argv = ["apt-get", "-o", f"DPkg::Lock::Timeout={_PATIENCE_S}", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(argv, check=False, env=environment, stdout=subprocess.DEVNULL)
