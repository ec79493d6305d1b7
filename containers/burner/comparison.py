"""Compares frames of the finished video with what the script draws at their times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.failures import EngineFailure, FailureCode
from PIL import Image

from burner.samples import Sample
from burner.script_reader import Script
from burner.seen import CONTRAST_MIN, Drawn, contrast, seen_share
from media_jobs.subtitles.ass_escape import ass_time

SEEN_SHARE_MIN = 0.7
"""So much of a cue's letters has to be in the video."""
LEFT_SHARE_MAX = 0.6
"""So much of a cue's contrast may be there where it should not stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A sample with the frame that a player shows then, by its time, and its cue's name."""

    sample: Sample
    name: str
    frame_s: float

    @property
    def frame_ms(self) -> int:
        """The frame's time in whole milliseconds, as libass counts."""
        return round(self.frame_s * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Letters that may stand in a frame at a wrong time; *full*: their contrast at the right."""

    drawn: Drawn
    full: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a comparison has found. *least*: of the letters of a cue, the share that is seen.

    *missing*: cues of which too little is seen; *suspects*: where letters may stand in vain.
    """

    least: float | None
    missing: Sequence[Look]
    suspects: Sequence[tuple[Look, Traces]]


def compared(
    looks: Sequence[Look],
    files: Mapping[float, Path],
    pictures: Mapping[int, Path],
    script: Script,
    *,
    opaque: bool,
) -> Found:
    """Compare frames, *files* by their times, with *pictures* of what is drawn over them.

    Raises EngineFailure(output_invalid) for a cue of which the script draws nothing.
    """
    known: dict[int, Traces] = {}
    shares: list[float] = []
    missing: list[Look] = []
    for look in looks:
        if look.sample.beside:
            continue
        drawn = _drawn(pictures[look.frame_ms])
        if look.frame_s not in files or not (drawn or _is_drawn(look, script)):
            raise not_seen(look)
        if drawn is None:
            continue
        with Image.open(files[look.frame_s]) as frame:
            share = seen_share(frame, drawn, opaque=opaque)
            if share is not None and share < SEEN_SHARE_MIN:
                missing.append(look)
                continue
            shares += [] if share is None else [round(share, 3)]
            known[look.sample.number] = Traces(drawn=drawn, full=contrast(frame, drawn))
    return Found(
        least=min(shares, default=None),
        missing=missing,
        suspects=list(_suspects(looks, files, known)),
    )


def share_of(frame: Path, picture: Path, *, opaque: bool) -> float | None:
    """Return how much of the letters of *picture* is seen in *frame*; None: it can't be told."""
    drawn = _drawn(picture)
    if drawn is None:
        return None
    with Image.open(frame) as opened:
        return seen_share(opened, drawn, opaque=opaque)


def is_left(frame: Path, letters: Traces) -> bool:
    """Whether *letters* are in *frame*, as far as their contrast tells."""
    if abs(letters.full) < CONTRAST_MIN:
        return False
    with Image.open(frame) as opened:
        return contrast(opened, letters.drawn) / letters.full > LEFT_SHARE_MAX


def not_seen(look: Look) -> EngineFailure:
    """Return the failure of a cue that is not in the video. Its words are the same each time."""
    return EngineFailure(
        FailureCode.OUTPUT_INVALID,
        f"{look.name[0].upper()}{look.name[1:]} is not seen in the video in its middle, at "
        f"{ass_time(look.sample.time_ms)}.",
    )


def _drawn(picture: Path) -> Drawn | None:
    with Image.open(picture) as stacked:
        return Drawn.of(stacked)


def _suspects(
    looks: Sequence[Look], files: Mapping[float, Path], known: Mapping[int, Traces]
) -> Iterator[tuple[Look, Traces]]:
    for look in looks:
        letters = known.get(look.sample.number)
        frame = files.get(look.frame_s)
        if look.sample.beside and letters and frame and is_left(frame, letters):
            yield look, letters


def _is_drawn(look: Look, script: Script) -> bool:
    """Whether the script draws something of the cue: emoji and blanks have no letters."""
    return any(
        event.number == look.sample.number and event.start_ms <= look.frame_ms < event.end_ms
        for event in script.events
    )
