"""Find ffmpeg, run it, and read its progress.

Facts: `out_time_us` is microseconds and N/A at first (`out_time_ms` is microseconds too, so it is
not read); ffmpeg ended by SIGTERM leaves a valid, truncated MP4, so that only exit 0 counts, and
the caller checks the duration of what came out.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine_kit import tool_log
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.processes import run_process
from media_jobs.errors import SettingError

__all__ = [
    "STANDING_OPTIONS",
    "FfmpegProgress",
    "ProgressReader",
    "ffmpeg_version",
    "find_ffmpeg",
    "run_ffmpeg",
]

STANDING_OPTIONS = (
    *("-nostdin", "-hide_banner", "-y"),
    *("-v", "error", "-nostats", "-progress", "pipe:1", "-stats_period", "0.5"),
)

_VERSION_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FfmpegProgress:
    """One progress block. *out_time_s* is None until ffmpeg knows it."""

    frame: int
    out_time_s: float | None
    total_size_bytes: int
    ended: bool


class ProgressReader:
    """Assembles ffmpeg's `key=value` lines into progress blocks."""

    def __init__(self, on_progress: Callable[[FfmpegProgress], None] | None = None) -> None:
        self._on_progress = on_progress
        self._values: dict[str, str] = {}
        self._last = (-1, -1.0, -1)

    def __call__(self, line: str) -> bool:
        """Take one line; return whether it ends a block that shows more than the last one.

        A stalled ffmpeg keeps printing blocks: only larger figures are progress.
        """
        name, _, value = line.partition("=")
        self._values[name.strip()] = value.strip()
        if name != "progress":
            return False
        block = FfmpegProgress(
            frame=_whole(self._values.get("frame")),
            out_time_s=_seconds(self._values.get("out_time_us")),
            total_size_bytes=_whole(self._values.get("total_size")),
            ended=self._values["progress"] == "end",
        )
        speed = self._values.get("speed", "")
        self._values.clear()
        tool_log.show(_said(block, speed))
        if self._on_progress is not None:
            self._on_progress(block)
        figures = (block.frame, block.out_time_s or 0.0, block.total_size_bytes)
        moved = any(new > old for new, old in zip(figures, self._last, strict=True))
        self._last = figures
        # After the last frame faststart rewrites the file: no figure moves while bytes do.
        return moved or block.ended


def _said(block: FfmpegProgress, speed: str) -> str:
    """Return how far ffmpeg is, as it says it to who runs it by hand; "" once it is done."""
    if block.ended:
        return ""
    time = "" if block.out_time_s is None else f" time={block.out_time_s:.2f} s"
    return f"ffmpeg: frame={block.frame}{time} size={block.total_size_bytes} B speed={speed}"


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def _seconds(text: str | None) -> float | None:
    if text is None or not text.removeprefix("-").isdecimal():
        return None
    return max(int(text), 0) / 1_000_000


def find_ffmpeg(env: Mapping[str, str] | None = None) -> str:
    """Return the ffmpeg to use: `IMAGEIO_FFMPEG_EXE`, else on PATH, else imageio-ffmpeg's own.

    Raises SettingError when there is none.
    """
    env = os.environ if env is None else env
    chosen = env.get("IMAGEIO_FFMPEG_EXE")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise SettingError("IMAGEIO_FFMPEG_EXE", "is not a program that can be run")
        return chosen
    found = shutil.which("ffmpeg", path=env.get("PATH"))
    if found:
        return found
    try:
        # Development only: the images have Debian's ffmpeg. The package has no type marker.
        import imageio_ffmpeg  # type: ignore[import-untyped]
    except ImportError:
        raise SettingError("IMAGEIO_FFMPEG_EXE", "is unset and no ffmpeg is on PATH") from None
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@lru_cache(maxsize=4)
def ffmpeg_version(ffmpeg: str) -> str:
    """Return the version that *ffmpeg* prints; raises SettingError when it can't be run."""
    try:
        run = subprocess.run(
            [ffmpeg, "-version"], capture_output=True, text=True, check=True, timeout=_VERSION_S
        )
    except (OSError, subprocess.SubprocessError):
        raise SettingError("IMAGEIO_FFMPEG_EXE", "names a program that can't be run") from None
    words = run.stdout.split(maxsplit=3)
    return words[2] if len(words) > 2 else "unknown"


async def run_ffmpeg(
    argv: Sequence[str],
    *,
    ffmpeg: str,
    cwd: Path,
    on_progress: Callable[[FfmpegProgress], None] | None = None,
    env: Mapping[str, str] | None = None,
    no_progress_s: float | None = None,
) -> str:
    """Run ffmpeg with *argv* after the standing options, in *cwd*; return its last lines of errors.

    Raises EngineFailure: `timeout` when it stalls for *no_progress_s*, `disk_full`, else
    `tool_failed` with its last lines unless it exits 0.
    """
    result = await run_process(
        [ffmpeg, *STANDING_OPTIONS, *argv],
        cwd=cwd,
        on_line=ProgressReader(on_progress),
        env=env,
        no_progress_s=no_progress_s,
    )
    if result.stalled:
        raise EngineFailure(
            FailureCode.TIMEOUT,
            f"ffmpeg made no progress for {no_progress_s:.0f} s and was ended.",
            tool_tail=result.stderr_tail,
        )
    if result.code == 0:
        return result.stderr_tail
    if "No space left on device" in result.stderr_tail:
        raise EngineFailure(
            FailureCode.DISK_FULL, "The disk is full.", tool_tail=result.stderr_tail
        )
    raise EngineFailure(
        FailureCode.TOOL_FAILED,
        f"ffmpeg ended with code {result.code}.",
        tool_tail=result.stderr_tail,
    )
