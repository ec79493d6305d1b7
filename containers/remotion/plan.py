"""From a scene to FFmpeg's arguments. Pure.

Nothing a person wrote is in here: text is in pictures with fixed names, and the filter graph holds
numbers alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine_kit.colours import (
    BT709,
    colour_filters,
    decoder_arguments,
    deinterlacing,
    tagging,
)
from engine_kit.frames import key_frames
from engine_kit.probe import INPUT_LIMITS, AudioStream, VideoStream
from engine_kit.sound import channel_filters, in_step

from remotion.layers import BACKGROUND, Overlay, Scene, overlays
from remotion.layout import Box, even
from remotion.motion import number
from remotion.timing import Schedule

SOURCE_FILE = "source"
VIDEO_FILE = "video.mp4"

_FADE_S = 0.8
# The film below the cover: blurred at this part of the size, by pixels of that.
_REDUCED, _BLUR = 8, 2
# Most of the picture stands still, and what moves is a film that was encoded before or a card that
# glides: searching harder for motion, and for splits of blocks, finds little. Against `veryfast`
# alone this takes a third less time, for files a seventh larger that look the same
# (docs/benchmarks.md).
X264 = (
    *("-preset", "veryfast", "-crf", "20", "-bf", "1"),
    "-x264-params",
    "rc-lookahead=10:weightp=0:me=dia:subme=1:partitions=i8x8,i4x4:b-adapt=0",
)
# Of one frame's small pictures each filter thread would get a few lines: it costs more than it
# saves, and decoder and encoder have threads of their own.
_FILTERS = ("-filter_complex_threads", "1")
# The pictures are full-range RGB; HD video is limited-range BT.709. Said once, on both sides.
_TO_VIDEO = "scale=out_color_matrix=bt709:out_range=tv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the plan needs to know of the source; *duration_s* None when the file doesn't say."""

    duration_s: float | None
    video: VideoStream
    audio: AudioStream | None


def argv(scene: Scene, source: Source, looked_at: Sequence[int] = ()) -> list[str]:
    """Return FFmpeg's arguments for the whole video.

    *looked_at*: the numbers of frames that can be read without others.
    """
    schedule, layers = scene.schedule, overlays(scene)
    fps = str(schedule.fps)
    arguments = [*_source_input(schedule, source), "-framerate", fps, "-i", BACKGROUND.file]
    for layer in layers:
        arguments += ["-framerate", fps, "-i", layer.picture.file]
    arguments += [*_FILTERS, "-filter_complex", ";".join(_graph(scene, source, layers))]
    arguments += ["-map", "[picture]"]
    if source.audio is not None:
        arguments += ["-map", "[sound]", "-c:a", "aac", "-b:a", "160k"]
    return [
        *arguments,
        *("-c:v", "libx264", *X264, "-pix_fmt", "yuv420p"),
        *("-r", fps, "-g", str(schedule.key_frames)),
        *key_frames([n / schedule.fps for n in range(schedule.total_frames)], looked_at),
        *("-frames:v", str(schedule.total_frames), "-movflags", "+faststart", "-f", "mp4"),
        VIDEO_FILE,
    ]


def _source_input(schedule: Schedule, source: Source) -> list[str]:
    needed_s, duration_s = schedule.total_s, source.duration_s
    loop = ["-stream_loop", "-1"] if duration_s is None or duration_s < needed_s else []
    return [
        *(*loop, "-t", number(needed_s), *decoder_arguments(source.video)),
        *(*INPUT_LIMITS, "-i", f"file:{SOURCE_FILE}"),
    ]


def _graph(scene: Scene, source: Source, layers: Sequence[Overlay]) -> list[str]:
    layout, schedule = scene.layout, scene.schedule
    box = layout.video
    cut = "force_original_aspect_ratio=increase:" if layout.fills else ""
    crop = f"crop={box.width}:{box.height}," if layout.fills else ""
    grounds = [at for at, layer in enumerate(layers) if layer.on_film]
    taps = [f"[film{at}]" for at in grounds]
    scaling = [f"scale={box.width}:{box.height}:{cut}flags=bicubic", f"{crop}setsar=1"]
    # A picture that begins late, after the sound, stands from the start: below the cover there is
    # always a film.
    film = [
        *deinterlacing(source.video),
        f"fps={schedule.fps}:start_time=0",
        *colour_filters(source.video, BT709, scaling=scaling),
        *([f"split={1 + len(taps)}"] if taps else []),
    ]
    chains = [
        f"[0:{source.video.index}]{','.join(film)}[source]{''.join(taps)}",
        *_placed(scene, covered=bool(grounds)),
    ]
    for at, layer in enumerate(layers):
        below = f"layer{at}"
        place = f"x='{layer.x.expression()}':y='{layer.y.expression()}'{_enabled(layer)}"
        if layer.on_film:
            chains.append(f"[film{at}]{_ground(layer, scene)}[ground{at}]")
            chains.append(f"[{below}][ground{at}]overlay={place}[grounded{at}]")
            below = f"grounded{at}"
        chains.append(f"[{at + 2}:v]{_prepared(layer, schedule)}[over{at}]")
        chains.append(f"[{below}][over{at}]overlay={place}[layer{at + 1}]")
    chains.append(f"[layer{len(layers)}]format=yuv420p,{tagging(BT709)}[picture]")
    if source.audio is not None:
        chains.append(_sound(schedule, source.audio))
    return chains


