"""What is refused of a recipe although each of its fields is well-formed."""

from collections.abc import Iterator, Mapping, Sequence

from media_jobs.engines import ENGINES
from media_jobs.errors import unfit_field
from media_jobs.recipes.document import URL, JobStep, Recipe, ReviewStep, Step, Take, made

__all__ = ["check_recipe"]


def check_recipe(recipe: Recipe) -> None:
    """Refuse a recipe that no run could follow; raises Conflict (`unfit`) with the field."""
    _check_names("steps", [step.step for step in recipe.steps])
    _check_names("parameters", [parameter.name for parameter in recipe.parameters])
    known = {URL, *(parameter.name for parameter in recipe.parameters)}
    earlier = dict[str, JobStep]()
    for number, step in enumerate(recipe.steps):
        place = f"steps.{number}"
        for field, take in _takes(place, step):
            _check_take(field, take, earlier)
        if isinstance(step, ReviewStep):
            _check_review(f"{place}.review", step, recipe.steps[number + 1 :])
            continue
        _check_inputs(place, step, earlier)
        if step.when is not None and step.when not in known:
            raise unfit_field(f"{place}.when", "field.no_parameter", name=step.when)
        earlier[step.step] = step
    for number, parameter in enumerate(recipe.parameters):
        for one, option in enumerate(parameter.sets):
            name = option.partition(".")[0]
            if name not in earlier:
                raise unfit_field(f"parameters.{number}.sets.{one}", "field.no_step", name=name)


def _check_names(place: str, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise unfit_field(f"{place}.{number}", "field.twice", name=name)


def _takes(place: str, step: Step) -> Iterator[tuple[str, Take]]:
    if isinstance(step, JobStep):
        yield from ((f"{place}.inputs.{slot}", take) for slot, take in step.inputs.items())
    else:
        yield from ((f"{place}.review.{one}", take) for one, take in enumerate(step.review))


def _check_take(field: str, take: Take, earlier: Mapping[str, JobStep]) -> None:
    source = earlier.get(take.from_step)
    if source is None:
        raise unfit_field(field, "field.no_earlier_step", name=take.from_step)
    output = ENGINES[source.engine].output(take.output)
    if output is None or output.becomes is None:
        raise unfit_field(field, "field.no_such_output", name=take.from_step, output=take.output)


def _check_inputs(place: str, step: JobStep, earlier: Mapping[str, JobStep]) -> None:
    slots = {slot.name: slot for slot in ENGINES[step.engine].inputs if not slot.of_job}
    for name, take in step.inputs.items():
        if name not in slots:
            raise unfit_field(f"{place}.inputs.{name}", "field.not_an_input", engine=step.engine)
        if made(take, earlier) != slots[name].takes:
            raise unfit_field(f"{place}.inputs.{name}", "field.unfit_output", name=take.track)


def _check_review(field: str, review: ReviewStep, later: Sequence[Step]) -> None:
    """Refuse a review that no job waits for: nobody would ask for it."""
    taken = {t for step in later if isinstance(step, JobStep) for t in step.inputs.values()}
    if not taken & set(review.review):
        raise unfit_field(field, "field.review_of_nothing")
