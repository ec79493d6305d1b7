"""Installs Debian's packages where that can be done without asking anybody: as root, with apt."""

import os
import shutil
import subprocess


def can_install() -> bool:
    """Say whether this machine has apt and this process may use it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install *packages*; whether they are there afterwards is the caller's to see."""
    _apt_get("update", "--quiet")
    _apt_get("install", "--quiet", "--yes", "--no-install-recommends", *packages)


def _apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)
