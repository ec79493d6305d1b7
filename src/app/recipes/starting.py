"""Starting a run: all of its jobs are stored at once, and those that can begin are submitted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, cast

from pydantic import ConfigDict, Field

from app.jobs.accept import check_limit, earlier_id, find_job, insert_refusal
from app.jobs.planning import (
    FromJob,
    NewJob,
    Plan,
    Source,
    check_options,
    insert_planned,
    plan_job,
)
from app.jobs.store import has_room
from app.jobs.submission import submit
from app.jobs.wait_store import ReviewRow, insert_review
from app.media.library import find_media_to_use
from app.media.media import NewMedia, new_media
from app.media.names import name_from_url
from app.media.store import MediaRow, delete_unused_media, insert_media
from app.ports import Ports
from app.recipes.recipes import find_recipe
from app.recipes.runs import find_run
from app.recipes.store import (
    RunRow,
    insert_idempotent_run,
    insert_run,
    insert_step,
    run_exists,
    select_run,
)
from app.store import Statement
from app.web.call import Once
from app.web.caller import Caller
from media_jobs.engines import ENGINES
from media_jobs.errors import Conflict, InvalidInput, invalid_field
from media_jobs.ids import Id, new_id
from media_jobs.keys import manifest_key
from media_jobs.options import HttpUrl
from media_jobs.recipes.document import StepName
from media_jobs.recipes.steps import RunJob, RunReview, steps_of_run
from media_jobs.redaction import without_grants
from media_jobs.strict import Strict

Parameters = dict[StepName, Annotated[str, Field(min_length=1, max_length=300)]]


class NewRun(Strict):
    """A run of a recipe, of a URL or of a media. *options*: by step, over the recipe's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
                for name in ("url", "mediaId")
            ]
        }
    )
    url: HttpUrl | None = None
    media_id: Id | None = None
    parameters: Parameters = Field(default_factory=dict, max_length=20)
    options: dict[StepName, dict[str, object]] = Field(default_factory=dict, max_length=12)


class RunToCheck(Strict):
    """A run that is not started yet: of a URL, of a media, or of a file that is still to come."""

    url: HttpUrl | None = None
    media_id: Id | None = None
    parameters: Parameters = Field(default_factory=dict, max_length=20)
    options: dict[StepName, dict[str, object]] = Field(default_factory=dict, max_length=12)


async def start_run(
    name: str,
    wanted: NewRun,
    once: Once | None,
    caller: Caller,
    ports: Ports,
    also: Callable[[str], Sequence[Statement]] | None = None,
) -> tuple[RunRow, bool]:
    """Store a run with all of its jobs, and submit those that can begin; return whether it is new.

    The same key and body (*once*) from the same caller return the same run. *also*: by the run's
    id, what is stored in one batch with it.
    Raises InvalidInput, NotFound, Conflict, LimitReached.
    """
    if once is not None and (earlier := await _earlier(caller, once, ports)) is not None:
        return earlier, False
    recipe, _ = await find_recipe(name, ports)
    steps = steps_of_run(recipe, wanted.url, wanted.parameters, wanted.options)
    await check_limit(caller, ports, sum(isinstance(step, RunJob) for step in steps))
    media = await _media(wanted, ports)
    run = _new_run(name, wanted, media, ports)
    plans, statements = await _planned(run, steps, media, caller, ports)
    statements.insert(0, insert_run(run, ports.request_id, has_room(caller.token, len(plans))))
    if wanted.url is not None:
        added = insert_media(ports.store, media)
        statements = [added, *statements, delete_unused_media(media.media_id)]
    if once is not None:
        known = insert_idempotent_run(caller.token.token_hash, once.key, once.body_hash, run)
        statements.append(known)
    if also is not None:
        statements += also(run.run_id)
    try:
        await _store(plans, statements, ports)
    except Conflict:
        # The same request was faster; its run is the answer to both.
        earlier = None if once is None else await _earlier(caller, once, ports)
        if earlier is None:
            raise
        return earlier, False
    if await select_run(ports.store, run.run_id) is None:
        await _take_back(plans, ports)
        raise await insert_refusal(wanted.media_id, caller, ports)
    ports.log({"event": "run_started", "runId": run.run_id, "recipe": name, "jobs": len(plans)})
    ports.hub.tell_media(media.media_id)
    for plan in plans:
        if not plan.waits:
            await submit(await find_job(plan.job_id, ports), ports, plan.known(ports.now_ms()))
    return await find_run(run.run_id, ports), True


async def check_kept_run(name: str, wanted: NewRun, caller: Caller, ports: Ports) -> None:
    """Refuse what `start_run` would refuse of a run of a URL, as far as it can be known before.

    What belongs to one job alone (cookies, …) is refused, too: it is not kept.
    Raises InvalidInput, NotFound, Conflict.
    """
    recipe, _ = await find_recipe(name, ports)
    steps = steps_of_run(recipe, wanted.url, wanted.parameters, wanted.options)
    for step in steps:
        secret = ENGINES[step.engine].secret_options if isinstance(step, RunJob) else frozenset()
        for option in sorted(secret & wanted.options.get(step.step, {}).keys()):
            raise invalid_field(f"options.{step.step}.{option}", "field.not_saved")
    await _check_planned(name, wanted, steps, caller, ports)


