"""Looks at what a script draws, before a film is encoded with it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine_kit.engine import EngineJob

from burner import ink
from burner.ink import Box
from burner.kept import kept_drawn, kept_looks, kept_notices, numbered
from burner.script_reader import Letters, Script, letters_of, read_script
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
class Canvas:
    """What a script is drawn on, and with: *line_per_em* of each family, as ASS counts sizes."""

    picture: Frame
    fonts_dir: str | None
    environment: Mapping[str, str]
    line_per_em: Mapping[str, float]


async def inspect(
    job: EngineJob[BurnOptions],
    text: str,
    cues: Sequence[Cue],
    canvas: Canvas,
    pair: Pair | None = None,
) -> Inspection:
    """Draw the cues' letters alone and measure them; *text* is the script to be burned.

    *pair*: the two tracks that the cues are of, if they are of two.

    Raises EngineFailure(output_invalid) when a cue would not be seen at its time.
    """
    script = read_script(text)
    looks = looks_at(script, cues)
    boxes, lacking = await _measured(job, script, looks, canvas)
    drawn = drawn_cues(looks, boxes, cues, canvas.picture)
    return Inspection(
        script=script,
        pair=pair,
        standing_ms=tuple((cue.start_ms, cue.end_ms) for cue in cues),
        drawn=drawn,
        facts=tuple(_facts(one, script, canvas, pair) for one in drawn),
        notices=tuple(_notices(drawn, pair)),
        unmapped=lacking,
    )


async def inspect_kept(job: EngineJob[BurnOptions], text: str, canvas: Canvas) -> Inspection:
    """Measure the letters of *text*, a script that is burned in its own styling.

    Raises EngineFailure(output_invalid) when nothing of it would be seen.
    """
    script = numbered(read_script(text))
    looks = kept_looks(script)
    if not looks:
        return Inspection(script=script, kept=True)
    boxes, lacking = await _measured(job, script, looks, canvas)
    drawn = kept_drawn(looks, boxes, script, canvas.picture)
    return Inspection(
        script=script,
        kept=True,
        standing_ms=tuple((event.start_ms, event.end_ms) for event in script.events),
        drawn=drawn,
        facts=tuple(_facts(one, script, canvas, None) for one in drawn),
        notices=tuple(kept_notices(drawn)),
        unmapped=lacking,
    )


async def _measured(
    job: EngineJob[BurnOptions], script: Script, looks: Sequence[Look], canvas: Canvas
) -> tuple[tuple[Box | None, ...], tuple[str, ...]]:
    """Return the box of each look, and the characters for which libass had no face."""
    written, step_s = ink.ink_script(script, [look.moment for look in looks])
    path = job.work_dir / ink.SCRIPT
    await asyncio.to_thread(path.write_text, written, encoding="utf-8", newline="\n")
    argv = ink.ink_argv(canvas.picture, len(looks), step_s, canvas.fonts_dir)
    warnings = await job.run_ffmpeg(argv, env=canvas.environment)
    measured = (job.work_dir / ink.BOXES).read_text(encoding="utf-8")
    boxes = ink.ink_boxes(measured, len(looks))
    return boxes, tuple(chr(code) for code in sorted(unmapped(warnings)))


def _notices(drawn: Sequence[DrawnCue], pair: Pair | None) -> Iterator[Notice]:
    if pair is None:
        yield from notices_of(drawn)
        return
    for is_second, name in zip((False, True), pair.names, strict=True):
        own = [one for one in drawn if pair.is_second(one.number) is is_second]
        renumbered = [replace(one, number=pair.own(one.number)) for one in own]
        yield from told_of(name, notices_of(renumbered))


def _facts(drawn: DrawnCue, script: Script, canvas: Canvas, pair: Pair | None) -> CueFacts:
    is_second = pair is not None and pair.is_second(drawn.number)
    letters = [
        part for page in drawn.pages for event in page for part in letters_of(event, script.styles)
    ]
    ems = [em for part in letters if (em := _em(part, script, canvas)) is not None]
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


def _em(letters: Letters, script: Script, canvas: Canvas) -> float | None:
    """Return the em in pixels of the picture; a script that names no height is drawn on 288."""
    line = canvas.line_per_em.get(letters.font)
    if line is None:
        return None
    return letters.size / line * canvas.picture.height / (script.height or _HEIGHT)


def _box(box: Box | None) -> InkBox | None:
    if box is None:
        return None
    return InkBox(x=box.x, y=box.y, width=box.width, height=box.height)
