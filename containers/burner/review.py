"""Looks into the finished video: is the text of the cues in it, at their times and at no others?

The times come from the cue list, what is to be seen from drawing the script alone, and what is
seen from the video's own frames. A dozen of them are enough: what makes text vanish or come late
does so in all of a film, or for those cues that are odd, which are among them.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.frames import frames_at
from engine_kit.logs import log
from engine_kit.probe import VideoStream
from engine_kit.timeline import Timeline
from PIL import Image

from burner import proof
from burner.ass_escape import ass_time
from burner.ink import Box
from burner.inspection import Inspection
from burner.proof import Layers
from burner.samples import Sample
from burner.script_reader import Script
from burner.seen import CONTRAST_MIN, Drawn, contrast, seen_share
from burner.styles import Frame
from burner.verdict import DrawnCue
from media_jobs.engines.burner.options import BurnOptions

SEEN_SHARE_MIN = 0.7
"""So much of a cue's letters has to be in the video."""
LEFT_SHARE_MAX = 0.6
"""So much of a cue's contrast may be there where it should not stand."""
MARGIN = 8
EARLY_MS = 5
"""Containers round the times of frames."""
_UNSURE_MS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finished video: its file in the working folder, and when its frames stand.

    *has_key_frames*: where it is looked at. *source*, *source_timeline*: what it was made of.
    """

    file: str
    timeline: Timeline
    has_key_frames: bool
    source_file: str
    source: VideoStream
    source_timeline: Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A sample with the frame that a player shows then, by its time, and its cue's name."""

    sample: Sample
    name: str
    frame_s: float

    @property
    def frame_ms(self) -> int:
        return round(self.frame_s * 1000)


async def review(
    job: EngineJob[BurnOptions],
    result: Result,
    samples: Sequence[Sample],
    inspection: Inspection,
    layers: Layers,
    environment: Mapping[str, str],
) -> None:
    """Compare the result with what its scripts draw at the times of *samples*.

    Raises EngineFailure(output_invalid) when the text of a cue is not seen in its middle, or is
    seen where no cue stands.
    """
    cues = {one.number: one.cue for one in inspection.drawn}
    script = inspection.script
    looks = [
        _Look(
            sample=sample,
            name=inspection.named(sample.number),
            frame_s=_shown_s(result.timeline, sample.time_ms / 1000),
        )
        for sample in samples
    ]
    within = [look for look in looks if not look.sample.beside]
    for look in within:
        if look.frame_ms < cues[look.sample.number].start_ms - EARLY_MS:
            raise _not_seen(look)
    times_ms = sorted({look.frame_ms for look in within})
    path = job.work_dir / proof.LETTERS
    path.write_text(proof.letters_script(script, times_ms), encoding="utf-8", newline="\n")
    await job.run_ffmpeg(proof.layers_argv(layers, times_ms), env=environment)
    files = await frames_at(
        job,
        result.file,
        [look.frame_s for look in looks],
        proof.luma(layers.area),
        are_key_frames=result.has_key_frames,
    )
    least, suspects = await asyncio.to_thread(
        _compare, job.work_dir, looks, files, script, opaque=not inspection.kept
    )
    for look, found in suspects:
        if not await _was_there(job, result, look, found, layers):
            raise EngineFailure(
                FailureCode.OUTPUT_INVALID,
                f"Text of {look.name} is in the video at "
                f"{ass_time(look.sample.time_ms)}, when it should not be shown.",
            )
    log("result_reviewed", frames=len(looks), leastSeen=None if least is None else round(least, 3))