async def check_run(
    name: str, wanted: RunToCheck, caller: Caller, ports: Ports
) -> dict[str, object]:
    """Return what would be started; nothing is stored. Raises what `start_run` raises."""
    recipe, _ = await find_recipe(name, ports)
    steps = steps_of_run(recipe, wanted.url, wanted.parameters, wanted.options)
    jobs = [step for step in steps if isinstance(step, RunJob)]
    await check_limit(caller, ports, len(jobs))
    if wanted.url is None and wanted.media_id is None:
        for job in jobs:
            with _said_of(job):
                check_options(job)
    else:
        given = {"url": wanted.url, "media_id": wanted.media_id}
        # Both are refused there.
        run = NewRun(**given, parameters=wanted.parameters, options=wanted.options)
        await _check_planned(name, run, steps, caller, ports)
    return {"recipe": name, "steps": [step.step for step in steps]}


async def _check_planned(
    name: str, wanted: NewRun, steps: list[RunJob | RunReview], caller: Caller, ports: Ports
) -> None:
    media = await _media(wanted, ports)
    run = _new_run(name, wanted, media, ports)
    plans, _ = await _planned(run, steps, media, caller, ports)
    await ports.objects.delete_many([key for plan in plans for key in plan.keys])


def _new_run(name: str, wanted: NewRun, media: MediaRow, ports: Ports) -> RunRow:
    return RunRow(
        run_id=new_id("run", ports.now_ms(), ports.entropy(10)),
        media_id=media.media_id,
        recipe=name,
        parameters=dict(wanted.parameters),
        created_ms=ports.now_ms(),
    )


async def _store(plans: list[Plan], statements: list[Statement], ports: Ports) -> None:
    """Write manifests, then rows; raises Conflict, with nothing written."""
    for plan in plans:
        text = plan.manifest.to_json().decode()
        await ports.objects.put_text(manifest_key(plan.job_id), text, "application/json")
    try:
        await ports.store.batch(statements)
    except Conflict:
        await _take_back(plans, ports)
        raise


async def _planned(
    run: RunRow,
    steps: list[RunJob | RunReview],
    media: MediaRow,
    caller: Caller,
    ports: Ports,
) -> tuple[list[Plan], list[Statement]]:
    """Return the jobs of a run, and what stores them, its reviews and its steps."""
    plans, statements = dict[str, Plan](), list[Statement]()
    reviews, others = dict[str, str](), dict[str, Source]()
    for position, step in enumerate(steps):
        if isinstance(step, RunReview):
            review_id = new_id("rev", run.created_ms, ports.entropy(10))
            reviews[step.step] = review_id
            review = ReviewRow(
                review_id=review_id, run_id=run.run_id, media_id=media.media_id, state="waiting"
            )
            statements += [
                insert_review(review),
                insert_step(run.run_id, position, step.step, None, review_id),
            ]
            continue
        inputs: dict[str, str | FromJob | None] = {
            slot: FromJob(from_job=plans[take.from_step].job_id, output=take.output)
            for slot, take in step.takes.items()
        }
        wanted = NewJob(
            engine=step.engine,
            media_id=media.media_id,
            options=dict(step.options),
            inputs=inputs,
        )
        plan = await _plan(step, wanted, media, others, reviews, caller, ports)
        plans[step.step] = plan
        others[plan.job_id] = Source(engine=step.engine, media_id=media.media_id)
        statements += [
            *insert_planned(plan, caller, ports, run_exists(run.run_id)),
            insert_step(run.run_id, position, step.step, plan.job_id, None),
        ]
    return list(plans.values()), statements


async def _plan(
    step: RunJob,
    wanted: NewJob,
    media: MediaRow,
    others: Mapping[str, Source],
    reviews: Mapping[str, str],
    caller: Caller,
    ports: Ports,
) -> Plan:
    """Plan one job; what is refused of its options is said with the name of its step."""
    with _said_of(step):
        return await plan_job(
            wanted,
            caller,
            ports,
            media=media,
            others=others,
            reviews={slot: reviews[name] for slot, name in step.reviews.items()},
        )


@contextmanager
def _said_of(step: RunJob) -> Iterator[None]:
    """Name the step in what is refused of its options."""
    try:
        yield
    except InvalidInput as error:
        faults = cast(list[dict[str, object]], error.details.get("errors", []))
        of_step = f"options.{step.step}."
        error.details = {
            "errors": [
                {**fault, "field": str(fault["field"]).replace("options.", of_step, 1)}
                for fault in faults
            ]
        }
        raise


async def _media(wanted: NewRun, ports: Ports) -> MediaRow:
    """Return the media of a run, which may be a new one; raises InvalidInput, NotFound."""
    if (wanted.url is None) == (wanted.media_id is None):
        raise invalid_field("url", "field.url_or_media")
    if wanted.media_id is not None:
        return await find_media_to_use(wanted.media_id, ports)
    url = wanted.url or ""
    return new_media(NewMedia(title=name_from_url(url), source_url=without_grants(url)), ports)


async def _take_back(plans: list[Plan], ports: Ports) -> None:
    keys = [key for plan in plans for key in (manifest_key(plan.job_id), *plan.keys)]
    await ports.objects.delete_many(keys)


async def _earlier(caller: Caller, once: Once, ports: Ports) -> RunRow | None:
    run_id = await earlier_id(caller, once, ports)
    return None if run_id is None else await find_run(run_id, ports)
