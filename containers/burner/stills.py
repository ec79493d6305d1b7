"""Which frames of a burn are kept as pictures: a poster, and a sheet of cues as they were burned.

They are outputs of the encode that begin with its first frame: ffmpeg tells no progress before each
of its outputs has begun. What they begin with is written over. Of a film that was burned in pieces
they are taken from the result, where they are key frames (`pieces.stills_argv`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine_kit.colours import JPEG, Colours, standard_range

from burner.styles import Frame
from media_jobs.subtitles.cues import Cue

CUES_MAX = 12
COLUMNS_MAX = 4
POSTER_SIDE_MAX = 1280
TILE_WIDTH = 480
TILE_HEIGHT_MAX = 480
FRAME_S = 0.1
"""A cue's last tenth of a second holds no frame for sure."""
_BETWEEN = 4
_PLAIN = ("setsar=1", "format=yuvj420p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stills:
    """Times in seconds: of the poster, and of the sheet's pictures in order."""

    poster_s: float
    sheet_s: tuple[float, ...]


def stills_of(cues: Sequence[Cue], duration_s: float | None, worst: Sequence[Cue] = ()) -> Stills:
    """Choose *worst* and cues spread over the video; the poster is the one nearest to its third."""
    worst_s = _middles(worst, duration_s)[:CUES_MAX]
    middles = [time_s for time_s in _middles(cues, duration_s) if time_s not in worst_s]
    count = min(len(middles), CUES_MAX - len(worst_s))
    spread = [middles[(2 * n + 1) * len(middles) // (2 * count)] for n in range(count)]
    spread = sorted([*spread, *worst_s])
    third = (duration_s if duration_s is not None else (middles or [0.0])[-1]) / 3
    poster_s = min(spread, key=lambda time_s: abs(time_s - third), default=third)
    return Stills(poster_s=poster_s, sheet_s=tuple(spread))


def _middles(cues: Sequence[Cue], duration_s: float | None) -> list[float]:
    """Return when the cues that end before the video are half over, in order and once each."""
    middles = {(cue.start_ms + cue.end_ms) / 2000 for cue in cues}
    return sorted(
        time_s for time_s in middles if duration_s is None or time_s < duration_s - FRAME_S
    )


def poster_filters(
    stills: Stills, picture: Frame, colours: Colours, *, after_first: bool = False
) -> list[str]:
    """Return the filters that keep the poster's frame alone; *colours*: those of the frames.

    *after_first*: the first frame is kept before it.
    """
    return [
        _select((stills.poster_s,), "eq(n,0)" if after_first else ""),
        *standard_range(colours),
        *_scaled(picture, POSTER_SIDE_MAX, POSTER_SIDE_MAX),
    ]


def sheet_filters(stills: Stills, picture: Frame, colours: Colours) -> list[str]:
    """Return the filters that keep the sheet's frames, beside and below each other."""
    columns, rows = _tiles(stills)
    return [
        _select(stills.sheet_s),
        *standard_range(colours),
        *_scaled(picture, TILE_WIDTH, TILE_HEIGHT_MAX),
        f"tile={columns}x{rows}:padding={_BETWEEN}:margin={_BETWEEN}:color=black",
    ]


def blank_sheet(stills: Stills, picture: Frame) -> list[str]:
    """Return the source and the filters that make one sheet without pictures."""
    sides = zip(_tiles(stills), _size(picture, TILE_WIDTH, TILE_HEIGHT_MAX), strict=True)
    width, height = (count * (side + _BETWEEN) + _BETWEEN for count, side in sides)
    return [f"color=black:s={width}x{height}:r=1:d=1", f"scale={JPEG}", *_PLAIN]


def _tiles(stills: Stills) -> tuple[int, int]:
    """Return how many pictures stand beside each other, and how many below."""
    columns = min(len(stills.sheet_s), COLUMNS_MAX)
    return columns, -(-len(stills.sheet_s) // columns)


def _select(times_s: Sequence[float], more: str = "") -> str:
    # The first frame at or after each time; before the first frame prev_t is no number.
    wanted = [f"gte(t,{time_s:.4f})*not(gte(prev_t,{time_s:.4f}))" for time_s in times_s]
    return f"select='{'+'.join([more, *wanted] if more else wanted)}'"


def _size(picture: Frame, width_max: int, height_max: int) -> tuple[int, int]:
    shown_width = picture.width * picture.sample_aspect
    scale = min(width_max / shown_width, height_max / picture.height, 1.0)
    width, height = (max(2, round(side * scale / 2) * 2) for side in (shown_width, picture.height))
    return width, height


def _scaled(picture: Frame, width_max: int, height_max: int) -> list[str]:
    width, height = _size(picture, width_max, height_max)
    return [f"scale={width}:{height}:{JPEG}", *_PLAIN]
