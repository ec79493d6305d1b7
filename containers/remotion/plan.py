"""From a schedule and a layout to FFmpeg's arguments. Pure.

Nothing a person wrote is in here: text is in pictures with fixed names, and the filter graph holds
numbers alone. The picture is built from the back: background, source with round corners, strip of
cards, veils, progress bar, cover.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine_kit.probe import INPUT_LIMITS

from remotion.layout import Layout
from remotion.strip import Piece, Strip
from remotion.timing import TRANSITION_S, Schedule

__all__ = [
    "BACKGROUND_FILE",
    "BAR_FILE",
    "COVER_FILE",
    "SOURCE_FILE",
    "VEIL_FILES",
    "VIDEO_FILE",
    "Overlay",
    "Plan",
    "Source",
    "argv",
    "corner_file",
    "overlays",
    "strip_file",
]

SOURCE_FILE = "source"
BACKGROUND_FILE = "background.png"
COVER_FILE = "cover.png"
BAR_FILE = "bar.png"
VEIL_FILES = ("veil-above.png", "veil-below.png")
VIDEO_FILE = "video.mp4"

_COVER_LEAVES_S = 0.8
_FADE_S = 0.8
# The lowest card is a fifth of the height: more than two never fit beside the one in the middle.
_NEIGHBOURS = 2
_CRF = 20
# The pictures are full-range RGB; HD video is limited-range BT.709. Said once, on both sides.
_TO_VIDEO = "scale=out_color_matrix=bt709:out_range=tv"


def corner_file(number: int) -> str:
    """Return the name of a corner's picture."""
    return f"corner-{number}.png"


def strip_file(number: int) -> str:
    """Return the name of a strip piece's picture."""
    return f"strip-{number:02}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the plan needs to know of the source; *duration_s* None when the file doesn't say."""

    duration_s: float | None
    has_audio: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """One picture over the others: FFmpeg expressions of its upper left corner, and its time."""

    file: str
    x: str
    y: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole video. *corners*: places of the corner pictures. *margin*: around cards, for shadows.

    *veil*: width and height of each veil; they are as large as the space they may have to dim.
    """

    layout: Layout
    schedule: Schedule
    strip: Strip
    source: Source
    corners: tuple[tuple[int, int], ...]
    margin: int
    veil: tuple[int, int]


def overlays(plan: Plan) -> list[Overlay]:
    """Return everything that lies over background and source, from the back to the front."""
    layout, schedule = plan.layout, plan.schedule
    found = [
        Overlay(file=corner_file(number), x=str(x), y=str(y))
        for number, (x, y) in enumerate(plan.corners)
    ]
    found += [_piece(plan, number, piece) for number, piece in enumerate(plan.strip.pieces)]
    if not layout.vertical:
        found += _veils(plan)
    total = _number(schedule.total_s)
    bar = Overlay(file=BAR_FILE, x=f"-{layout.width}+{layout.width}*t/{total}", y="H-h")
    found.append(bar)
    if schedule.cover_frames:
        leaving = _eased(schedule.cover_s, _COVER_LEAVES_S)
        end_s = schedule.cover_s + _COVER_LEAVES_S
        found.append(Overlay(file=COVER_FILE, x="0", y=f"-H*{leaving}", start_s=0, end_s=end_s))
    return found


def _starts(plan: Plan) -> list[float]:
    return [plan.schedule.seconds(scene.start_frame) for scene in plan.schedule.scenes]


def _piece(plan: Plan, number: int, piece: Piece) -> Overlay:
    layout, strip = plan.layout, plan.strip
    starts = _starts(plan)
    # Up to two cards on each side of the one being read are in sight too.
    comes, goes = max(0, piece.first - _NEIGHBOURS), piece.last + _NEIGHBOURS + 1
    start_s = starts[comes]
    end_s = starts[goes] + TRANSITION_S if goes < len(starts) else None
    stops = [strip.entry, *strip.stops][comes : goes + 2]
    along = f"{piece.start - plan.margin}-{_moving(stops, starts[comes : goes + 1])}"
    if layout.vertical:
        across = str(layout.feed.y - plan.margin)
        return Overlay(file=strip_file(number), x=along, y=across, start_s=start_s, end_s=end_s)
    across = str(layout.feed.x - plan.margin)
    return Overlay(file=strip_file(number), x=across, y=along, start_s=start_s, end_s=end_s)


def _veils(plan: Plan) -> list[Overlay]:
    """Return the veils above and below the card being read; they open as wide as it is high."""
    starts = _starts(plan)
    windows = [plan.strip.window(scene) for scene in range(len(starts))]
    tops = [top for top, _ in windows]
    bottoms = [bottom for _, bottom in windows]
    x = str(plan.layout.feed.x - plan.margin)
    height = plan.veil[1]
    # The veils come in together with the first card, from as far.
    from_s, distance = starts[0], plan.strip.stops[0] - plan.strip.entry
    above = _moving([tops[0] + distance, *tops], starts)
    below = _moving([bottoms[0] + distance, *bottoms], starts)
    return [
        Overlay(file=VEIL_FILES[0], x=x, y=f"{above}-{height}", start_s=from_s),
        Overlay(file=VEIL_FILES[1], x=x, y=below, start_s=from_s),
    ]


def _moving(stops: Sequence[int], starts: Sequence[float]) -> str:
    """Return the position over time: from stop to stop, one transition at each start."""
    terms = [str(stops[0])]
    for before, after, start_s in zip(stops, stops[1:], starts, strict=False):
        if after != before:
            terms.append(f"{after - before}*{_eased(start_s, TRANSITION_S)}")
    return _sum(terms)


def _sum(terms: Sequence[str]) -> str:
    """Return the sum as a balanced tree: FFmpeg refuses a chain of a hundred operators."""
    if len(terms) == 1:
        return f"({terms[0]})"
    middle = len(terms) // 2
    return f"({_sum(terms[:middle])}+{_sum(terms[middle:])})"


def _eased(start_s: float, length_s: float) -> str:
    """Return an expression that goes from 0 to 1, fast at first (cubic ease-out)."""
    return f"(1-pow(1-clip((t-{_number(start_s)})/{_number(length_s)},0,1),3))"


def _number(value: float) -> str:
    """Return *value* as FFmpeg reads it: never with an exponent."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def argv(plan: Plan) -> list[str]:
    """Return FFmpeg's arguments for the whole video."""
    schedule = plan.schedule
    layers = overlays(plan)
    fps = str(schedule.fps)
    arguments = [*_source_input(plan), "-framerate", fps, "-i", BACKGROUND_FILE]
    for layer in layers:
        arguments += ["-framerate", fps, "-i", layer.file]
    arguments += ["-filter_complex", ";".join(_graph(plan, layers)), "-map", "[picture]"]
    if plan.source.has_audio:
        arguments += ["-map", "[sound]", "-c:a", "aac", "-b:a", "160k"]
    return [
        *arguments,
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(_CRF), "-pix_fmt", "yuv420p"),
        *("-r", fps, "-g", str(schedule.fps * 2)),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-frames:v", str(schedule.total_frames), "-movflags", "+faststart", "-f", "mp4"),
        VIDEO_FILE,
    ]


