"""The recipes that a workspace may run: the built-in ones and its own."""

from pydantic import ValidationError

from app.ports import Ports
from app.recipes.store import (
    RecipeRow,
    delete_recipe,
    save_recipe,
    select_recipe,
    select_recipes,
)
from media_jobs.engines import ENGINES
from media_jobs.errors import Conflict, LimitReached, NotFound, field_fault
from media_jobs.ids import new_id
from media_jobs.recipes.built_in import built_in_recipes
from media_jobs.recipes.checking import check_recipe
from media_jobs.recipes.document import JobStep, Recipe
from media_jobs.validation import field_errors
from media_jobs.wire import read

RECIPES_MAX = 200
"""Of one workspace."""


async def list_recipes(ports: Ports) -> list[dict[str, object]]:
    """Return what the API shows of every recipe, the built-in ones first."""
    shown = [recipe_document(name, recipe, None) for name, recipe in built_in_recipes().items()]
    for row in await select_recipes(ports.store, RECIPES_MAX):
        shown.append(recipe_document(row.name, _recipe(row), row))
    return shown


async def find_recipe(name: str, ports: Ports) -> tuple[Recipe, RecipeRow | None]:
    """Return a recipe, and its row if it is the workspace's own; raises NotFound."""
    built_in = built_in_recipes().get(name)
    if built_in is not None:
        return built_in, None
    row = await select_recipe(ports.store, name)
    if row is None:
        raise NotFound("not_found.recipe", recipe=name)
    return _recipe(row), row


async def put_recipe(name: str, recipe: Recipe, ports: Ports) -> dict[str, object]:
    """Keep a recipe under a name.

    Raises Conflict (`already_exists`, `unfit`), LimitReached.
    """
    if name in built_in_recipes():
        raise Conflict("already_exists.recipe", recipe=name)
    check_recipe(recipe)
    for number, step in enumerate(recipe.steps):
        if isinstance(step, JobStep):
            _check_options(f"steps.{number}.options", step, recipe)
    now_ms = ports.now_ms()
    row = RecipeRow(
        recipe_id=new_id("rcp", now_ms, ports.entropy(10)),
        name=name,
        document=recipe.model_dump_json(by_alias=True, exclude_none=True),
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    if await ports.store.batch([save_recipe(ports.store, row, RECIPES_MAX)]) == [0]:
        raise LimitReached("too_many_recipes", most=RECIPES_MAX)
    saved = await select_recipe(ports.store, name)
    return recipe_document(name, recipe, saved)


async def remove_recipe(name: str, ports: Ports) -> None:
    """Remove a workspace's own recipe; raises NotFound."""
    if await ports.store.batch([delete_recipe(ports.store, name)]) == [0]:
        raise NotFound("not_found.recipe", recipe=name)


def _check_options(place: str, step: JobStep, recipe: Recipe) -> None:
    """Refuse options that no job would have; what a run says is not there yet.

    Secrets belong to one job, and are not kept. Raises Conflict (`unfit`).
    """
    engine = ENGINES[step.engine]
    secret = sorted(engine.secret_options & step.options.keys())
    faults = [field_fault(f"{place}.{name}", "field.not_saved", {}) for name in secret]
    set_by_run = {
        place.partition(".")[2]
        for parameter in recipe.parameters
        for place in parameter.sets
        if place.partition(".")[0] == step.step
    }
    if engine.media_from:
        set_by_run.add(engine.media_from)
    try:
        engine.options().model_validate(step.options)
    except ValidationError as error:
        faults += [
            {**fault, "field": f"{place}.{fault['field']}"}
            for fault in field_errors(error)
            if str(fault["field"]).partition(".")[0] not in set_by_run
        ]
    if faults:
        first = faults[0]
        raise Conflict(
            "unfit", details={"errors": faults}, field=first["field"], reason=first["reason"]
        )


def recipe_document(name: str, recipe: Recipe, row: RecipeRow | None) -> dict[str, object]:
    """Return what the API shows of a recipe."""
    document: dict[str, object] = recipe.model_dump(by_alias=True, exclude_none=True)
    return {
        "name": name,
        "builtIn": row is None,
        **document,
        "createdAt": None if row is None else row.created_ms,
        "updatedAt": None if row is None else row.updated_ms,
    }


def _recipe(row: RecipeRow) -> Recipe:
    return read(Recipe, row.document)
