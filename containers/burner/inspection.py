"""Looks at what a script draws, before a film is encoded with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine_kit import fonts
from engine_kit.engine import EngineJob

from burner import ink
from burner.forks import FORKS
from burner.ink import Box
from burner.kept import kept_drawn, kept_looks, kept_notices, numbered
from burner.reading import JobText
from burner.script_reader import Event, Letters, Script, letters_of, read_script
from burner.styles import Frame
from burner.tracks import Pair, told_of
from burner.verdict import DrawnCue, Look, drawn_cues, looks_at, notices_of, unmapped
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Notice
from media_jobs.strict import Strict
from media_jobs.subtitles.cues import Cue

_HEIGHT = 288
"""Of the canvas of a script that does not say."""


class InkBox(Strict):
    """A rectangle of the picture in pixels, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class CueFacts(Strict):
    """What is seen of a cue, as the burner measured it before the encode.

    *cue*: its number in its *track* from 1; of a script in its own styling, that of an event with
    letters, in order of their start. *box*: of its letters, without background and outline; null
    for one of nothing but emoji or blanks. *lines*: the most at one time, as the script breaks
    them. *size*: the em of its largest letters in pixels of the picture's height; null where its
    font is not one of ours, or without letters. *fonts*: families named for its letters.
    """

    cue: int
    track: Literal["subtitles", "subtitles-secondary"] = "subtitles"
    start_ms: int
    box: InkBox | None
    at_edge: bool
    lines: int
    size: float | None
    fonts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was seen of *script*. *unmapped*: characters for which libass had no face.

    *standing_ms*: when any cue stands, looked at or not. *kept*: the script has its own styling.
    *pair*: the two tracks that the cues are of, if they are of two.
    """

    script: Script
    kept: bool = False
    pair: Pair | None = None
    standing_ms: tuple[tuple[int, int], ...] = ()
    drawn: tuple[DrawnCue, ...] = ()
    facts: tuple[CueFacts, ...] = ()
    notices: tuple[Notice, ...] = ()
    unmapped: tuple[str, ...] = ()

    def named(self, number: int) -> str:
        """Return how people count a cue."""
        if self.pair is None:
            return f"cue {number}"
        name = self.pair.names[self.pair.is_second(number)]
        return f"cue {self.pair.own(number)} ({name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is to be measured of *script*: *looks*, one frame of ink.SCRIPT each, *step_s* apart.

    *line_per_em* of each family, as ASS counts sizes.
    """

    script: Script
    kept: bool
    looks: tuple[Look, ...]
    step_s: int
    line_per_em: Mapping[str, float]


def measures_of(
    folder: Path,
    text: str,
    cues: Sequence[Cue],
    line_per_em: Mapping[str, float],
    *,
    kept: bool,
) -> Measures:
    """Read *text*, the script to be burned, and write ink.SCRIPT into *folder*.

    *kept*: it has its own styling, and no *cues* that we have laid out. Raises
    EngineFailure(output_invalid) when a cue would not be seen at its time.
    """
    script = read_script(text)
    if kept:
        script = numbered(script)
    looks = kept_looks(script) if kept else looks_at(script, cues)
    step_s = 0
    if looks:
        written, step_s = ink.ink_script(script, [look.moment for look in looks])
        (folder / ink.SCRIPT).write_text(written, encoding="utf-8", newline="\n")
    return Measures(script=script, kept=kept, looks=looks, step_s=step_s, line_per_em=line_per_em)


async def inspect(
    job: EngineJob[BurnOptions],
    measures: Measures,
    text: JobText,
    picture: Frame,
    environment: Mapping[str, str],
) -> Inspection:
    """Draw the letters of a script alone and measure them.

    Raises EngineFailure(output_invalid) when a cue would not be seen, or nothing of a script that
    keeps its styling.
    """
    warnings = ""
    if measures.looks:
        argv = ink.ink_argv(picture, len(measures.looks), measures.step_s, fonts.fonts_dir_option())
        warnings = await job.run_ffmpeg(argv, env=environment)
    return await FORKS.run(inspected, job.work_dir, measures, text, picture, warnings)


def inspected(
    folder: Path, measures: Measures, text: JobText, picture: Frame, warnings: str
) -> Inspection:
    """Return what was seen, by ink.BOXES in *folder* and ffmpeg's *warnings*."""
    script, looks, pair = measures.script, measures.looks, text.pair
    if not looks:
        return Inspection(script=script, kept=measures.kept)
    boxes = ink.ink_boxes((folder / ink.BOXES).read_text(encoding="utf-8"), len(looks))
    standing: Sequence[Cue | Event] = script.events if measures.kept else text.cues
    if measures.kept:
        drawn = kept_drawn(looks, boxes, script, picture)
        notices = tuple(kept_notices(drawn))
    else:
        drawn = drawn_cues(looks, boxes, text.cues, picture)
        notices = tuple(_notices(drawn, pair))
    return Inspection(
        script=script,
        kept=measures.kept,
        pair=pair,
        standing_ms=tuple((one.start_ms, one.end_ms) for one in standing),
        drawn=drawn,
        facts=tuple(_facts(one, measures, picture, pair) for one in drawn),
        notices=notices,
        unmapped=tuple(chr(code) for code in sorted(unmapped(warnings))),
    )


def _notices(drawn: Sequence[DrawnCue], pair: Pair | None) -> Iterator[Notice]:
    if pair is None:
        yield from notices_of(drawn)
        return
    for is_second, name in zip((False, True), pair.names, strict=True):
        own = [one for one in drawn if pair.is_second(one.number) is is_second]
        renumbered = [replace(one, number=pair.own(one.number)) for one in own]
        yield from told_of(name, notices_of(renumbered))


def _facts(drawn: DrawnCue, measures: Measures, picture: Frame, pair: Pair | None) -> CueFacts:
    is_second = pair is not None and pair.is_second(drawn.number)
    letters = [
        part
        for page in drawn.pages
        for event in page
        for part in letters_of(event, measures.script.styles)
    ]
    ems = [em for part in letters if (em := _em(part, measures, picture)) is not None]
    return CueFacts(
        cue=drawn.number if pair is None else pair.own(drawn.number),
        track="subtitles-secondary" if is_second else "subtitles",
        start_ms=drawn.cue.start_ms,
        box=_box(drawn.box),
        at_edge=drawn.at_edge,
        lines=max(sum(event.text.count("\\N") + 1 for event in page) for page in drawn.pages),
        size=round(max(ems), 1) if ems else None,
        fonts=tuple(dict.fromkeys(part.font for part in letters)),
    )


def _em(letters: Letters, measures: Measures, picture: Frame) -> float | None:
    """Return the em in pixels of the picture; a script that names no height is drawn on 288."""
    line = measures.line_per_em.get(letters.font)
    if line is None:
        return None
    return letters.size / line * picture.height / (measures.script.height or _HEIGHT)


def _box(box: Box | None) -> InkBox | None:
    if box is None:
        return None
    return InkBox(x=box.x, y=box.y, width=box.width, height=box.height)
