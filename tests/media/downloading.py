"""Download by the real program from loopback, which it reaches by an explicit setting only."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.engines.stage import RunningEngine, Surroundings, surroundings

WAIT_S = 30.0
SLOTS = {
    "Video": "video.mp4",
    "Audio": "audio.wav",
    "AudioSource": "audio-source.mka",
    "Metadata": "metadata.json",
    "Comments": "comments.json",
    "Subtitles": "subtitles.vtt",
    "Thumbnail": "thumbnail.jpg",
}


@dataclass(slots=True, kw_only=True)
class Downloader:
    """The running downloader, and its world."""

    engine: RunningEngine
    world: Surroundings

    def render(self, job_id: str, url: str, options: Mapping[str, object]) -> Any:
        """Order a download and return the answer."""
        fields = {}
        for slot, file in SLOTS.items():
            fields[f"output{slot}PutUrl"] = self.world.url(f"{job_id}/{file}")
            fields[f"output{slot}Key"] = f"{job_id}/{file}"
        wanted = {"url": url, **options}
        return self.engine.render(
            self.world, job_id, engine="media-downloader", options=wanted, **fields
        )

    def order(self, job_id: str, name: str, **options: object) -> None:
        """Order a download of a file that the world serves."""
        deadline = time.monotonic() + WAIT_S
        while True:
            answer = self.render(job_id, self.world.url(name), options)
            if answer.status_code != 503 or time.monotonic() > deadline:
                break
            time.sleep(0.05)  # Who has reported its end a moment ago may still tidy up.
        assert answer.status_code == 202, answer.text

    def end_of(self, job_id: str, name: str, **options: object) -> dict[str, Any]:
        """Order a download and return its last callback."""
        self.order(job_id, name, **options)
        return self.world.end_of(job_id)

    def body(self, job_id: str, file: str) -> bytes:
        """Return what a job has uploaded."""
        return self.world.stored[f"{job_id}/{file}"].body

    def metadata(self, job_id: str) -> dict[str, Any]:
        """Return the document that a job has uploaded."""
        document: dict[str, Any] = json.loads(self.body(job_id, "metadata.json"))
        return document

    def uploaded(self, job_id: str) -> set[str]:
        """Return the names of what a job has uploaded."""
        stored = self.world.stored
        return {name.rpartition("/")[2] for name in stored if name.startswith(f"{job_id}/")}


@contextmanager
def downloader(folder: Path, files: Path, environment: Mapping[str, str]) -> Iterator[Downloader]:
    """Run the downloader's program, and a world that serves the *files* in a folder."""
    served = {path.name: path for path in files.iterdir()}
    with (
        surroundings(served) as world,
        RunningEngine("downloader", folder, environment) as engine,
    ):
        yield Downloader(engine=engine, world=world)
