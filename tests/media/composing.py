"""Compose comments videos by the real program, and look at their frames."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import av
import httpx
import numpy as np
import numpy.typing as npt

from dev.engines.stage import RunningEngine, Surroundings

Frame = npt.NDArray[np.uint8]


@dataclass(slots=True, kw_only=True)
class Composer:
    """The running comments engine, and its world."""

    engine: RunningEngine
    world: Surroundings

    def order(
        self,
        job_id: str,
        options: Mapping[str, object],
        *,
        clip: str = "clip.mp4",
        data: str = "comments.json",
    ) -> httpx.Response:
        """Order a comments video with its report."""
        return self.engine.render(
            self.world,
            job_id,
            engine="renderer-remotion",
            options=options,
            inputVideoUrl=self.world.url(clip),
            inputDataUrl=self.world.url(data),
            outputPutUrl=self.world.url(f"{job_id}/video.mp4"),
            outputVideoKey=f"{job_id}/video.mp4",
            outputMetadataPutUrl=self.world.url(f"{job_id}/metadata.json"),
        )

    def end_of(self, job_id: str, options: Mapping[str, object], **inputs: str) -> dict[str, Any]:
        """Order a comments video and return the job's last callback."""
        answer = self.order(job_id, options, **inputs)
        assert answer.status_code == 202, answer.text
        return self.world.end_of(job_id)

    def video(self, job_id: str) -> bytes:
        """Return the video that a job has uploaded."""
        return self.world.stored[f"{job_id}/video.mp4"].body

    def report(self, job_id: str) -> dict[str, Any]:
        """Return the report that a job has uploaded."""
        document: dict[str, Any] = json.loads(self.world.stored[f"{job_id}/metadata.json"].body)
        return document

    def frames(self, job_id: str, numbers: Sequence[int]) -> list[Frame]:
        """Return these frames of a job's video as RGB."""
        found: dict[int, Frame] = {}
        with av.open(BytesIO(self.video(job_id)), "r") as container:
            for number, frame in enumerate(container.decode(video=0)):
                if number in numbers:
                    found[number] = frame.to_ndarray(format="rgb24").astype(np.uint8)
        return [found[number] for number in numbers]


def near(frame: Frame, colour: Sequence[int], tolerance: int = 14) -> npt.NDArray[np.bool_]:
    """Return where *frame* has about this colour."""
    return np.asarray(np.abs(frame.astype(int) - np.array(colour)).max(axis=2) <= tolerance)


def extent(where: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the rows and the columns that are true anywhere."""
    return np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
