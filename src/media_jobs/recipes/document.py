"""A recipe as it is written down, and what is checked of it before it is kept."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from media_jobs.engines import ENGINES, EngineId, InputSlot
from media_jobs.strict import Strict
from media_jobs.validation import TAG, FieldRefused
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

    @model_validator(mode="after")
    def _fits(self) -> "Recipe":
        _check_names([step.step for step in self.steps])
        _check_names([parameter.name for parameter in self.parameters])
        known = {URL, *(parameter.name for parameter in self.parameters)}
        earlier = dict[str, JobStep]()
        for step in self.steps:
            for take in _takes(step):
                _check_take(take, earlier)
            if isinstance(step, JobStep):
                _check_inputs(step, earlier)
                if step.when is not None and step.when not in known:
                    raise FieldRefused("field.no_parameter", name=step.when)
                earlier[step.step] = step
        for parameter in self.parameters:
            for name in parameter.sets:
                if name.partition(".")[0] not in earlier:
                    raise FieldRefused("field.no_step", name=name.partition(".")[0])
        return self


def _check_names(names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise FieldRefused("field.twice", name=name)


def _takes(step: Step) -> Iterator[Take]:
    yield from step.inputs.values() if isinstance(step, JobStep) else step.review


def _check_take(take: Take, earlier: dict[str, JobStep]) -> None:
    source = earlier.get(take.from_step)
    if source is None:
        raise FieldRefused("field.no_earlier_step", name=take.from_step)
    output = ENGINES[source.engine].output(take.output)
    if output is None or output.becomes is None:
        raise FieldRefused("field.no_such_output", name=take.from_step, output=take.output)


def _check_inputs(step: JobStep, earlier: dict[str, JobStep]) -> None:
    slots = {slot.name: slot for slot in ENGINES[step.engine].inputs if not slot.of_job}
    for name, take in step.inputs.items():
        if name not in slots:
            raise FieldRefused("field.no_slot", name=step.step, slot=name)
        if made(take, earlier) != slots[name].takes:
            raise FieldRefused("field.unfit_output", name=take.track, slot=f"{step.step}.{name}")


def made(take: Take, steps: dict[str, JobStep]) -> str | None:
    """Return the kind of input that a step's output becomes."""
    output = ENGINES[steps[take.from_step].engine].output(take.output)
    return None if output is None else output.becomes


def slot_of(step: JobStep, kind: str | None) -> InputSlot | None:
    """Return the first slot of a step's engine that takes such an input."""
    return next((slot for slot in ENGINES[step.engine].inputs if slot.takes == kind), None)
