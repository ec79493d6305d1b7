"""Fetch the pictures that a document and its options name: avatars and a watermark.

Their URLs were written by strangers, so the fetching and the decoding are a process of their own
(`remotion.pictures_child`), which connects to public addresses alone, is small, and is ended after
a while. A picture that cannot be had is no failure: there are initials, or no mark.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine_kit.failures import EngineFailure
from engine_kit.processes import run_process
from PIL import Image

from remotion.pictures_child import Order, Wanted

__all__ = ["AVATAR_SIDE", "fetch_pictures", "wanted_avatar", "wanted_mark"]

AVATAR_SIDE = 192
_MARK_HEIGHT = 400
_CACHED_MAX = 2000
_DEADLINE_S = 20.0


def wanted_avatar(url: str) -> Wanted:
    """Return the order for an avatar: a square from the picture's middle."""
    return Wanted(url=url, file=_file(url, "avatar"), height=AVATAR_SIDE, square=True)


def wanted_mark(url: str) -> Wanted:
    """Return the order for a watermark: the whole picture."""
    return Wanted(url=url, file=_file(url, "mark"), height=_MARK_HEIGHT, square=False)


def _file(url: str, kind: str) -> str:
    return f"{kind}-{hashlib.sha256(url.encode()).hexdigest()[:40]}.png"


async def fetch_pictures(
    wanted: Sequence[Wanted], folder: Path, *, allow_loopback: bool
) -> dict[str, Image.Image]:
    """Return the pictures by URL, those from earlier jobs out of *folder*."""
    new = _not_there(wanted, folder)
    if new:
        order = Order(wanted=tuple(new), allow_loopback=allow_loopback, deadline_s=_DEADLINE_S)
        try:
            await run_process(
                [sys.executable, "-m", "remotion.pictures_child"],
                cwd=folder,
                stdin=order.model_dump_json().encode(),
                env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                no_progress_s=_DEADLINE_S,
            )
        except EngineFailure:
            return _present(wanted, folder)
    return _present(wanted, folder)


def _not_there(wanted: Iterable[Wanted], folder: Path) -> list[Wanted]:
    folder.mkdir(exist_ok=True)
    _forget_old(folder)
    return [item for item in wanted if not (folder / item.file).is_file()]


def _present(wanted: Iterable[Wanted], folder: Path) -> dict[str, Image.Image]:
    found: dict[str, Image.Image] = {}
    for item in wanted:
        path = folder / item.file
        if path.is_file():
            os.utime(path)
            # Written by our own child, as PNG of a known size.
            with Image.open(path, formats=["PNG"]) as picture:
                found[item.url] = picture.convert("RGBA")
    return found


def _forget_old(folder: Path) -> None:
    files = sorted(folder.glob("*.png*"), key=lambda path: path.stat().st_mtime)
    for path in files[:-_CACHED_MAX]:
        path.unlink(missing_ok=True)
