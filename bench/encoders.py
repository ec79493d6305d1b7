"""`python -m bench encoders`: what the encoder's settings cost, and what they do to the picture.

Six seconds of a comments video at 1080p30, one card's arrival among them, kept as raw frames; each
row encodes the same ones. SSIM is taken over the whole picture, over the film and over the cards.
"""

import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg
from remotion.plan import X264

from bench.comments_video import FPS, prepared
from bench.cpu_usage import ran

FIRST, COUNT = 300, 180
_QUIET = ("-nostdin", "-v", "error", "-y")
_PARTS = ("null", "crop=1088:612:56:92", "crop=700:1080:1218:0")
_SETTINGS: dict[str, tuple[str, ...]] = {
    "this project's": X264,
    "the same without B-frames": tuple("0" if word == "1" else word for word in X264),
    "veryfast, crf 20": ("-preset", "veryfast", "-crf", "20"),
    "superfast, crf 20": ("-preset", "superfast", "-crf", "20"),
    "medium, crf 18": ("-preset", "medium", "-crf", "18"),
}


def main(rounds: int) -> None:
    """Encode *rounds* times, interleaved, and print medians per frame."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_frames(folder)
        ffmpeg = find_ffmpeg()
        read = ("-i", "frames.nut")
        spent: dict[str, list[float]] = {name: [] for name in _SETTINGS}
        for _ in range(rounds):
            reading_s = ran([ffmpeg, *_QUIET, *read, "-f", "null", "-"], folder=folder).cpu_s
            for number, (name, settings) in enumerate(_SETTINGS.items()):
                encode = ("-c:v", "libx264", *settings, "-pix_fmt", "yuv420p", "-g", str(2 * FPS))
                argv = [ffmpeg, *_QUIET, *read, *encode, "-f", "mp4", f"{number}.mp4"]
                spent[name].append(ran(argv, folder=folder).cpu_s - reading_s)
        print(f"{COUNT} frames, medians of {rounds} rounds.\n")
        print("| libx264 | CPU ms per frame | MB | SSIM | film | cards |")
        print("|---|---:|---:|---:|---:|---:|")
        for number, (name, cpu_s) in enumerate(spent.items()):
            path = folder / f"{number}.mp4"
            alike = " | ".join(f"{_ssim(path, part):.4f}" for part in _PARTS)
            cpu_ms = statistics.median(cpu_s) * 1000 / COUNT
            print(f"| {name} | {cpu_ms:.1f} | {path.stat().st_size / 1e6:.2f} | {alike} |")


def _make_frames(folder: Path) -> None:
    """Compose the scene and keep its frames raw."""
    arguments = prepared(folder)
    end = arguments.index("-c:v")
    graph = arguments.index("-filter_complex") + 1
    arguments[graph] = arguments[graph].replace(
        "[picture]",
        f",trim=start_frame={FIRST}:end_frame={FIRST + COUNT},setpts=N/{FPS}/TB[picture]",
    )
    raw = ("-c:v", "rawvideo", "-f", "nut", "frames.nut")
    subprocess.run([find_ffmpeg(), *_QUIET, *arguments[:end], *raw], cwd=folder, check=True)


def _ssim(path: Path, part: str) -> float:
    pairs = f"[0:v]setpts=N/{FPS}/TB,{part}[a];[1:v]setpts=N/{FPS}/TB,{part}[b];[a][b]ssim"
    ended = subprocess.run(
        [
            *(find_ffmpeg(), "-nostdin", "-i", path.name, "-i", "frames.nut"),
            *("-lavfi", pairs, "-f", "null", "-"),
        ],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r"All:([\d.]+)", ended.stderr)
    assert match is not None
    return float(match[1])
