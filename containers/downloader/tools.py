"""The programs a download is made with, and their versions."""

import subprocess
from functools import lru_cache

from engine_kit.ffmpeg import find_ffmpeg

from downloader.metadata import ToolVersions
from media_jobs.errors import SettingError

__all__ = ["ffmpeg_version", "versions"]

_VERSION_S = 10


@lru_cache(maxsize=4)
def ffmpeg_version(ffmpeg: str) -> str:
    """Return the version *ffmpeg* prints; raises SettingError when it can't be run."""
    try:
        run = subprocess.run(
            [ffmpeg, "-version"], capture_output=True, text=True, check=True, timeout=_VERSION_S
        )
    except (OSError, subprocess.SubprocessError):
        raise SettingError("IMAGEIO_FFMPEG_EXE", "names a program that can't be run") from None
    words = run.stdout.split(maxsplit=3)
    return words[2] if len(words) > 2 else "unknown"


def versions() -> dict[str, str]:
    """Return what `/health` shows."""
    from yt_dlp.version import __version__  # type: ignore[import-untyped]  # It ships no types.

    tools = ToolVersions(yt_dlp=str(__version__), ffmpeg=ffmpeg_version(find_ffmpeg()))
    return {"yt-dlp": tools.yt_dlp, "ffmpeg": tools.ffmpeg or "unknown"}