def _source_input(plan: Plan) -> list[str]:
    needed_s = plan.schedule.total_s - plan.schedule.cover_s
    duration_s = plan.source.duration_s
    loop = ["-stream_loop", "-1"] if duration_s is None or duration_s < needed_s else []
    return [*loop, "-t", _number(needed_s), *INPUT_LIMITS, "-i", f"file:{SOURCE_FILE}"]


def _graph(plan: Plan, layers: Sequence[Overlay]) -> list[str]:
    layout, schedule = plan.layout, plan.schedule
    box, total = layout.video, _number(schedule.total_s)
    chains = [
        f"[0:V:0]setpts=PTS+{_number(schedule.cover_s)}/TB,fps={schedule.fps},"
        f"scale={box.width}:{box.height}:flags=bicubic:out_color_matrix=bt709:out_range=tv,"
        "setsar=1,format=yuv420p[source]",
        # One decoded picture, repeated without being decoded or copied again.
        f"[1:v]{_TO_VIDEO},format=yuv420p,loop=loop=-1:size=1:start=0,setpts=N,"
        f"trim=duration={total}[background]",
        f"[background][source]overlay={box.x}:{box.y}[layer0]",
    ]
    for number, layer in enumerate(layers):
        chains.append(f"[{number + 2}:v]{_TO_VIDEO},format=yuva420p[over{number}]")
        chains.append(
            f"[layer{number}][over{number}]overlay=x='{layer.x}':y='{layer.y}'{_enabled(layer)}"
            f"[layer{number + 1}]"
        )
    chains.append(f"[layer{len(layers)}]format=yuv420p[picture]")
    if plan.source.has_audio:
        chains.append(_sound(schedule))
    return chains


def _enabled(layer: Overlay) -> str:
    if layer.start_s is None:
        return ""
    start = _number(layer.start_s)
    if layer.end_s is None:
        return f":enable='gte(t,{start})'"
    return f":enable='between(t,{start},{_number(layer.end_s)})'"


def _sound(schedule: Schedule) -> str:
    """The source's sound, from the end of the cover to the end of the video, faded at both."""
    delay_ms = round(schedule.cover_s * 1000)
    end_s = schedule.total_s
    return (
        "[0:a:0]aresample=48000:async=1:first_pts=0,aformat=channel_layouts=stereo,"
        f"afade=t=in:st=0:d=0.1,adelay={delay_ms}:all=1,apad,"
        f"atrim=duration={_number(end_s)},"
        f"afade=t=out:st={_number(max(0.0, end_s - _FADE_S))}:d={_number(_FADE_S)}[sound]"
    )
