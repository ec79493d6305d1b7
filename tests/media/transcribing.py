"""Transcribe by the real program and hold the results in the hand."""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.engines.stage import RunningEngine, Surroundings, surroundings
from dev.loopback import Handler, served

_NUMBERS = itertools.count(1)
SLOTS = {"Subtitles": "vtt", "Words": "words.json", "Text": "txt", "Metadata": "json"}


@dataclass(slots=True, kw_only=True)
class Transcriber:
    """The running transcriber, and its world."""

    engine: RunningEngine
    world: Surroundings

    def order(self, file: Path, options: Mapping[str, object], **fields: object) -> str:
        """Order a transcript and return its job id. *fields* are added to the request."""
        job_id = f"job_{next(_NUMBERS)}"
        self.world.files[f"{job_id}.media"] = file
        urls = {
            f"output{slot}PutUrl": self.world.url(f"{job_id}/{name}")
            for slot, name in SLOTS.items()
        }
        keys = {f"output{slot}Key": f"{job_id}/{name}" for slot, name in SLOTS.items()}
        answer = self.engine.render(
            self.world,
            job_id,
            engine="asr-pipeline",
            options=options,
            inputVideoUrl=self.world.url(f"{job_id}.media"),
            **urls,
            **keys,
            **fields,
        )
        assert answer.status_code == 202, answer.text
        return job_id

    def hear(self, file: Path, **options: object) -> "Results":
        """Transcribe, expect success, and return what was handed over."""
        job_id = self.order(file, options)
        return self.results(job_id)

    def results(self, job_id: str) -> "Results":
        """Wait for a job, expect success, and return what was handed over."""
        end = self.world.end_of(job_id)
        assert end["status"] == "completed", end
        stored = self.world.stored
        bodies = {
            name: stored[f"{job_id}/{name}"].body.decode()
            for name in SLOTS.values()
            if f"{job_id}/{name}" in stored
        }
        claimed = {slot: claim["sizeBytes"] for slot, claim in end["outputs"].items()}
        assert claimed == {
            slot.lower(): len(bodies[name].encode())
            for slot, name in SLOTS.items()
            if name in bodies
        }
        words = json.loads(bodies["words.json"])
        return Results(
            vtt=bodies.get("vtt"),
            text=bodies.get("txt"),
            words=words["words"],
            metadata=json.loads(bodies["json"]),
        )

    def failure(self, file: Path, **options: object) -> dict[str, Any]:
        """Transcribe, expect failure, and return its error; nothing was handed over."""
        job_id = self.order(file, options)
        end = self.world.end_of(job_id)
        assert end["status"] == "failed", end
        assert not [name for name in self.world.stored if name.startswith(f"{job_id}/")]
        error: dict[str, Any] = end["error"]
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a transcript hands over; *vtt* and *text* are None where nobody speaks."""

    vtt: str | None
    text: str | None
    words: list[dict[str, Any]]
    metadata: dict[str, Any]

    @property
    def codes(self) -> set[str]:
        """The codes of its notices."""
        return {notice["code"] for notice in self.metadata["notices"]}


class _Refuses(Handler):
    def do_POST(self) -> None:
        self.body()
        self.answer(404)


@contextmanager
def nobody_helps() -> Iterator[str]:
    """Give the `piecesUrl` of an orchestrator that gives no pieces: all are made by who asks."""
    with served(_Refuses) as origin:
        yield f"{origin}/pieces"


@contextmanager
def transcriber(folder: Path, **environment: str) -> Iterator[Transcriber]:
    """Run the transcriber's program, and the world around it, until the end of the block."""
    folder.mkdir(exist_ok=True)
    with surroundings() as world, RunningEngine("transcriber", folder, environment) as engine:
        yield Transcriber(engine=engine, world=world)
