"""The stacks that are measured: both Workers, and the benchmark in place of everything else."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dev.installation import ROOT
from dev.scratch import scratch_folder
from dev.stack.overlay import CONTAINERS
from dev.stack.stack import Stack

LOG_LINES = 40


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
        tempfile.TemporaryDirectory(dir=scratch_folder()) as folder,
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
