"""One frame of a video as its burn makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine_kit import fonts
from engine_kit.engine import Desk
from engine_kit.probe import ProbeResult, probe
from engine_kit.sources import Examination
from engine_kit.timeline import Timeline, read_timeline, tracks_of

from burner import plan
from burner.checks import check_source
from burner.emoji_stream import write_streams
from burner.layout import drawing_of
from burner.nearby import text_near
from burner.reading import JobText
from burner.scripts import write_scripts
from burner.signs import bands_of
from media_jobs.engines.burner.options import BurnOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is known of a video: its streams, and when it has frames."""

    source: ProbeResult
    timeline: Timeline


async def _examined(path: Path, desk: Desk, _: Callable[[float], None]) -> Film:
    settings = desk.settings
    source = await probe(path, ffprobe=settings.ffprobe)
    plan.video_of(source)
    timeline = await read_timeline(
        path, tracks_of(source), ffmpeg=settings.ffmpeg, no_progress_s=settings.no_progress_s
    )
    check_source(source, timeline)
    return Film(source=source, timeline=timeline)


FILM = Examination(find=_examined)
"""A video as a burn examines it; EngineFailure for one that can't be burned."""


def prepared(
    folder: Path,
    film: Film,
    text: JobText,
    options: BurnOptions,
    at_s: float,
) -> list[str]:
    """Write what is drawn at *at_s* into *folder*; return ffmpeg's arguments that draw the frame.

    Only what is seen since the frame that is shown then is laid out. High dynamic range is shown as
    posters of such a burn show it.
    """
    options = options.model_copy(update={"dynamic_range": "sdr"})
    video = plan.video_of(film.source)
    picture, text = plan.picture_of(video), text.timed(video.average_rate)
    frame_s = film.timeline.frames_s[plan.frame_before(film.timeline, at_s)]
    # The first frame is shown from the start, also where it comes later.
    seen = text_near(text, round(min(frame_s, at_s) * 1000), round(at_s * 1000))
    drawing = drawing_of(seen.cues, options, picture, text.setter(), seen.second)
    colours = plan.colours_of(video, options)
    scripts = write_scripts(folder, text.tracks[0], drawing, options, colours)
    emoji = bands_of(drawing.emoji, picture)
    write_streams(folder, emoji)
    burn = plan.Burn(
        source=film.source,
        timeline=film.timeline,
        options=options,
        scripts=tuple(scripts),
        emoji=emoji,
        fonts_dir=fonts.fonts_dir_option(),
    )
    return plan.still_argv(burn, plan.instant_of(burn, tuple(scripts.values()), at_s))
