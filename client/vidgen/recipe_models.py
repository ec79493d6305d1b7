"""What the API answers about recipes and their runs, typed; see `vidgen.models`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from vidgen.models import ENDED, Answer, JobError, Time

__all__ = ["Parameter", "Recipe", "ReviewTrack", "Run", "RunJob", "RunReview"]


class Parameter(Answer):
    """What a run is asked for. *kind*: language (BCP 47) or text; *sets*: options of steps."""

    name: str
    title: dict[str, str] = Field(default_factory=dict)
    kind: str = "text"
    sets: list[str] = Field(default_factory=list)
    required: bool = False
    default: str | None = None


class Recipe(Answer):
    """A list of jobs that take from each other what they make, with reviews in between.

    *source*: whether a run is of a url, of a media, or of either.
    """

    name: str
    built_in: bool
    title: dict[str, str]
    source: str
    parameters: list[Parameter] = Field(default_factory=list)
    steps: list[dict[str, Any]] = Field(default_factory=list)  # Any: JSON, options among it.
    created_at: Time | None = None
    updated_at: Time | None = None


class RunJob(Answer):
    """A job of a run. *cost*: what its result says of it; *took_ms*: from its start to its end."""

    step: str
    kind: Literal["job"]
    job_id: str
    engine: str
    status: str
    phase: str | None = None
    progress: float = 0.0
    attempt: int = 0
    generation: int = 1
    error: JobError | None = None
    cost: dict[str, Any] | None = None  # Any: the engine's own.
    started_at: Time | None = None
    finished_at: Time | None = None
    took_ms: int | None = None


class ReviewTrack(Answer):
    """What a review shows. *made_id*: the version that the step has made; *newest_id*: the newest
    edit of it; *input_id*: the version that was approved.
    """

    track: str
    made_id: str | None = None
    newest_id: str | None = None
    input_id: str | None = None
    language: str | None = None


class RunReview(Answer):
    """A person's look at what steps have made. *state*: waiting, requested, approved, rejected or
    canceled; *tracks* is None in lists.
    """

    step: str
    kind: Literal["review"]
    review_id: str
    state: str
    requested_at: Time | None = None
    decided_at: Time | None = None
    tracks: list[ReviewTrack] | None = None


class Run(Answer):
    """One run of a recipe. *status*: running, in_review, completed, failed or canceled."""

    run_id: str
    recipe: str
    media_id: str
    media_title: str | None = None
    parameters: dict[str, str] = Field(default_factory=dict)
    status: str
    created_at: Time
    finished_at: Time | None = None
    steps: list[Annotated[RunJob | RunReview, Field(discriminator="kind")]]

    @property
    def ended(self) -> bool:
        """Whether nothing follows by itself."""
        return self.status in ENDED

    @property
    def jobs(self) -> list[RunJob]:
        """Its jobs, in their order."""
        return [step for step in self.steps if isinstance(step, RunJob)]

    @property
    def requested(self) -> RunReview | None:
        """The review that waits for a person."""
        reviews = (step for step in self.steps if isinstance(step, RunReview))
        return next((review for review in reviews if review.state == "requested"), None)
