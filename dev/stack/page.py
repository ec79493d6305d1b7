"""The page as the local stack serves it: that of the project, allowed to speak to this machine.

In production the bucket and the orchestrator have addresses of their own, which the page's policy
names; here they are ports of loopback.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

HEADERS = "_headers"
LOOPBACK = "http://127.0.0.1:* http://localhost:*"
_SOURCES = re.compile(r"((?:img|connect|media)-src [^;]*)")


def local_page(public: Path, target: Path) -> Path:
    """Make *target* a folder with the files of *public*, and loopback in the page's policy.

    The files are links: what is edited is served without a new start. Returns *target*.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted(public.rglob("*")):
        place = target / path.relative_to(public)
        if path.is_dir():
            place.mkdir()
        elif place != target / HEADERS:
            place.symlink_to(path.resolve())
    headers = (public / HEADERS).read_text(encoding="utf-8")
    (target / HEADERS).write_text(_SOURCES.sub(rf"\1 {LOOPBACK}", headers), encoding="utf-8")
    return target
