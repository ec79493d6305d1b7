"""Fetch the pictures that a document and its options name: avatars and a watermark.

Their URLs were written by strangers, so the fetching and the decoding are a process of their own
(`remotion.pictures_child`), which connects to public addresses alone, is small, and is ended after
a while. A missing picture is not a failure: initials are drawn, or no mark.
"""

import asyncio
import contextlib
import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine_kit.failures import EngineFailure
from engine_kit.processes import run_process
from PIL import Image

from remotion.pictures_child import FetchOrder, WantedPicture

AVATAR_SIDE = 192
_MARK_HEIGHT = 400
_CACHED_MAX = 2000
_DEADLINE_S = 20.0
_MOMENT_S = 0.4
_AGAIN_S = 15.0


def wanted_avatar(url: str) -> WantedPicture:
    """Return the order for an avatar: a square from the picture's middle."""
    return WantedPicture(url=url, file=_file(url, "avatar"), height=AVATAR_SIDE, square=True)


def wanted_mark(url: str) -> WantedPicture:
    """Return the order for a watermark: the whole picture."""
    return WantedPicture(url=url, file=_file(url, "mark"), height=_MARK_HEIGHT, square=False)


def _file(url: str, kind: str) -> str:
    return f"{kind}-{hashlib.sha256(url.encode()).hexdigest()[:40]}.png"


async def fetch_pictures(
    wanted: Sequence[WantedPicture],
    folder: Path,
    *,
    allow_loopback: bool,
    deadline_s: float = _DEADLINE_S,
) -> list[WantedPicture]:
    """Fetch pictures into *folder*; return those that are there in time, or from earlier jobs."""
    new = _not_there(wanted, folder)
    if new:
        order = FetchOrder(wanted=tuple(new), allow_loopback=allow_loopback, deadline_s=deadline_s)
        with contextlib.suppress(EngineFailure):
            await run_process(
                [sys.executable, "-m", "remotion.pictures_child"],
                cwd=folder,
                stdin=order.model_dump_json().encode(),
                env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                no_progress_s=_DEADLINE_S,
                network=True,
            )
    found = [item for item in wanted if (folder / item.file).is_file()]
    for item in found:
        os.utime(folder / item.file)
    return found


class MomentPictures:
    """Pictures for a waiting caller: fetched within a moment, or not this time.

    A failed fetch is not repeated in the next seconds, so that one dead address does
    not make every preview slow.
    """

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        self._again_at: dict[str, float] = {}

    async def fetch(self, wanted: Sequence[WantedPicture], folder: Path) -> list[WantedPicture]:
        """Return what there is of *wanted* in *folder*."""
        now = asyncio.get_running_loop().time()
        self._again_at = {url: at for url, at in self._again_at.items() if at > now}
        tried = [item for item in wanted if item.url not in self._again_at]
        found = await fetch_pictures(
            tried, folder, allow_loopback=self._allow_loopback, deadline_s=_MOMENT_S
        )
        for item in tried:
            if item not in found:
                self._again_at[item.url] = now + _AGAIN_S
        return found


def _not_there(wanted: Iterable[WantedPicture], folder: Path) -> list[WantedPicture]:
    folder.mkdir(exist_ok=True)
    _forget_old(folder)
    return [item for item in wanted if not (folder / item.file).is_file()]


def opened(found: Iterable[WantedPicture], folder: Path) -> dict[str, Image.Image]:
    """Return pictures by URL; one that is gone again is missing."""
    pictures: dict[str, Image.Image] = {}
    for item in found:
        # Written by our own child, as PNG of a known size.
        with (
            contextlib.suppress(FileNotFoundError),
            Image.open(folder / item.file, formats=["PNG"]) as picture,
        ):
            pictures[item.url] = picture.convert("RGBA")
    return pictures


def _forget_old(folder: Path) -> None:
    files = sorted(folder.glob("*.png*"), key=lambda path: path.stat().st_mtime)
    for path in files[:-_CACHED_MAX]:
        path.unlink(missing_ok=True)
