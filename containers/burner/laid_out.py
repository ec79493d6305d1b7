"""A text at its places, and all that is drawn of it as files: what an encode begins with."""

from dataclasses import dataclass
from pathlib import Path

from engine_kit.probe import VideoStream

from burner import plan
from burner.emoji_stream import write_streams
from burner.inspection import Measures, measures_of
from burner.layout import drawing_of
from burner.reading import JobText
from burner.scripts import write_scripts
from burner.signs import Band, bands_of
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """A text at its places: *text* at the video's times, *emoji* over it, and how to look at it."""

    text: JobText
    emoji: tuple[Band, ...]
    measures: Measures
    notices: tuple[Notice, ...]


def lay_out(folder: Path, text: JobText, options: BurnOptions, video: VideoStream) -> LaidOut:
    """Lay out *text* for a video, and write the scripts, the emoji and ink.SCRIPT into *folder*.

    Raises EngineFailure(output_invalid).
    """
    text = text.timed(video.average_rate)
    subtitles, setter, picture = text.tracks[0], text.setter(), plan.picture_of(video)
    kept = subtitles.kept
    cues = subtitles.cues if kept is None else ()
    drawing = drawing_of(cues, options, picture, setter, text.second)
    emoji = bands_of(drawing.emoji, picture)
    write_streams(folder, emoji)
    write_scripts(folder, subtitles, drawing, options, plan.colours_of(video, options))
    script = drawing.script if kept is None else kept
    line_per_em = {one.name: one.line_per_em for one in setter.families.all}
    return LaidOut(
        text=text,
        emoji=emoji,
        measures=measures_of(folder, script, text.cues, line_per_em, kept=kept is not None),
        notices=drawing.notices,
    )
