"""`python -m bench download`: what the engine adds to bare yt-dlp for the same file.

A file on loopback is fetched by yt-dlp's own command, and by the engine's child process, which is
yt-dlp behind the guard of addresses with its limits and reports. Interleaved, in one run.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

from downloader.messages import DownloadOrder
from engine_kit.ffmpeg import find_ffmpeg

from bench.cpu_usage import CpuUsage, ran
from dev.engines.stage import surroundings

SIZES_MB = (1, 512)


def main(rounds: int) -> None:
    """Measure *rounds* times, interleaved, and print medians."""
    print("| File | Way | wall s | CPU s | × bare yt-dlp (wall) |")
    print("|---|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size_mb in SIZES_MB:
            (folder / f"{size_mb}.mp4").write_bytes(_HEAD + os.urandom(1 << 20) * size_mb)
        with surroundings({path.name: path for path in folder.iterdir()}) as served:
            for size_mb in SIZES_MB:
                _measure(served.url(f"{size_mb}.mp4"), size_mb, rounds)


# Enough of an MP4 for yt-dlp to take it for one.
_HEAD = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"


def _measure(url: str, size_mb: int, rounds: int) -> None:
    bare: list[CpuUsage] = []
    ours: list[CpuUsage] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            bare.append(_bare(url, Path(name)))
        with tempfile.TemporaryDirectory() as name:
            ours.append(_ours(url, Path(name)))
    ratio = statistics.median(o.wall_s / b.wall_s for o, b in zip(ours, bare, strict=True))
    for name, spent, shown in (("yt-dlp", bare, ""), ("the engine's child", ours, f"{ratio:.2f}")):
        wall_s = statistics.median(one.wall_s for one in spent)
        cpu_s = statistics.median(one.cpu_s for one in spent)
        print(f"| {size_mb} MB | {name} | {wall_s:.2f} | {cpu_s:.2f} | {shown} |")


def _bare(url: str, folder: Path) -> CpuUsage:
    quiet = ("-q", "--no-warnings", "--no-cache-dir", "--proxy", "")
    argv = [sys.executable, "-m", "yt_dlp", *quiet, "-o", "source.%(ext)s", "--", url]
    return ran(argv, folder=folder)


def _ours(url: str, folder: Path) -> CpuUsage:
    order = DownloadOrder(
        url=url,
        directory=str(folder),
        ffmpeg=find_ffmpeg(),
        max_height=1080,
        bytes_max=1 << 40,
        duration_max_s=86400,
    )
    # As it is forked for a job, and what is paid once: importing yt-dlp.
    program = "from downloader import child; child.prepare('1'); child.main()"
    argv = [sys.executable, "-c", program]
    return ran(argv, folder=folder, stdin=order.model_dump_json().encode())
