"""What can go wrong before or while the stack runs, as one readable sentence each."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dev.installation import ROOT


class StackError(Exception):
    """The stack cannot start or continue; the message says why and what to do."""


class StateInUse(StackError):
    """Another running stack, the process *holder*, has the state *folder*."""

    def __init__(self, folder: Path, holder: str) -> None:
        self.folder = folder
        self.holder = holder
        super().__init__(
            f"The state folder {folder} is in use by another running stack "
            f"(process {holder}): stop that one, or choose another with --state."
        )


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
