"""Lay out cues without a video, and read the script that comes out."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from burner.layout import Drawing, SecondTrack, drawing_of
from burner.styles import Frame
from engine_kit.fonts import font_files, font_folders
from engine_kit.text.faces import families_in
from engine_kit.text.typesetter import Typesetter

from media_jobs.engines.burner.options import BurnOptions
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.settings import NO_SETTINGS, CueSettings
from media_jobs.subtitles.text import Span

HD = Frame(width=1920, height=1080)
SMALL = Frame(width=1280, height=720)
UPRIGHT = Frame(width=1080, height=1920)


class Event(NamedTuple):
    """The columns of a `Dialogue:` line."""

    layer: str
    start: str
    end: str
    style: str
    name: str
    left: str
    right: str
    vertical: str
    effect: str
    text: str


def cue(
    *lines: str, start_ms: int = 1000, end_ms: int = 4000, settings: CueSettings = NO_SETTINGS
) -> Cue:
    """Return a cue of plain lines."""
    return Cue(
        start_ms=start_ms,
        end_ms=end_ms,
        lines=tuple((Span(text=line),) for line in lines),
        settings=settings,
    )


def laid_out(options: dict[str, object] | BurnOptions, *cues: Cue, picture: Frame = HD) -> Drawing:
    """Lay out *cues*, by default one."""
    chosen = options if isinstance(options, BurnOptions) else BurnOptions.model_validate(options)
    return drawing_of(cues or (cue("text"),), chosen, picture, setter())


def of_two(
    options: dict[str, object],
    first: Sequence[Cue],
    second: Sequence[Cue],
    picture: Frame = HD,
) -> Drawing:
    """Lay out two tracks."""
    track = SecondTrack(cues=tuple(second), setter=setter())
    return drawing_of(first, BurnOptions.model_validate(options), picture, setter(), track)


@cache
def setter() -> Typesetter:
    """Return a typesetter of the packages' fonts."""
    return Typesetter(families_in(font_files(font_folders())))


def events(drawing: Drawing) -> list[Event]:
    """Return the events of the script."""
    return [
        Event(*line.removeprefix("Dialogue: ").split(",", 9))
        for line in drawing.script.split("\n")
        if line.startswith("Dialogue: ")
    ]


def texts(drawing: Drawing) -> list[Event]:
    """Return the events that draw letters, not boxes."""
    return [event for event in events(drawing) if not event.style.endswith("Box")]


def style(drawing: Drawing, name: str = "Primary") -> dict[str, str]:
    """Return one style of the script by field name."""
    lines = drawing.script.split("\n")
    names = next(line for line in lines if line.startswith("Format: Name"))
    values = next(line for line in lines if line.startswith(f"Style: {name},"))
    return dict(
        zip(
            names.removeprefix("Format: ").split(", "),
            values.removeprefix("Style: ").split(","),
            strict=True,
        )
    )