def _shown_s(timeline: Timeline, at_s: float) -> float:
    """Return the time of the frame that a player shows at *at_s*."""
    number = bisect_right(timeline.frames_s, at_s + EARLY_MS / 1000) - 1
    return timeline.frames_s[max(number, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspicion:
    """Letters that may stand in a frame at a wrong time; *full*: their contrast at the right."""

    ink: Image.Image
    full: float


def _compare(
    folder: Path,
    looks: Sequence[_Look],
    files: Mapping[float, Path],
    script: Script,
    *,
    opaque: bool,
) -> tuple[float | None, list[tuple[_Look, _Suspicion]]]:
    """Return how much is seen at least, and where letters may stand that should not.

    Raises EngineFailure where too little is seen.
    """
    known: dict[int, _Suspicion] = {}
    shares: list[float] = []
    within = [look for look in looks if not look.sample.beside]
    pictures = {time_ms: n for n, time_ms in enumerate(sorted({one.frame_ms for one in within}))}
    for look in within:
        if look.frame_s not in files:
            raise _not_seen(look)
        with Image.open(folder / (proof.LAYERS % pictures[look.frame_ms])) as stacked:
            drawn = Drawn.of(stacked)
        if not drawn.has_ink and not _is_drawn(look, script):
            raise _not_seen(look)
        if not _is_sure(look, script):
            continue
        with Image.open(files[look.frame_s]) as frame:
            share = seen_share(frame, drawn, opaque=opaque)
            if share is not None and share < SEEN_SHARE_MIN:
                raise _not_seen(look)
            shares += [] if share is None else [share]
            known[look.sample.number] = _Suspicion(ink=drawn.ink, full=contrast(frame, drawn.ink))
    return min(shares, default=None), list(_suspects(looks, files, known))


def _suspects(
    looks: Sequence[_Look], files: Mapping[float, Path], known: Mapping[int, _Suspicion]
) -> Iterator[tuple[_Look, _Suspicion]]:
    for look in looks:
        letters = known.get(look.sample.number)
        if not look.sample.beside or letters is None or look.frame_s not in files:
            continue
        with Image.open(files[look.frame_s]) as frame:
            if _is_left(frame, letters):
                yield look, letters


def _is_left(frame: Image.Image, letters: _Suspicion) -> bool:
    if abs(letters.full) < CONTRAST_MIN:
        return False
    return contrast(frame, letters.ink) / letters.full > LEFT_SHARE_MAX


async def _was_there(
    job: EngineJob[BurnOptions], result: Result, look: _Look, letters: _Suspicion, layers: Layers
) -> bool:
    """Whether the source itself shows the letters: it may have been burned before."""
    at_s = _shown_s(result.source_timeline, look.sample.time_ms / 1000)
    await job.run_ffmpeg(proof.source_argv(result.source_file, result.source, at_s, layers))
    path = job.work_dir / proof.SOURCE_FRAME

    def compare() -> bool:
        with Image.open(path) as frame:
            return _is_left(frame, letters)

    return await asyncio.to_thread(compare)


def _is_drawn(look: _Look, script: Script) -> bool:
    """Whether the script draws something of the cue: emoji and blanks have no letters."""
    return any(
        event.number == look.sample.number and event.start_ms <= look.frame_ms < event.end_ms
        for event in script.events
    )


def _is_sure(look: _Look, script: Script) -> bool:
    """Whether the script draws the same a little before and after the frame."""
    low, high = look.frame_ms - _UNSURE_MS / 3, look.frame_ms + _UNSURE_MS
    return not any(
        low < edge_ms < high
        for event in script.events
        for edge_ms in (event.start_ms, event.end_ms)
    )


def _not_seen(look: _Look) -> EngineFailure:
    return EngineFailure(
        FailureCode.OUTPUT_INVALID,
        f"{look.name[0].upper()}{look.name[1:]} is not seen in the video in its middle, at "
        f"{ass_time(look.sample.time_ms)}.",
    )


def area_of(drawn: Sequence[DrawnCue], samples: Sequence[Sample], picture: Frame) -> Box:
    """Return the part of the picture that holds the letters of all *samples*, with a margin."""
    numbers = {sample.number for sample in samples}
    boxes = [one.box for one in drawn if one.number in numbers and one.box is not None]
    left = max(min(box.x for box in boxes) - MARGIN, 0)
    top = max(min(box.y for box in boxes) - MARGIN, 0)
    right = min(max(box.x + box.width for box in boxes) + MARGIN, picture.width)
    bottom = min(max(box.y + box.height for box in boxes) + MARGIN, picture.height)
    return Box(x=left, y=top, width=right - left, height=bottom - top)
