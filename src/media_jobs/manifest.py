"""The per-job manifest: what the app promises the orchestrator.

Stored at `manifests/jobs/<jobId>.json`.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from media_jobs.dispatch import HEAD_START_S_MAX
from media_jobs.engines import ENGINES, EngineId
from media_jobs.ids import Id
from media_jobs.keys import is_media_key
from media_jobs.languages import LanguageTag
from media_jobs.limits import Generation, JobLimits, RunningMax
from media_jobs.wire import Message, Milliseconds, Slot

__all__ = ["MANIFEST_BYTES_MAX", "InputObject", "JobManifest"]

MANIFEST_BYTES_MAX = 512 * 1024


class InputObject(Message):
    """An object the job reads; *language*: of its text, where that is known."""

    key: Annotated[str, Field(max_length=1024)]
    language: LanguageTag | None = None


class JobManifest(Message):
    """Everything a job needs beside secrets. *options* is the engine's own model, by alias.

    *caller* is whose turn it is when slots are scarce, *head_start_s* its priority as seconds of
    waiting, *running_max* how many of the caller's jobs may run at once. Events of this generation
    are numbered after *after_seq*, the last one that the app has seen.
    """

    version: Literal[1] = 1
    job_id: Id
    media_id: Id
    engine: EngineId
    generation: Generation = 1
    inputs: Annotated[dict[Slot, InputObject], Field(max_length=10)]
    options: dict[str, object]
    limits: JobLimits = Field(default_factory=JobLimits)
    caller: Annotated[str, Field(max_length=64)] = ""
    head_start_s: Annotated[int, Field(ge=0, le=HEAD_START_S_MAX)] = 0
    running_max: RunningMax | None = None
    after_seq: Annotated[int, Field(ge=0, le=10**9)] = 0
    created_at: Milliseconds

    @model_validator(mode="after")
    def _inputs_belong_to_the_media(self) -> "JobManifest":
        slots = {slot.name for slot in ENGINES[self.engine].inputs}
        for name, item in self.inputs.items():
            if name not in slots:
                raise ValueError(f"{self.engine} has no input {name}")
            if not is_media_key(item.key, self.media_id):
                raise ValueError(f"the key of input {name} is not in the media's folder")
        return self