def _placed(scene: Scene, *, covered: bool) -> list[str]:
    """Return the chains that put the film into its place in the background."""
    layout, schedule = scene.layout, scene.schedule
    # One decoded picture, repeated without being decoded or copied again.
    stands = f"loop=loop=-1:size=1:start=0,setpts=N,trim=duration={number(schedule.total_s)}"
    ground = f"[1:v]{_TO_VIDEO},format=yuv420p"
    if layout.fills:
        # While the cover stands the film can't be seen: from half a frame before it goes.
        seen_s = schedule.cover_s - 0.5 / schedule.fps if covered else 0.0
        seen = f":enable='gte(t,{number(seen_s)})'" if seen_s > 0 else ""
        return [
            f"{ground},{stands}[background]",
            f"[background][source]overlay=0:0{seen}[layer0]",
        ]
    # What is around the film is put together with it: to lay the film over a whole background,
    # that would be copied for each frame, and the film mixed with it pixel by pixel.
    box, right = layout.video, layout.video.x + layout.video.width
    around = [
        Box(x=0, y=0, width=layout.width, height=box.y),
        Box(x=0, y=box.y, width=box.x, height=box.height),
        Box(x=right, y=box.y, width=layout.width - right, height=box.height),
        Box(x=0, y=box.bottom, width=layout.width, height=layout.height - box.bottom),
    ]
    pieces = [piece for piece in around if piece.width > 0 and piece.height > 0]
    names = [f"[ground-{at}]" for at in range(len(pieces))]
    places = "|".join(f"{piece.x}_{piece.y}" for piece in (*pieces, box))
    return [
        f"{ground},split={len(pieces)}{''.join(f'[whole-{at}]' for at in range(len(pieces)))}",
        *(
            f"[whole-{at}]crop={piece.width}:{piece.height}:{piece.x}:{piece.y},{stands}{name}"
            for at, (piece, name) in enumerate(zip(pieces, names, strict=True))
        ),
        f"{''.join(names)}[source]xstack=inputs={len(pieces) + 1}:layout={places}[layer0]",
    ]


def _prepared(layer: Overlay, schedule: Schedule) -> str:
    """Convert a layer's picture once; one that changes by itself is then repeated, not copied."""
    chain = f"{_TO_VIDEO},format=yuva420p"
    if layer.window is None and not layer.fades:
        return chain
    end_s = schedule.total_s if layer.end_s is None else layer.end_s
    chain += f",loop=loop=-1:size=1:start=0,setpts=N,trim=duration={number(end_s + 1)}"
    if layer.window is not None:
        window = layer.window
        place = f"x='{window.x.expression()}':y='{window.y.expression()}'"
        # Text that scrolls moves by single pixels: not rounded to the colour planes' half size.
        chain += f",crop=w={window.width}:h={window.height}:{place}:exact=1"
    return chain + _fading(layer)


def _ground(layer: Overlay, scene: Scene) -> str:
    """Fill the picture with the film below *layer*: blurred where it is small, then enlarged."""
    layout, schedule = scene.layout, scene.schedule
    end_s = schedule.total_s if layer.end_s is None else layer.end_s
    width, height = even(layout.width / _REDUCED), even(layout.height / _REDUCED)
    # Cut off first, a frame after its end, which is not shown: what is not made costs nothing.
    chain = [
        f"trim=end_frame={math.ceil(end_s * schedule.fps) + 1}",
        f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=bilinear",
        f"crop={width}:{height},gblur=sigma={_BLUR}",
        f"scale={layout.width}:{layout.height}:flags=bilinear,format=yuva420p,setsar=1",
    ]
    return ",".join(chain) + _fading(layer)


def _fading(layer: Overlay) -> str:
    return "".join(
        f",fade=t={'in' if fade.comes else 'out'}:st={number(fade.start_s)}"
        f":d={number(fade.length_s)}:alpha=1"
        for fade in layer.fades
    )


def _enabled(layer: Overlay) -> str:
    if layer.start_s is None:
        return ""
    start = number(layer.start_s)
    if layer.end_s is None:
        return f":enable='gte(t,{start})'"
    return f":enable='between(t,{start},{number(layer.end_s)})'"


def _sound(schedule: Schedule, audio: AudioStream) -> str:
    """The source's sound, as long as the video, faded at both ends."""
    end_s = schedule.total_s
    filters = [
        *channel_filters(audio),
        *(in_step(audio), "aresample=48000", "aformat=channel_layouts=stereo"),
        *("afade=t=in:st=0:d=0.1", "apad"),
        f"atrim=duration={number(end_s)}",
        f"afade=t=out:st={number(max(0.0, end_s - _FADE_S))}:d={number(_FADE_S)}",
    ]
    return f"[0:{audio.index}]{','.join(filters)}[sound]"
