"""Burn a clip by the real program and hold the result in the hand."""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.engines.stage import RunningEngine, Surroundings, surroundings

_NUMBERS = itertools.count(1)


def vtt(*cues: tuple[float, float, str]) -> str:
    """Return a WebVTT file of cues: start and end in seconds, text."""
    blocks = [f"{_time(start)} --> {_time(end)}\n{text}\n" for start, end, text in cues]
    return "\n".join(["WEBVTT\n", *blocks])


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


@dataclass(slots=True, kw_only=True)
class Burner:
    """The running burner, its world, and a folder for what goes in and comes out."""

    engine: RunningEngine
    world: Surroundings
    folder: Path

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self.engine.process.pid

    def order(
        self,
        video: Path,
        subtitles: str | bytes,
        options: Mapping[str, object] | None = None,
        **fields: object,
    ) -> str:
        """Order a burn and return its job id. *fields* replace those of the request."""
        job_id = f"job_{next(_NUMBERS)}"
        path = self.folder / f"{job_id}.vtt"
        path.write_bytes(subtitles.encode() if isinstance(subtitles, str) else subtitles)
        self.world.files[path.name] = path
        if video.exists():
            self.world.files[f"{job_id}.video"] = video
        response = self.engine.render(
            self.world,
            job_id,
            engine="burner-ffmpeg",
            options=options or {},
            inputVideoUrl=self.world.url(f"{job_id}.video?X-Amz-Signature=secret"),
            inputVttUrl=self.world.url(f"{path.name}?X-Amz-Signature=secret"),
            outputPutUrl=self.world.url(f"out/{job_id}.mp4"),
            outputVideoKey=f"media/med_stage/outputs/{job_id}/1/video.mp4",
            **fields,
        )
        assert response.status_code == 202, response.text
        return job_id

    def burn(
        self, video: Path, subtitles: str | bytes, options: Mapping[str, object] | None = None
    ) -> Path:
        """Burn, expect success, and return the MP4 that was handed over."""
        job_id = self.order(video, subtitles, options)
        end = self.world.end_of(job_id)
        assert end["status"] == "completed", end
        stored = self.world.stored.pop(f"out/{job_id}.mp4")
        assert stored.headers["content-type"] == "video/mp4"
        assert end["outputs"]["video"]["sizeBytes"] == len(stored.body)
        path = self.folder / f"{job_id}.mp4"
        path.write_bytes(stored.body)
        return path

    def failure(
        self, video: Path, subtitles: str | bytes, options: Mapping[str, object] | None = None
    ) -> dict[str, Any]:  # JSON, as it came.
        """Burn, expect failure, and return its error; nothing was handed over."""
        job_id = self.order(video, subtitles, options)
        end = self.world.end_of(job_id)
        assert end["status"] == "failed", end
        assert f"out/{job_id}.mp4" not in self.world.stored
        error: dict[str, Any] = end["error"]
        return error

    def order_two(
        self,
        video: Path,
        one: str,
        two: str | bytes,
        options: Mapping[str, object] | None = None,
        **languages: str,
    ) -> str:
        """Order a burn of two tracks, whose *languages* are `first` and `second`."""
        name = f"second_{next(_NUMBERS)}.vtt"
        path = self.folder / name
        path.write_bytes(two.encode() if isinstance(two, str) else two)
        self.world.files[name] = path
        slots = {"first": "subtitles", "second": "subtitles-secondary"}
        return self.order(
            video,
            one,
            options,
            inputSecondaryVttUrl=self.world.url(f"{name}?X-Amz-Signature=secret"),
            inputLanguages={slots[key]: language for key, language in languages.items()},
            outputMetadataPutUrl=self.world.url("two/metadata"),
        )

    def burn_two(
        self,
        video: Path,
        one: str,
        two: str | bytes,
        options: Mapping[str, object] | None = None,
        **languages: str,
    ) -> tuple[Path, dict[str, Any]]:
        """Burn two tracks, expect success, and return the MP4 and its metadata."""
        job_id = self.order_two(video, one, two, options, **languages)
        end = self.world.end_of(job_id)
        assert end["status"] == "completed", end
        path = self.folder / f"{job_id}.mp4"
        path.write_bytes(self.world.stored.pop(f"out/{job_id}.mp4").body)
        metadata: dict[str, Any] = json.loads(self.world.stored.pop("two/metadata").body)
        return path, metadata


@contextmanager
def burner(folder: Path, **environment: str) -> Iterator[Burner]:
    """Run the burner's program, and the world around it, until the end of the block."""
    work_dir = folder / "work"
    work_dir.mkdir()
    with (
        surroundings() as world,
        RunningEngine("burner", work_dir, {"CAPACITY": "4", **environment}) as engine,
    ):
        yield Burner(engine=engine, world=world, folder=folder)
