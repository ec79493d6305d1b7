"""Gives the picture of a film one size and shape from its beginning to its end.

Recordings of calls and live streams change the size with the line's speed, broadcasts the shape at
adverts. A file that is made has one; and filters that FFmpeg makes anew for each part would draw
the text for a part's size.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from engine_kit.colours import decoder_arguments, deinterlacing
from engine_kit.probe import INPUT_LIMITS, ProbeResult, VideoStream
from engine_kit.processes import run_process
from engine_kit.steady_sound import BROADCAST

__all__ = ["Shape", "Shapes", "can_change", "give_one_size", "most_shown", "read_shapes"]

_SAME_SHAPE = 0.02
"""By how much ratios of sides may differ, which are rounded to whole and even numbers."""
_IN_STREAMS = frozenset({"h264", "hevc", "mpeg1video", "mpeg2video"})
_IN_CALLS = frozenset({"vp8", "vp9", "av1"})


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a picture as it is stored, and the width of a pixel over its height."""

    width: int
    height: int
    sample_aspect: float

    @property
    def shown(self) -> tuple[int, int]:
        """Its size in square pixels, even as 4:2:0 needs it."""
        return 2 * round(self.width * self.sample_aspect / 2), 2 * round(self.height / 2)

    @property
    def ratio(self) -> float:
        """The width over the height, as it is shown."""
        return self.width * self.sample_aspect / self.height


Shapes = Sequence[tuple[float, Shape]]
"""When key frames begin, in seconds, and their shapes."""


def can_change(source: ProbeResult, video: VideoStream) -> bool:
    """Whether files of this kind are met whose picture changes its size."""
    if source.format_name in (*BROADCAST, "flv"):
        return video.codec in _IN_STREAMS
    return source.format_name.startswith("matroska") and video.codec in _IN_CALLS


async def read_shapes(
    path: Path, video: VideoStream, *, ffmpeg: str, no_progress_s: float | None = None
) -> Shapes:
    """Return the shapes of the key frames, which are decoded; none of a file that can't be."""
    columns: dict[str, list[tuple[int, int]]] = {"0": [], "1": []}
    units: dict[str, Fraction] = {}

    def read(line: str) -> None:
        if line.startswith("#tb "):
            stream, _, unit = line.removeprefix("#tb ").partition(":")
            units[stream] = Fraction(unit.strip())
        elif line[:1] in columns:
            stream, _, shown, _, size = (part.strip() for part in line.split(",")[:5])
            columns[stream].append((int(shown), int(size)))

    # Two pictures of one line of grey: as many bytes as the picture has columns, and rows.
    graph = f"[0:{video.index}]split[w][h];[w]scale=iw:1,format=gray[columns]"
    argv = [
        *(ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-skip_frame", "nokey"),
        *(*INPUT_LIMITS, "-i", f"file:{path.name}"),
        *("-filter_complex", f"{graph};[h]scale=ih:1,format=gray[rows]"),
        *("-map", "[columns]", "-map", "[rows]", "-noautoscale", "-fps_mode", "vfr"),
        *("-c:v", "rawvideo", "-f", "framecrc", "-"),
    ]
    ended = await run_process(argv, cwd=path.parent, on_line=read, no_progress_s=no_progress_s)
    if ended.code != 0 or ended.stalled:
        return []
    return [
        (float(at * units["0"]), _shape(width, height, video))
        for (at, width), (_, height) in zip(columns["0"], columns["1"], strict=False)
    ]


def _shape(width: int, height: int, video: VideoStream) -> Shape:
    # FFmpeg gives all frames the pixels of the first; only of its size that can be true.
    own = (width, height) == video.shown_size
    return Shape(width, height, video.sample_aspect if own else 1.0)


def most_shown(shapes: Shapes, end_s: float) -> Shape | None:
    """Return the largest of those whose ratio is shown longest; None where all are one.

    *end_s*: when the film ends.
    """
    if len({shape for _, shape in shapes}) < 2:
        return None
    ends = [*(at_s for at_s, _ in shapes[1:]), max(end_s, shapes[-1][0])]
    lasts: dict[Shape, float] = {}
    for (at_s, shape), until_s in zip(shapes, ends, strict=True):
        lasts[shape] = lasts.get(shape, 0.0) + until_s - at_s

    def of_ratio(shape: Shape) -> list[Shape]:
        return [one for one in lasts if abs(one.ratio / shape.ratio - 1) < _SAME_SHAPE]

    longest = max(lasts, key=lambda shape: sum(lasts[one] for one in of_ratio(shape)))
    return max(of_ratio(longest), key=lambda one: one.shown)


async def give_one_size(
    path: Path,
    source: ProbeResult,
    shapes: Shapes,
    run: Callable[[Sequence[str]], Awaitable[object]],
) -> tuple[int, int] | None:
    """Rewrite *path*, where its picture has several *shapes*, with all in the place of one.

    Return its size, in square pixels, or None. Smaller pictures are enlarged, and what is of
    another ratio stands in black. *run* runs ffmpeg in the folder of *path*. Raises EngineFailure.
    """
    video = source.video
    end_s = source.duration_s or 0.0
    chosen = None if video is None else most_shown(shapes, end_s)
    if video is None or chosen is None:
        return None
    size = "{}:{}".format(*chosen.shown)
    width, height = video.shown_size
    square = _shape(width, height, video).shown[0]
    filters = [
        *deinterlacing(video),
        f"scale=w='if(eq(iw,{width})*eq(ih,{height}),{square},iw)':h=ih",
        "setsar=1",
        f"scale={size}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic",
        f"pad={size}:(ow-iw)/2:(oh-ih)/2",
        "setsar=1",
    ]
    sound = [] if source.audio is None else ["-map", f"0:{source.audio.index}", "-c:a", "copy"]
    made = path.with_name(f"{path.name}.steady")
    await run(
        [
            *(*decoder_arguments(video), *INPUT_LIMITS, "-i", f"file:{path.name}"),
            *("-map", f"0:{video.index}", "-vf", ",".join(filters), *sound),
            # What is made of it is encoded once more: this one may cost bytes.
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-bf", "0"),
            *("-fps_mode", "passthrough", "-max_muxing_queue_size", "4096"),
            *("-f", "mpegts" if source.format_name in BROADCAST else "matroska"),
            f"file:{made.name}",
        ]
    )
    made.replace(path)
    return chosen.shown
