"""The stacks that are measured: both Workers, and the benchmark in place of everything else."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dev.installation import ROOT
from dev.stack.overlay import CONTAINERS
from dev.stack.stack import Stack

LOG_LINES = 40
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there.
"""Files that are kept in memory, where the machine has such a place."""


def state_in() -> str | None:
    """Return where the Workers keep their state: in memory, where that is possible.

    On a disk workerd waits for each write of an object, with the one thread that all objects have
    here. That would measure the disk, and the network storage of the platform has no such thread.
    """
    return str(MEMORY) if os.access(MEMORY, os.W_OK) else None


@contextmanager
def running_stack(
    peers_url: str,
    *,
    root: Path = ROOT,
    is_counted: bool = False,
    worker_vars: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Stack]:
    """Start a stack with the Workers of *root* whose containers are at *peers_url*.

    If the block fails, the end of the stack's log is shown.
    """
    with (
        tempfile.TemporaryDirectory(dir=state_in()) as folder,
        Stack(
            state_dir=Path(folder) / "stack",
            root=root,
            containers=(),
            container_urls={one.name: peers_url for one in CONTAINERS},
            counted=is_counted,
            compiled=False,
            worker_vars={name: dict(given) for name, given in (worker_vars or {}).items()},
        ) as stack,
    ):
        try:
            yield stack
        except BaseException:
            print("\n".join(stack.log_lines()[-LOG_LINES:]), file=sys.stderr)
            raise
