"""Looks at what a script draws, before a film is encoded with it."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine_kit.engine import EngineJob

from burner import ink
from burner.ink import Box
from burner.script_reader import Event, read_script
from burner.styles import Frame
from burner.tracks import Pair, told_of
from burner.verdict import DrawnCue, drawn_cues, looks_at, notices_of, unmapped
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.notices import Notice
from media_jobs.strict import Strict
from media_jobs.subtitles.cues import Cue

_FACE = re.compile(r"\\fn([^\\}]+)")


class InkBox(Strict):
    """A rectangle of the picture in pixels, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class CueFacts(Strict):
    """What is seen of a cue, as the burner measured it before the encode.

    *cue*: its number in its *track* from 1. *box*: of its letters, without background and outline;
    null for one of nothing but emoji or blanks. *lines*: the most at one time. *fonts*: families
    named for it.
    """

    cue: int
    track: Literal["subtitles", "subtitles-secondary"] = "subtitles"
    start_ms: int
    box: InkBox | None
    at_edge: bool
    lines: int
    fonts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was seen. *unmapped*: characters for which libass had no face."""

    drawn: tuple[DrawnCue, ...] = ()
    facts: tuple[CueFacts, ...] = ()
    notices: tuple[Notice, ...] = ()
    unmapped: tuple[str, ...] = ()


async def inspect(
    job: EngineJob[BurnOptions],
    text: str,
    cues: Sequence[Cue],
    picture: Frame,
    *,
    pair: Pair | None = None,
    fonts_dir: str | None,
    environment: Mapping[str, str],
) -> Inspection:
    """Draw the cues' letters alone and measure them; *text* is the script to be burned.

    *pair*: the two tracks that the cues are of, if they are of two.

    Raises EngineFailure(output_invalid) when a cue would not be seen at its time.
    """
    script = read_script(text)
    looks = looks_at(script, cues)
    moments = [look.moment for look in looks]
    written, step_s = ink.ink_script(script, moments)
    path = job.work_dir / ink.SCRIPT
    await asyncio.to_thread(path.write_text, written, encoding="utf-8", newline="\n")
    warnings = await job.run_ffmpeg(
        ink.ink_argv(picture, len(moments), step_s, fonts_dir), env=environment
    )
    boxes = ink.ink_boxes((job.work_dir / ink.BOXES).read_text(encoding="utf-8"), len(moments))
    drawn = drawn_cues(looks, boxes, cues, picture)
    families = {style["name"]: style["fontname"] for style in script.styles}
    return Inspection(
        drawn=drawn,
        facts=tuple(_facts(one, families, pair) for one in drawn),
        notices=tuple(_notices(drawn, pair)),
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


def _facts(drawn: DrawnCue, families: Mapping[str, str], pair: Pair | None) -> CueFacts:
    is_second = pair is not None and pair.is_second(drawn.number)
    named = dict.fromkeys(
        family for page in drawn.pages for event in page for family in _families(event, families)
    )
    return CueFacts(
        cue=drawn.number if pair is None else pair.own(drawn.number),
        track="subtitles-secondary" if is_second else "subtitles",
        start_ms=drawn.cue.start_ms,
        box=_box(drawn.box),
        at_edge=drawn.at_edge,
        lines=max(
            sum(event.row["text"].count("\\N") + 1 for event in page) for page in drawn.pages
        ),
        fonts=tuple(named),
    )


def _families(event: Event, families: Mapping[str, str]) -> Sequence[str]:
    return [families[event.row["style"]], *_FACE.findall(event.row["text"])]


def _box(box: Box | None) -> InkBox | None:
    if box is None:
        return None
    return InkBox(x=box.x, y=box.y, width=box.width, height=box.height)
