"""A recipe as it is written down."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from media_jobs.engines import ENGINES, EngineId
from media_jobs.strict import Strict
from media_jobs.validation import TAG
from media_jobs.wire import Slot

__all__ = [
    "URL",
    "JobStep",
    "Parameter",
    "Recipe",
    "ReviewStep",
    "Step",
    "StepName",
    "Take",
    "made",
]

STEPS_MAX = 12
URL = "url"
"""What a step names as its condition that is there for runs with a URL alone."""
StepName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}\z")]


class Take(Strict):
    """What an earlier step makes: an *output* of its engine that becomes an input of the media."""

    from_step: StepName
    output: Slot

    @property
    def track(self) -> str:
        """Its name in a review: ``translate.subtitles``."""
        return f"{self.from_step}.{self.output}"


class JobStep(Strict):
    """A job. *inputs*, by slot: what is not taken from a step is the newest version of the media.

    *when*: ``url`` or a parameter, without which the step is left out. Who takes from it takes then
    what it would have taken itself.
    """

    step: StepName
    engine: EngineId
    options: dict[str, object] = Field(default_factory=dict)
    inputs: Annotated[dict[Slot, Take], Field(max_length=10)] = Field(default_factory=dict)
    when: StepName | None = None


class ReviewStep(Strict):
    """A person looks at what steps have made. Whoever takes it later takes what was approved."""

    step: StepName
    review: Annotated[list[Take], Field(min_length=1, max_length=10)]


Step = JobStep | ReviewStep
AnyStep = Annotated[
    Annotated[JobStep, Tag(f"{TAG}job")] | Annotated[ReviewStep, Tag(f"{TAG}review")],
    Discriminator(
        lambda given: f"{TAG}{'review' if _is_review(given) else 'job'}",
    ),
]


def _is_review(given: object) -> bool:
    return "review" in given if isinstance(given, dict) else isinstance(given, ReviewStep)


class Parameter(Strict):
    """What a run is asked for: *sets* options of steps, as ``translate.to``.

    *kind*: what the page asks with. *default*: where a run does not say; a *required* one has none.
    """

    name: StepName
    title: dict[Literal["en", "zh"], str] = Field(default_factory=dict)
    kind: Literal["language", "text"] = "text"
    sets: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}\.[A-Za-z]{1,40}\z")]],
        Field(min_length=1, max_length=STEPS_MAX),
    ]
    required: bool = False
    default: Annotated[str, Field(max_length=300)] | None = None


class Recipe(Strict):
    """Steps in an order in which each takes from earlier ones alone, and what a run must say.

    *source*: whether a run is of a URL, of a media, or of either.
    """

    title: Annotated[dict[Literal["en", "zh"], str], Field(min_length=1)]
    source: Literal["url", "media", "either"] = "either"
    parameters: list[Parameter] = Field(default_factory=list, max_length=20)
    steps: Annotated[list[AnyStep], Field(min_length=1, max_length=STEPS_MAX)]


def made(take: Take, steps: Mapping[str, JobStep]) -> str | None:
    """Return the kind of input that a step's output becomes."""
    output = ENGINES[steps[take.from_step].engine].output(take.output)
    return None if output is None else output.becomes
