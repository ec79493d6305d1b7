"""Draws what stands over frames of the finished video alone. Pure: arguments.

Three pictures are drawn of each time, one below the other: the scripts over black, the scripts
over white, and the letters alone, white on black. Where the first two are alike, nothing of the
video shines through: that is how it has to look there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine_kit.colours import (
    Colours,
    colour_filters,
    decoder_arguments,
    deinterlacing,
    tagging,
)
from engine_kit.frames import LUMA, PICTURES
from engine_kit.probe import INPUT_LIMITS, VideoStream

from burner.ink import Box, letters_alone
from burner.script_reader import Script, write_script
from burner.styles import Frame

LETTERS = "letters.ass"
LAYERS = "layers%03d.pgm"
SOURCE_FRAME = "source-frame.pgm"
_NEAR_S = 0.0004


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """What is drawn over the video: *scripts*, files in the working folder, on *picture*.

    *area*: the part of the picture that is looked at. *colours*: of the finished video.
    """

    scripts: Sequence[str]
    picture: Frame
    area: Box
    colours: Colours
    fonts_dir: str | None


def letters_script(script: Script, times_ms: Sequence[int]) -> str:
    """Return a script of the letters alone that stand at *times_ms*, of the events with numbers."""
    events = tuple(
        letters_alone(event)
        for event in script.events
        if event.number is not None
        and any(event.start_ms <= time_ms < event.end_ms for time_ms in times_ms)
    )
    return write_script(replace(script, events=events))


def layers_argv(layers: Layers, times_ms: Sequence[int]) -> list[str]:
    """Return ffmpeg's arguments that draw LAYERS, one picture for each of *times_ms*."""
    picture = layers.picture
    at_times = "+".join(f"eq(N,{n})*{time_ms}" for n, time_ms in enumerate(times_ms))
    ground = (
        f"trim=end_frame={len(times_ms)},settb=1/1000,setpts='{at_times}',format=yuv420p,"
        f"setsar={picture.sample_aspect:.6f},{tagging(layers.colours)}"
    )
    fonts = f":fontsdir={layers.fonts_dir}" if layers.fonts_dir else ""
    text = ",".join(f"ass={script}{fonts}" for script in layers.scripts)
    shown = ",".join(luma(layers.area))
    size = f"s={picture.width}x{picture.height}:r=1"
    graph = [
        f"color=black:{size},{ground},split[black][dark]",
        f"color=white:{size},{ground}[white]",
        f"[black]{text},{shown}[low]",
        f"[white]{text},{shown}[high]",
        f"[dark]ass={LETTERS}{fonts},{shown}[ink]",
        "[low][high][ink]vstack=inputs=3[layers]",
    ]
    return ["-filter_complex", ";".join(graph), "-map", "[layers]", *PICTURES, LAYERS]


def source_argv(source: str, video: VideoStream, at_s: float, layers: Layers) -> list[str]:
    """Return ffmpeg's arguments that write the first frame of *source* at *at_s* or later, in the
    colours of the result, to SOURCE_FRAME.
    """
    filters = [
        *deinterlacing(video),
        f"select='gte(t,{at_s - _NEAR_S:.6f})'",
        *colour_filters(video, layers.colours),
        *luma(layers.area),
    ]
    return [
        *(*decoder_arguments(video), *INPUT_LIMITS, "-i", source),
        *("-map", f"0:{video.index}", "-vf", ",".join(filters), "-frames:v", "1"),
        *("-update", "1", *PICTURES, SOURCE_FRAME),
    ]


def luma(area: Box) -> list[str]:
    """Return the filters that leave the luma of a part of the picture."""
    return [LUMA, f"crop={area.width}:{area.height}:{area.x}:{area.y}"]
