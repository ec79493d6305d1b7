"""Where files go that are written, read and thrown away: into memory, where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there.
ROOM_BYTES = 4 * 2**30
"""More than a run of all tests leaves behind; a container's usual 64 MB is no room."""


def scratch_folder(memory: Path = MEMORY, room_bytes: int = ROOM_BYTES) -> Path:
    """Return a folder in *memory* that has room, or else the system's for temporary files.

    On a disk the local workerd waits for each write of an object, with the one thread that all
    objects of a stack have.
    """
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= room_bytes
    return memory if has_room else Path(tempfile.gettempdir())
