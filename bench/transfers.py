"""`python -m bench transfer`: what containers' downloads and uploads cost beside curl.

One file on loopback, each way to and from a file on the disk, in a process of its own. Interleaved,
in one run. The engine's upload also takes the file's SHA-256.
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from engine_kit.links import Links
from engine_kit.metrics import Metrics
from engine_kit.outgoing import new_client
from engine_kit.transfer import Transfers

from bench.cpu_usage import CpuUsage, ran
from dev.engines.stage import surroundings

SIZE_BYTES = 1 << 30
CHUNK_BYTES = 1 << 24


def main(rounds: int) -> None:
    """Measure *rounds* times and print medians."""
    curl = shutil.which("curl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = folder / "large"
        with large.open("wb") as file:
            for _ in range(SIZE_BYTES // CHUNK_BYTES):
                file.write(os.urandom(CHUNK_BYTES))
        with surroundings({"large": large}, keeps=False) as served:
            ours = [sys.executable, "-m", "bench.transfers"]
            ways = {
                "download, the engines": [*ours, "download", served.url("large"), "taken"],
                "upload, the engines": [*ours, "upload", served.url("put"), "large"],
            }
            if curl is not None:
                quiet = (curl, "--silent", "--fail", "--noproxy", "*")
                ways["download, curl"] = [*quiet, "-o", "taken", served.url("large")]
                ways["upload, curl"] = [*quiet, "-H", "expect:", "-T", "large", served.url("put")]
            spent: dict[str, list[CpuUsage]] = {way: [] for way in ways}
            for _ in range(rounds):
                for way, argv in ways.items():
                    spent[way].append(ran(argv, folder=folder))
    print(f"{SIZE_BYTES / 2**30:.0f} GiB, medians of {rounds} rounds\n")
    print("| | wall s | CPU s | MB/s |\n|---|---:|---:|---:|")
    for way, one in sorted(spent.items()):
        wall_s = statistics.median(s.wall_s for s in one)
        cpu_s = statistics.median(s.cpu_s for s in one)
        print(f"| {way} | {wall_s:.2f} | {cpu_s:.2f} | {SIZE_BYTES / wall_s / 1e6:.0f} |")


async def _transfer(way: str, url: str, path: Path) -> None:
    """Do one transfer as an engine does."""
    async with new_client() as client:
        links = Links(
            client,
            {"url": url},
            urls_url=None,
            on_fenced=lambda: None,
            job_id="job_bench",
        )
        transfers = Transfers(links, Metrics("bench"), idle_s=30)
        if way == "download":
            await transfers.download("url", path)
        else:
            await transfers.upload(path, "url", content_type="video/mp4")


if __name__ == "__main__":
    asyncio.run(_transfer(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
