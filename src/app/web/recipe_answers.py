"""The API's responses about recipes and their runs, as models; see `app.web.answers`."""

from typing import Annotated, Literal

from pydantic import Field

from app.web.answers import AnyEngine
from app.web.media_answers import UnixMs
from app.web.refusals import Answer
from media_jobs.ids import Id
from media_jobs.status import StatusName

__all__ = ["Run", "RunCheck", "ShownRecipe"]


class ShownRecipe(Answer):
    """A recipe: what a run must say, and its steps, each with what it takes from earlier ones."""

    name: str
    built_in: bool
    title: dict[str, str]
    source: Literal["url", "media", "either"]
    parameters: list[dict[str, object]]
    steps: list[dict[str, object]]
    created_at: UnixMs | None
    updated_at: UnixMs | None


class RunJob(Answer):
    """A job of a run. `cost`: as its result says; `tookMs`: from its start to its end."""

    step: str
    kind: Literal["job"]
    job_id: Id
    engine: AnyEngine
    status: StatusName
    phase: str | None
    progress: Annotated[float, Field(ge=0, le=1)]
    attempt: Annotated[int, Field(ge=0)]
    generation: Annotated[int, Field(ge=1)]
    event_seq: Annotated[int, Field(ge=0)]
    error: dict[str, object] | None
    cost: dict[str, object] | None
    started_at: UnixMs | None
    finished_at: UnixMs | None
    took_ms: int | None


class ReviewTrack(Answer):
    """What is reviewed. `madeId`: what the step has made; `newestId`: its newest edit; `inputId`:
    what was approved. All are null before.
    """

    track: str
    made_id: Id | None
    newest_id: Id | None
    input_id: Id | None
    language: str | None


class RunReview(Answer):
    """A review of a run; `tracks` are null in lists."""

    step: str
    kind: Literal["review"]
    review_id: Id
    state: Literal["waiting", "requested", "approved", "rejected", "canceled"]
    requested_at: UnixMs | None
    decided_at: UnixMs | None
    tracks: list[ReviewTrack] | None


class RunCheck(Answer):
    """A run that could be started, with the names of its steps in their order."""

    recipe: str
    steps: list[str]


class Run(Answer):
    """A run of a recipe. `in_review`: it waits for a person."""

    run_id: Id
    recipe: str
    media_id: Id
    media_title: str | None
    parameters: dict[str, str]
    status: Literal["running", "in_review", "completed", "failed", "canceled"]
    created_at: UnixMs
    finished_at: UnixMs | None
    steps: list[RunJob | RunReview]
