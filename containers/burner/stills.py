"""Which frames of a burn are kept as pictures: a poster, and a sheet of cues as they were burned.

They are taken from the result, where they are key frames (`pieces.stills_argv`): as outputs of the
encode they would keep ffmpeg from telling its progress. Only slides have them made so.
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


def poster_filters(stills: Stills, picture: Frame, colours: Colours) -> list[str]:
    """Return the filters that keep the poster's frame alone; *colours*: those of the frames."""
    return [
        _select((stills.poster_s,)),
        *standard_range(colours),
        *_scaled(picture, POSTER_SIDE_MAX, POSTER_SIDE_MAX),
    ]


def sheet_filters(stills: Stills, picture: Frame, colours: Colours) -> list[str]:
    """Return the filters that keep the sheet's frames, beside and below each other."""
    columns = min(len(stills.sheet_s), COLUMNS_MAX)
    rows = -(-len(stills.sheet_s) // columns)
    return [
        _select(stills.sheet_s),
        *standard_range(colours),
        *_scaled(picture, TILE_WIDTH, TILE_HEIGHT_MAX),
        f"tile={columns}x{rows}:padding=4:margin=4:color=black",
    ]


def _select(times_s: Sequence[float]) -> str:
    # The first frame at or after each time; before the first frame prev_t is no number.
    wanted = "+".join(f"gte(t,{time_s:.4f})*not(gte(prev_t,{time_s:.4f}))" for time_s in times_s)
    return f"select='{wanted}'"


def _scaled(picture: Frame, width_max: int, height_max: int) -> list[str]:
    shown_width = picture.width * picture.sample_aspect
    scale = min(width_max / shown_width, height_max / picture.height, 1.0)
    width, height = (max(2, round(side * scale / 2) * 2) for side in (shown_width, picture.height))
    return [f"scale={width}:{height}:{JPEG}", "setsar=1", "format=yuvj420p"]
