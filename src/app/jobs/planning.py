"""What is to be stored for a new job: checked, but not written yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Discriminator, Field, Tag, ValidationError
from pydantic_core import to_json

from app.jobs.store import insert_job, insert_job_input, select_job
from app.jobs.submission import Known
from app.jobs.wait_store import Wait, insert_wait, select_made_by
from app.media.library import find_media_to_use
from app.media.media import NewMedia, new_media
from app.media.names import name_from_url
from app.media.store import InputRow, MediaRow, select_input, select_inputs
from app.ports import Ports
from app.store import Statement, Value
from app.translation.job_documents import Prepared, prepare_inputs
from app.web.caller import Caller
from media_jobs.dispatch import HEAD_START_S_MAX
from media_jobs.engines import ENGINES, EngineId, InputSlot
from media_jobs.errors import InvalidInput, invalid_field, missing_inputs, unfit_field
from media_jobs.ids import Id, new_id
from media_jobs.limits import RUNNING_MAX, JobLimits
from media_jobs.manifest import InputObject, JobManifest
from media_jobs.recipes.steps import RunJob
from media_jobs.redaction import without_grants
from media_jobs.status import ENDED, WAITING, Status
from media_jobs.strict import Strict
from media_jobs.validation import TAG, field_errors
from media_jobs.wire import Slot


class FromJob(Strict):
    """What another job of the same media makes: an *output* of it that becomes an input."""

    from_job: Id
    output: Slot


CHECKED_MS = 15 * 60_000
"""How long after an object was seen in the bucket nobody looks again before its job starts."""

_IS_OBJECT = Discriminator(
    lambda given: f"{TAG}{'job' if isinstance(given, dict | FromJob) else 'id'}"
)
Chosen = Annotated[
    Annotated[Id, Tag(f"{TAG}id")] | Annotated[FromJob, Tag(f"{TAG}job")],
    _IS_OBJECT,
]
"""What a job reads in a slot: a version, by its id, or what another job makes."""


class NewJob(Strict):
    """A job to be submitted. A download without a media creates one.

    *inputs*: by input slot of the engine, versions to read instead of the newest ones, or what
    another job of the media makes; what the engine can do without is read only if it is named here.
    """

    engine: EngineId
    media_id: Id | None = None
    options: dict[str, object] = Field(default_factory=dict)
    inputs: dict[str, Chosen | None] = Field(default_factory=dict, max_length=10)
    limits: JobLimits = JobLimits()
    priority: Annotated[int, Field(ge=0, le=HEAD_START_S_MAX)] = 0


class JobToCheck(NewJob):
    """A job that is not submitted yet. *coming*: slots whose inputs are still to be uploaded.

    Without a media, all of its inputs are still to come.
    """

    coming: Annotated[tuple[Slot, ...], Field(max_length=10)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A job that another one takes an input from."""

    engine: str
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A job that may be stored. *is_new*: its media is not stored either.

    *keys*: of objects that were written for it, which are to be deleted if it is not stored;
    *statements* note them.
    """

    manifest: JobManifest
    media: MediaRow
    is_new: bool
    inputs: Mapping[str, InputRow] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()
    statements: tuple[Statement, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def job_id(self) -> str:
        return self.manifest.job_id

    def known(self, now_ms: int) -> Known:
        """Return what the orchestrator need not ask the bucket for.

        An input is made once its object was seen there, or written.
        """
        fresh = (slot for slot, i in self.inputs.items() if now_ms - i.created_ms < CHECKED_MS)
        return Known(manifest=self.manifest.to_json().decode(), checked=tuple(fresh))


async def plan_job(
    wanted: NewJob,
    caller: Caller,
    ports: Ports,
    *,
    media: MediaRow | None = None,
    others: Mapping[str, Source] | None = None,
    reviews: Mapping[str, str] | None = None,
) -> Plan:
    """Return what is to be stored for *wanted*.

    *media*: the job's, which may not be stored yet. *others*: jobs that are not stored yet. Of
    *reviews*, by slot, those that the job waits for. Raises InvalidInput, NotFound, Conflict.
    """
    options = _options(wanted)
    found = media or await _media(wanted, options, ports)
    now_ms = ports.now_ms()
    job_id = new_id("job", now_ms, ports.entropy(10))
    inputs, waits = await _inputs(wanted, options, found.media_id, job_id, others or {}, ports)
    manifest = JobManifest(
        job_id=job_id,
        media_id=found.media_id,
        engine=wanted.engine,
        inputs={
            slot: InputObject(key=item.object_key, language=item.language)
            for slot, item in inputs.items()
        },
        options=options,
        limits=wanted.limits,
        caller=caller.token.token_hash[:16],
        head_start_s=wanted.priority,
        running_max=running_max(caller),
        created_at=now_ms,
    )
    # What waits gets what the app writes for it when it begins.
    prepared = Prepared(manifest=manifest) if waits else await prepare_inputs(manifest, ports)
    return Plan(
        manifest=prepared.manifest,
        statements=prepared.statements,
        keys=prepared.keys,
        media=found,
        is_new=media is None and wanted.media_id is None,
        inputs=inputs,
        waits=tuple(replace(w, review_id=(reviews or {}).get(w.slot)) for w in waits),
    )


async def check_plan(wanted: JobToCheck, ports: Ports) -> dict[str, object]:
    """Return all options of a job that could be stored, but for the secret ones.

    Nothing is stored. Raises what `plan_job` raises.
    """
    options = _options(wanted)
    engine = ENGINES[wanted.engine]
    if wanted.media_id is not None or engine.media_from is not None:
        found = await _media(wanted, options, ports)
        await _inputs(wanted, options, found.media_id, "", {}, ports, coming=wanted.coming)
    elif wanted.inputs:
        raise unfit_field("mediaId", "field.required_with", other="inputs")
    return {name: value for name, value in options.items() if name not in engine.secret_options}


def check_options(step: RunJob) -> None:
    """Refuse options of a step of a run that its engine would refuse; raises InvalidInput."""
    _options(NewJob(engine=step.engine, options=dict(step.options)))


def insert_planned(
    plan: Plan, caller: Caller, ports: Ports, guard: tuple[str, tuple[Value, ...]]
) -> list[Statement]:
    """Add a job with what it reads and waits for, where *guard* is true."""
    manifest = plan.manifest
    secret = ENGINES[manifest.engine].secret_options
    shown = {name: value for name, value in manifest.options.items() if name not in secret}
    return [
        insert_job(
            plan.job_id,
            plan.media.media_id,
            manifest.engine,
            to_json(shown).decode(),
            caller.token.token_hash,
            manifest.created_at,
            ports.request_id,
            guard,
            WAITING if plan.waits else Status.QUEUED,
        ),
        *(insert_job_input(plan.job_id, slot, i.input_id) for slot, i in plan.inputs.items()),
        *(insert_wait(wait) for wait in plan.waits),
        *plan.statements,
    ]


def running_max(caller: Caller) -> int | None:
    """Return the limit of the caller's token; before 0.3 a token could have more than counts."""
    most = caller.token.running_max
    return None if most is None else min(most, RUNNING_MAX)


