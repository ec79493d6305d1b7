"""The film in the shapes that videos have, and one picture of all of them."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine_kit.ffmpeg import find_ffmpeg
from PIL import Image

from dev.fixtures.clip import clip_path

SHAPES: Mapping[str, tuple[int, int]] = {
    "9x16": (1080, 1920),
    "1x1": (1080, 1080),
    "4x3": (1440, 1080),
    "16x9": (1920, 1080),
}
"""Name to width and height."""
_GAP = 8
_LEFT = 0.3
"""Of what is cut off of the film's width, how much is at its left: the rabbit is in the middle."""
_ENCODED = ("-an", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p")


def shaped_film(folder: Path, shape: str, *, at_s: float, duration_s: float) -> Path:
    """Return *duration_s* of the clip from *at_s* on, ten frames a second, cut to a *shape*."""
    film = folder / f"{shape}.mp4"
    if not film.is_file():
        width, height = SHAPES[shape]
        cut = f"crop=min(iw\\,ih*{width}/{height}):min(ih\\,iw*{height}/{width}):(iw-ow)*{_LEFT}"
        filters = f"{cut},scale={width}:{height}:flags=lanczos,setsar=1,fps=10"
        run_ffmpeg(
            [
                *("-ss", str(at_s), "-i", str(clip_path()), "-t", str(duration_s)),
                *("-vf", filters, *_ENCODED, str(film)),
            ],
            folder,
        )
    return film


def run_ffmpeg(arguments: Sequence[str], folder: Path) -> None:
    """Run ffmpeg in *folder*, quietly; raises CalledProcessError."""
    run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments], folder, {})


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a program in *folder*; raises CalledProcessError."""
    own = {**os.environ, **environment}
    subprocess.run(command, cwd=folder, env=own, stdout=subprocess.DEVNULL, check=True)


def frame(video: Path, at_s: float) -> Image.Image:
    """Return the picture of a video at a time."""
    picture = video.with_suffix(f".{at_s}.png")
    seek = ("-ss", str(at_s), "-i", str(video), "-frames:v", "1", "-update", "1")
    run_ffmpeg([*seek, str(picture)], video.parent)
    with Image.open(picture) as opened:
        return opened.convert("RGB")


def sheet(pictures: Mapping[str, Image.Image], height: int) -> Image.Image:
    """Return pictures of all SHAPES side by side: upright at the left, wide at the lower right."""
    shares = {name: size[0] / size[1] for name, size in SHAPES.items()}
    # At the right, two above one, all as wide together as that one.
    upper = (height - _GAP - _GAP / shares["16x9"]) / (
        1 + (shares["1x1"] + shares["4x3"]) / shares["16x9"]
    )
    left = round(height * shares["9x16"])
    square, classic = round(upper * shares["1x1"]), round(upper * shares["4x3"])
    wide = square + _GAP + classic
    top = round(upper)
    places = {
        "9x16": (0, 0, left, height),
        "1x1": (left + _GAP, 0, square, top),
        "4x3": (left + 2 * _GAP + square, 0, classic, top),
        "16x9": (left + _GAP, top + _GAP, wide, height - top - _GAP),
    }
    whole = Image.new("RGB", (left + _GAP + wide, height), (255, 255, 255))
    for name, (x, y, width, tall) in places.items():
        whole.paste(pictures[name].resize((width, tall), Image.Resampling.LANCZOS), (x, y))
    return whole
