"""Look at a video: its frames as arrays, where they differ, and its packets."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from engine_kit.ffmpeg import find_ffmpeg
from numpy.typing import NDArray

Picture = NDArray[np.int16]
"""Rows, columns, RGB; signed, so that differences do not wrap."""

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
"""What makes a video that every engine reads, in no time."""

DIFFERENT = 24
"""How much a channel (0..255) must differ to be more than the encoder's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The smallest rectangle around what differs, in pixels; right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns in it."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows in it."""
        return self.bottom - self.top


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg to make a test's input."""
    subprocess.run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments], check=True)


def plain_clip(path: Path, size: str, seconds: float) -> Path:
    """Make a video of one colour (64, 96, 128), 25 frames a second."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"color=c=0x406080:s={size}:r=25:d={seconds}"),
        *(*H264, "-crf", "10", "-color_range", "tv", str(path)),
    )
    return path


def frames(path: Path) -> list[tuple[float, Picture]]:
    """Return time in seconds and picture of every frame, as shown: turned upright."""
    with av.open(str(path)) as container:
        return [
            (float(frame.time or 0), frame.to_ndarray(format="rgb24").astype(np.int16))
            for frame in container.decode(video=0)
        ]


def frame_at(path: Path, time_s: float) -> Picture:
    """Return the picture that is shown at *time_s*."""
    return [picture for at_s, picture in frames(path) if at_s <= time_s + 1e-6][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """One frame as it is stored: luma and the two differences of colour, and what it says of them.

    They are numbers of 8 bits, or of 10 where *format* says so. *matrix*, *primaries*, *transfer*,
    *full*: ITU-T H.273's numbers.
    """

    format: str
    y: NDArray[np.uint16]
    cb: NDArray[np.uint16]
    cr: NDArray[np.uint16]
    matrix: int
    primaries: int
    transfer: int
    full: bool

    @property
    def tags(self) -> tuple[int, int, int]:
        """Matrix, primaries and transfer."""
        return self.matrix, self.primaries, self.transfer

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """Return Y, Cb and Cr of a pixel."""
        return int(self.y[y, x]), int(self.cb[y // 2, x // 2]), int(self.cr[y // 2, x // 2])


def planes_at(path: Path, time_s: float) -> Planes:
    """Return the frame shown at *time_s* of a 4:2:0 video of 8 or 10 bits, not converted."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        shown = None
        for frame in container.decode(stream):
            if shown is not None and float(frame.time or 0) > time_s + 1e-6:
                break
            shown = frame
        assert shown is not None
        assert shown.format.name in ("yuv420p", "yuvj420p", "yuv420p10le"), shown.format.name
        rows = shown.to_ndarray().astype(np.uint16)
        height, width = shown.height, shown.width
        cb, cr = rows[height:].reshape(2, height // 2, width // 2)
        context = stream.codec_context
        return Planes(
            format=shown.format.name,
            y=rows[:height],
            cb=cb,
            cr=cr,
            matrix=int(context.colorspace),
            primaries=int(context.color_primaries),
            transfer=int(context.color_trc),
            full=int(context.color_range) == 2,
        )


def difference(one: Picture, other: Picture) -> Box | None:
    """Return where two pictures differ visibly, None where they do not."""
    changed = np.abs(one - other).max(axis=2) > DIFFERENT
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return None
    return Box(
        left=int(columns[0]), top=int(rows[0]), right=int(columns[-1]) + 1, bottom=int(rows[-1]) + 1
    )


def mean_difference(one: Picture, other: Picture) -> float:
    """Return how far two pictures of one size are apart, 0..255; encoding alone brings 1 to 3."""
    return float(np.abs(one - other).mean())


def rows_near(picture: Picture, rgb: tuple[int, int, int], within: int = 40) -> list[int]:
    """Return the rows that hold a pixel of about this colour."""
    near = np.abs(picture - np.array(rgb, np.int16)).max(axis=2) <= within
    return [int(row) for row in np.flatnonzero(near.any(axis=1))]


def packet_digest(path: Path, kind: str) -> str:
    """Return a hash over the payload of the first stream of *kind*; equal after a stream copy."""
    digest = hashlib.sha256()
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        for packet in container.demux(stream):
            digest.update(bytes(packet))
    return digest.hexdigest()


def atoms(path: Path) -> list[str]:
    """Return the names of an MP4's top-level boxes in their order."""
    data = path.read_bytes()
    names, position = [], 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4])
        names.append(data[position + 4 : position + 8].decode("latin-1"))
        if size == 1:
            size = int.from_bytes(data[position + 8 : position + 16])
        position += size or len(data)
    return names