async def _media(wanted: NewJob, options: dict[str, object], ports: Ports) -> MediaRow:
    """Return the job's media; it may be a new one, and is not stored yet then."""
    if wanted.media_id is not None:
        return await find_media_to_use(wanted.media_id, ports)
    media_from = ENGINES[wanted.engine].media_from
    if media_from is None:
        raise invalid_field("mediaId", "field.required_by_engine")
    url = str(options[media_from])
    return new_media(NewMedia(title=name_from_url(url), source_url=without_grants(url)), ports)


def _options(wanted: NewJob) -> dict[str, object]:
    """Return all options of the job, by their names on the wire; raises InvalidInput."""
    try:
        options = ENGINES[wanted.engine].options().model_validate(wanted.options)
    except ValidationError as error:
        faults = [{**f, "field": f"options.{f['field']}"} for f in field_errors(error)]
        raise InvalidInput("bad_request.options", details={"errors": faults}) from None
    return options.model_dump(by_alias=True, exclude_none=True)


async def _inputs(
    wanted: NewJob,
    options: Mapping[str, object],
    media_id: str,
    job_id: str,
    others: Mapping[str, Source],
    ports: Ports,
    *,
    coming: Collection[str] = (),
) -> tuple[dict[str, InputRow], list[Wait]]:
    """Return what the job reads, and what it waits for.

    These are the versions and jobs that it names, and the newest versions of the others. What the
    engine can do without is read only if it is named. *coming*: slots that are filled later.
    """
    known = ENGINES[wanted.engine].inputs_of(options)
    slots = {slot.name: slot for slot in known if not slot.of_job}
    named = {name: item for name, item in wanted.inputs.items() if item is not None}
    for name in named:
        if name not in slots:
            raise invalid_field(f"inputs.{name}", "field.not_an_input", engine=wanted.engine)
    newest = await select_inputs(ports.store, media_id) if slots else {}
    found = {name: newest[name] for name in slots if name in newest and slots[name].required}
    waits = list[Wait]()
    for name, item in named.items():
        if not isinstance(item, FromJob):
            chosen: str | None = item
        else:
            chosen = await _made(item, name, slots[name], media_id, others, ports)
        if isinstance(item, FromJob) and chosen is None:
            found.pop(name, None)
            waits.append(Wait(job_id=job_id, slot=name, from_job=item.from_job, output=item.output))
            continue
        version = await select_input(ports.store, media_id, chosen or "")
        if version is None or not version.ready or version.slot != slots[name].takes:
            raise unfit_field(f"inputs.{name}", "field.not_a_version")
        found[name] = version
    waited = {wait.slot for wait in waits}
    there = {*found, *waited, *coming}
    missing = [name for name, slot in slots.items() if slot.required and name not in there]
    if missing:
        raise missing_inputs(missing)
    for name in named:
        if (other := slots[name].another_of) is not None:
            _check_are_two(name, other, named, found)
    return {name: found[name] for name in slots if name in found}, waits


