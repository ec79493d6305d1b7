"""What a host has that a job may need: memory, and graphics processors."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which

from engine_kit.failures import EngineFailure
from engine_kit.processes import run_process

__all__ = ["gpu_names", "memory_bytes"]

_LIMITS = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where the kernel says what this container may have: cgroup 2, and 1."""

_ASK_S = 10.0
_NAMES_MAX, _NAME_CHARS_MAX = 16, 100


def memory_bytes(root: Path = Path("/")) -> int | None:
    """Return how much memory this container may have; None where the system does not say."""
    found = [size for size in (_physical(root), *_limits(root)) if size]
    return min(found, default=None)


def _physical(root: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in (root / "proc/meminfo").read_text().splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) << 10
    return None


def _limits(root: Path) -> list[int]:
    limits = []
    for name in _LIMITS:
        # It says "max" where there is no limit, and cgroup 1 a number beyond any memory.
        with suppress(OSError, ValueError):
            limits.append(int((root / name).read_text()))
    return limits


async def gpu_names(folder: Path, root: Path = Path("/")) -> tuple[str, ...]:
    """Return the names of this host's graphics processors: as NVIDIA says, or their drivers."""
    found = await _asked(folder) or _drivers(root)
    return tuple(name[:_NAME_CHARS_MAX] for name in found[:_NAMES_MAX])


async def _asked(folder: Path) -> Sequence[str]:
    program = which("nvidia-smi")
    if program is None:
        return ()
    names: list[str] = []
    argv = [program, "--query-gpu=name", "--format=csv,noheader"]
    with suppress(EngineFailure):
        told = await run_process(argv, cwd=folder, on_line=names.append, no_progress_s=_ASK_S)
        # Where it fails it says why where the names would be.
        return [name.strip() for name in names if name.strip()] if told.code == 0 else ()
    return ()


def _drivers(root: Path) -> Sequence[str]:
    """Return the drivers of the devices that can render, such as `i915` and `amdgpu`."""
    found = []
    for node in sorted(root.glob("sys/class/drm/renderD*/device/uevent")):
        with suppress(OSError):
            lines = node.read_text().splitlines()
            found += [line.removeprefix("DRIVER=") for line in lines if line.startswith("DRIVER=")]
    return found
