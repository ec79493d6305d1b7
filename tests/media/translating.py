"""Translate by the real program and hold the results in the hand."""

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev.engines.stage import RunningEngine, Surroundings, surroundings

_NUMBERS = itertools.count(1)
SLOTS = {
    "Subtitles": "vtt",
    "Translation": "translation.json",
    "Comments": "comments.json",
    "Metadata": "json",
}


@dataclass(slots=True, kw_only=True)
class Translator:
    """The running translator, and its world, whose files are written to *folder*."""

    engine: RunningEngine
    world: Surroundings
    folder: Path

    def order(
        self,
        text: str,
        options: Mapping[str, object],
        *,
        memory: object = None,
        **fields: object,
    ) -> str:
        """Order a translation of *text* and return its job id. *fields*: added to the request."""
        job_id = f"job_{next(_NUMBERS)}"
        path = self.folder / job_id
        path.write_text(text)
        self.world.files[f"{job_id}.source"] = path
        field = "inputDataUrl" if options.get("mode") == "comments" else "inputVttUrl"
        more = {field: self.world.url(f"{job_id}.source")}
        if memory is not None:
            settled = self.folder / f"{job_id}.memory"
            settled.write_text(json.dumps(memory))
            self.world.files[settled.name] = settled
            more["inputMemoryUrl"] = self.world.url(settled.name)
        for slot, name in SLOTS.items():
            more[f"output{slot}PutUrl"] = self.world.url(f"{job_id}/{name}")
            more[f"output{slot}Key"] = f"{job_id}/{name}"
        answer = self.engine.render(
            self.world, job_id, engine="subtitle-translator", options=options, **more, **fields
        )
        assert answer.status_code == 202, answer.text
        return job_id

    def translate(
        self,
        text: str,
        *,
        source: str | None = None,
        memory: object = None,
        fields: Mapping[str, object] | None = None,
        **options: object,
    ) -> "Results":
        """Translate from *source*, expect success, and return what was handed over."""
        wanted = {**options, **({"from": source} if source else {})}
        return self.results(self.order(text, wanted, memory=memory, **(fields or {})))

    def results(self, job_id: str) -> "Results":
        """Wait for a job, expect success, and return what was handed over."""
        end = self.world.end_of(job_id)
        assert end["status"] == "completed", end
        bodies = {
            name: self.world.stored[f"{job_id}/{name}"].body.decode()
            for name in SLOTS.values()
            if f"{job_id}/{name}" in self.world.stored
        }
        assert set(end["outputs"]) == {s.lower() for s, name in SLOTS.items() if name in bodies}
        return Results(
            vtt=bodies.get("vtt"),
            translation=json.loads(bodies.get("translation.json", "null")),
            comments=json.loads(bodies.get("comments.json", "null")),
            metadata=json.loads(bodies["json"]),
        )

    def failure(self, text: str, *, source: str | None = None, **options: object) -> dict[str, Any]:
        """Translate, expect failure, and return its error; nothing was handed over."""
        job_id = self.order(text, {**options, **({"from": source} if source else {})})
        end = self.world.end_of(job_id)
        assert end["status"] == "failed", end
        assert not [name for name in self.world.stored if name.startswith(f"{job_id}/")]
        error: dict[str, Any] = end["error"]
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a translation hands over."""

    vtt: str | None
    translation: Any
    comments: Any
    metadata: dict[str, Any]

    @property
    def codes(self) -> set[str]:
        """The codes of its notices."""
        return {notice["code"] for notice in self.metadata["notices"]}


@contextmanager
def translator(folder: Path, **environment: str) -> Iterator[Translator]:
    """Run the translator's program, and the world around it, until the end of the block."""
    work = folder / "work"
    work.mkdir(parents=True)
    with surroundings() as world, RunningEngine("translator", work, environment) as engine:
        yield Translator(engine=engine, world=world, folder=folder)