async def _made(
    wanted: FromJob,
    name: str,
    slot: InputSlot,
    media_id: str,
    others: Mapping[str, Source],
    ports: Ports,
) -> str | None:
    """Return the version that another job has made; None: it has not ended.

    Raises NotFound, Conflict where that job is of another media, makes nothing that fits the slot,
    or has ended without it.
    """
    field, status = f"inputs.{name}", None
    source = others.get(wanted.from_job)
    if source is None:
        job = await select_job(ports.store, wanted.from_job)
        if job is None:
            raise unfit_field(field, "field.no_such_job")
        source, status = Source(engine=job.engine, media_id=job.media_id), job.status
    engine = ENGINES.get(source.engine)
    output = engine.output(wanted.output) if engine else None
    if source.media_id != media_id or output is None or output.becomes != slot.takes:
        raise unfit_field(field, "field.not_made_by_job", output=wanted.output)
    if status is None or status not in ENDED:
        return None
    made = await select_made_by(ports.store, media_id, wanted.from_job)
    if status is not Status.COMPLETED or output.file_name not in made:
        raise unfit_field(field, "field.job_ended", output=wanted.output)
    return made[output.file_name]


def _check_are_two(
    name: str,
    other: str,
    named: Mapping[str, str | FromJob],
    found: Mapping[str, InputRow],
) -> None:
    """Refuse an input *name* without the *other* one, which may be another than meant, or the same.

    Versions are the same if they have one object: one of them is the other one restored.
    """
    if other not in named:
        raise invalid_field(f"inputs.{other}", "field.required_with", other=f"inputs.{name}")
    if name in found and other in found:
        same = found[name].object_key == found[other].object_key
    else:
        same = named[name] == named[other]
    if same:
        raise unfit_field(f"inputs.{name}", "field.another_version", other=f"inputs.{other}")
