"""The steps of one run: a recipe with what the run says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from media_jobs.engines import ENGINES
from media_jobs.errors import invalid_field
from media_jobs.recipes.document import URL, JobStep, Parameter, Recipe, ReviewStep, Take, made

__all__ = ["RunJob", "RunReview", "steps_of_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """A job of a run. *takes* and *reviews* by slot: a review approves what is taken."""

    step: str
    engine: str
    options: Mapping[str, object]
    takes: Mapping[str, Take]
    reviews: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReview:
    """A review of a run, of the steps' outputs in *takes*."""

    step: str
    takes: tuple[Take, ...]


def steps_of_run(
    recipe: Recipe,
    url: str | None,
    parameters: Mapping[str, str],
    options: Mapping[str, Mapping[str, object]],
) -> list[RunJob | RunReview]:
    """Return what a run of *recipe* does.

    *url*: None where the run is of a media. *options*: by step; they stand above the parameters',
    which stand above the recipe's. Raises InvalidInput.
    """
    given = _given(recipe, url, parameters)
    jobs = {step.step: step for step in recipe.steps if isinstance(step, JobStep)}
    for name in options:
        if name not in jobs:
            raise invalid_field(f"options.{name}", "field.no_step", name=name)
    found, approved = list[RunJob | RunReview](), dict[Take, str]()
    for step in recipe.steps:
        if isinstance(step, ReviewStep):
            resolved_all = (_resolved(take, jobs, given) for take in step.review)
            takes = tuple(dict.fromkeys(take for take in resolved_all if take is not None))
            if takes:
                found.append(RunReview(step=step.step, takes=takes))
                approved |= dict.fromkeys(takes, step.step)
            continue
        if step.when is not None and step.when not in given:
            continue
        resolved = {slot: _resolved(take, jobs, given) for slot, take in step.inputs.items()}
        taken = {slot: take for slot, take in resolved.items() if take is not None}
        found.append(
            RunJob(
                step=step.step,
                engine=step.engine,
                options=_options(step, recipe.parameters, given, options.get(step.step, {})),
                takes=taken,
                reviews={slot: approved[take] for slot, take in taken.items() if take in approved},
            )
        )
    asked = {name for one in found if isinstance(one, RunJob) for name in one.reviews.values()}
    # A review that only steps would have taken which are left out is asked of nobody.
    return [one for one in found if isinstance(one, RunJob) or one.step in asked]


def _given(recipe: Recipe, url: str | None, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what the run says, by parameter, and its URL; raises InvalidInput."""
    if url is not None and recipe.source == "media":
        raise invalid_field("url", "field.of_a_media")
    if url is None and recipe.source == "url":
        raise invalid_field("url", "field.required")
    known = {parameter.name: parameter for parameter in recipe.parameters}
    for name in parameters:
        if name not in known:
            raise invalid_field(f"parameters.{name}", "field.unknown")
    given = {name: p.default for name, p in known.items() if p.default is not None}
    given |= parameters
    for name, parameter in known.items():
        if parameter.required and not given.get(name):
            raise invalid_field(f"parameters.{name}", "field.required")
    return given if url is None else {**given, URL: url}


def _resolved(take: Take, jobs: dict[str, JobStep], given: Mapping[str, str]) -> Take | None:
    """Return what is taken where steps are left out; None: the newest version of the media."""
    step = jobs[take.from_step]
    if step.when is None or step.when in given:
        return take
    kind = made(take, jobs)
    for slot in ENGINES[step.engine].inputs:
        if slot.takes == kind and slot.name in step.inputs:
            return _resolved(step.inputs[slot.name], jobs, given)
    return None


def _options(
    step: JobStep,
    parameters: list[Parameter],
    given: Mapping[str, str],
    own: Mapping[str, object],
) -> dict[str, object]:
    options = dict(step.options)
    media_from = ENGINES[step.engine].media_from
    if media_from is not None and URL in given:
        options[media_from] = given[URL]
    for parameter in parameters:
        if parameter.name in given:
            for place in parameter.sets:
                name, _, option = place.partition(".")
                if name == step.step:
                    options[option] = given[parameter.name]
    return {**options, **own}
