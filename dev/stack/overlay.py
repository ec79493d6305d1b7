"""The project with other folders laid over it, as if their files had been added to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from dev.installation import CONFIGS, ROOT
from media_jobs.engines import ENGINES

_COPIED = ("src", "containers")
_LINKED = (*CONFIGS.values(), "drizzle", "public", "python_modules")
_READ = (
    "import json; from media_jobs.engines import ENGINES; "
    "print(json.dumps([[e.name, e.port, e.base_url_setting] for e in ENGINES.values()]))"
)


class Container(NamedTuple):
    """An engine as the stack serves it: its package, its port, and the var of its address."""

    name: str
    port: int
    base_url_setting: str


CONTAINERS = tuple(Container(e.name, e.port, e.base_url_setting) for e in ENGINES.values())


def overlaid(overlay: Path, target: Path) -> Path:
    """Make *target* the project with the files of *overlay*, and return it."""
    shutil.rmtree(target, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__")
    for name in _COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=ignore)
    for name in _LINKED:
        (target / name).symlink_to(ROOT / name)
    shutil.copytree(overlay, target, ignore=ignore, dirs_exist_ok=True)
    return target


def containers_of(root: Path) -> tuple[Container, ...]:
    """Return the containers of the engines that the sources in *root* declare."""
    done = subprocess.run(
        [sys.executable, "-c", _READ],
        env={"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(Container(*row) for row in json.loads(done.stdout))
