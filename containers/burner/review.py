"""Looks into the finished video: is the text of the cues in it, at their times and at no others?

The times come from the cue list, what is to be seen from drawing the script alone, and what is
seen from the video's own frames. A dozen of them are enough: what makes text vanish or come late
does so in all of a film, or for those cues that are odd, which are among them.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.frames import NEAR_S, frames_at, frames_read
from engine_kit.logs import log
from engine_kit.probe import VideoStream
from engine_kit.timeline import Timeline
from engine_kit.together import together

from burner import proof
from burner.comparison import (
    SEEN_SHARE_MIN,
    Look,
    Traces,
    compared,
    is_left,
    not_seen,
    share_of,
)
from burner.forks import FORKS
from burner.ink import Box
from burner.inspection import Inspection
from burner.proof import Layers
from burner.samples import Sample
from burner.script_reader import Script
from burner.styles import Frame
from burner.verdict import DrawnCue
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.subtitles.ass_escape import ass_time

MARGIN = 8
EARLY_MS = 5
"""Containers round the times of frames."""
NEARBY_MS = 20
"""By so much an encoder may move a frame to an even grid of times."""


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


class _Drawing:
    """Draws what stands over frames alone, each time once."""

    def __init__(
        self,
        job: EngineJob[BurnOptions],
        script: Script,
        layers: Layers,
        environment: Mapping[str, str],
    ) -> None:
        self._job, self._script, self._layers = job, script, layers
        self._environment = environment
        self._drawn: dict[int, Path] = {}

    async def at(self, times_ms: Sequence[int]) -> dict[int, Path]:
        """Return pictures of what is drawn at each of these times."""
        folder, wanted = self._job.work_dir, sorted(set(times_ms) - self._drawn.keys())
        if wanted:
            text = await FORKS.run(proof.letters_script, self._script, wanted)
            (folder / proof.LETTERS).write_text(text, encoding="utf-8", newline="\n")
            argv = proof.layers_argv(self._layers, wanted)
            await self._job.run_ffmpeg(argv, env=self._environment)
        for number, time_ms in enumerate(wanted):
            drawn = folder / (proof.LAYERS % number)
            self._drawn[time_ms] = drawn.rename(folder / f"layers-{time_ms}.pgm")
        return {time_ms: self._drawn[time_ms] for time_ms in times_ms}


class Review:
    """Looks at a result at the times of *samples*; there is at least one.

    What takes time is done beforehand for the frames of *planned*, which the result should have:
    what is drawn there while it is made, and its own pictures while its packets are read. Where the
    result has other frames, both are done again for those.
    """

    def __init__(
        self,
        job: EngineJob[BurnOptions],
        samples: Sequence[Sample],
        inspection: Inspection,
        layers: Layers,
        environment: Mapping[str, str],
        planned: Timeline,
    ) -> None:
        self._job, self._inspection, self._layers = job, inspection, layers
        self._samples, self._planned = samples, planned
        self._drawing = _Drawing(job, inspection.script, layers, environment)
        self._filters = proof.luma(layers.area)

    async def draw(self) -> None:
        """Draw what is to be seen in the result."""
        looks = self._looks(self._planned)
        await self._drawing.at([look.frame_ms for look in looks if not look.sample.beside])

    async def read(self, file: str, *, has_key_frames: bool) -> dict[float, Path]:
        """Return pictures of the result, *file*, by the times at which its frames should be."""
        times_s = [look.frame_s for look in self._looks(self._planned)]
        return await frames_read(
            self._job, file, times_s, self._filters, only_key_frames=has_key_frames
        )

    async def judge(self, result: Result, read: Mapping[float, Path]) -> None:
        """Compare the result, of which *read* are pictures, with what its scripts draw.

        Raises EngineFailure(output_invalid) when the text of a cue is not seen in its middle, or is
        seen where no cue stands.
        """
        inspection, looks = self._inspection, self._looks(result.timeline)
        cues = {one.number: one.cue for one in inspection.drawn}
        within = [look for look in looks if not look.sample.beside]
        for look in within:
            if look.frame_ms < cues[look.sample.number].start_ms - EARLY_MS:
                raise not_seen(look)
        pictures, files = await together(
            self._drawing.at([look.frame_ms for look in within]), self._files(result, looks, read)
        )
        opaque = not inspection.kept
        found = await asyncio.to_thread(
            compared, looks, files, pictures, inspection.script, opaque=opaque
        )
        for look in found.missing:
            if not await _is_seen_nearby(self._drawing, look, files, opaque=opaque):
                raise not_seen(look)
        for look, letters in found.suspects:
            if not await _was_there(self._job, result, look, letters, self._layers):
                raise EngineFailure(
                    FailureCode.OUTPUT_INVALID,
                    f"Text of {look.name} is in the video at "
                    f"{ass_time(look.sample.time_ms)}, when it should not be shown.",
                )
        log("result_reviewed", frames=len(looks), leastSeen=found.least)

    def _looks(self, timeline: Timeline) -> list[Look]:
        return [
            Look(
                sample=sample,
                name=self._inspection.named(sample.number),
                frame_s=_shown_s(timeline, sample.time_ms / 1000),
            )
            for sample in self._samples
        ]

    async def _files(
        self, result: Result, looks: Sequence[Look], read: Mapping[float, Path]
    ) -> dict[float, Path]:
        """Return pictures of the frames that *looks* mean, by their times."""
        files = {
            look.frame_s: path
            for look in looks
            for at_s, path in read.items()
            if abs(at_s - look.frame_s) <= NEAR_S
        }
        missing = [look.frame_s for look in looks if look.frame_s not in files]
        if not missing:
            return files
        return files | await frames_at(
            self._job,
            result.file,
            missing,
            self._filters,
            are_key_frames=result.has_key_frames,
        )


def _shown_s(timeline: Timeline, at_s: float) -> float:
    """Return the time of the frame that a player shows at *at_s*."""
    number = bisect_right(timeline.frames_s, at_s + EARLY_MS / 1000) - 1
    return timeline.frames_s[max(number, 0)]


async def _is_seen_nearby(
    drawing: _Drawing, look: Look, files: Mapping[float, Path], *, opaque: bool
) -> bool:
    """Whether the frame shows what the script draws a little before or after its time.

    Times of frames are rounded, and the script may change there, by a word or by all of its text.
    """
    times_ms = [max(look.frame_ms + by, 0) for by in (-NEARBY_MS, -1, 1, NEARBY_MS)]
    pictures = await drawing.at(times_ms)
    shares = await asyncio.to_thread(
        lambda: [share_of(files[look.frame_s], path, opaque=opaque) for path in pictures.values()]
    )
    return any(share is not None and share >= SEEN_SHARE_MIN for share in shares)


async def _was_there(
    job: EngineJob[BurnOptions], result: Result, look: Look, letters: Traces, layers: Layers
) -> bool:
    """Whether the source itself shows the letters: it may have been burned before."""
    at_s = _shown_s(result.source_timeline, look.sample.time_ms / 1000)
    await job.run_ffmpeg(proof.source_argv(result.source_file, result.source, at_s, layers))
    path = job.work_dir / proof.SOURCE_FRAME
    return await asyncio.to_thread(lambda: is_left(path, letters))


def area_of(drawn: Sequence[DrawnCue], samples: Sequence[Sample], picture: Frame) -> Box:
    """Return the part of the picture that holds the letters of all *samples*, with a margin."""
    numbers = {sample.number for sample in samples}
    boxes = [one.box for one in drawn if one.number in numbers and one.box is not None]
    left = max(min(box.x for box in boxes) - MARGIN, 0)
    top = max(min(box.y for box in boxes) - MARGIN, 0)
    right = min(max(box.x + box.width for box in boxes) + MARGIN, picture.width)
    bottom = min(max(box.y + box.height for box in boxes) + MARGIN, picture.height)
    return Box(x=left, y=top, width=right - left, height=bottom - top)
