"""The page as the local stack serves it: that of the project, allowed to speak to this machine.

In production the bucket and the orchestrator have addresses of their own, which the page's policy
names; here they are ports of loopback.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from dev.installation import ROOT, node_path
from dev.stack.errors import StackError

HEADERS = "_headers"
LOOPBACK = "http://127.0.0.1:* http://localhost:*"
BUILD = ROOT / "dev/page/build.mjs"
_SOURCES = re.compile(r"((?:img|connect|media)-src [^;]*)")


def built_page(public: Path, target: Path) -> Path:
    """Build the page of *public* as a deploy does, into *target*. Raises StackError."""
    argv = [node_path(), str(BUILD), str(public), str(target)]
    ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise StackError(f"the page cannot be built: {ended.stderr.strip()}")
    return _at_home(target)


def page_of_sources(public: Path, target: Path) -> Path:
    """Make *target* the page as it is written: what is edited is served without a new start."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(public.rglob("*")):
        place = target / path.relative_to(public)
        if path.is_dir():
            place.mkdir()
        elif place == target / HEADERS:
            shutil.copyfile(path, place)
        else:
            place.symlink_to(path.resolve())
    return _at_home(target)


def _at_home(page: Path) -> Path:
    """Allow loopback in the policy of *page*, and return it."""
    headers = (page / HEADERS).read_text(encoding="utf-8")
    (page / HEADERS).write_text(_SOURCES.sub(rf"\1 {LOOPBACK}", headers), encoding="utf-8")
    return page
