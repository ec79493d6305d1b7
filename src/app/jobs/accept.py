"""Jobs: accepting, showing and cancelling them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_core import to_json

from app.jobs.links import links_document
from app.jobs.store import (
    insert_idempotency,
    insert_job,
    insert_job_input,
    restart,
    select_idempotent_job,
    select_job,
    select_unfinished_jobs,
)
from app.jobs.submission import end_job, submit
from app.media.media import NewMedia, find_media, new_media
from app.media.names import name_from_url
from app.media.store import (
    InputRow,
    MediaRow,
    delete_unused_media,
    insert_media,
    select_input,
    select_inputs,
    select_media,
)
from app.orchestrator import cancel as cancel_there
from app.ports import Ports
from app.rows import JobRow
from app.translation.job_documents import prepare_inputs
from app.web.call import Once
from app.web.caller import Caller
from media_jobs.dispatch import HEAD_START_S_MAX
from media_jobs.engines import ENGINES, EngineId
from media_jobs.errors import (
    Conflict,
    InvalidInput,
    LimitReached,
    MediaJobsError,
    NotFound,
    invalid_field,
    missing_inputs,
    present,
    unfit_field,
)
from media_jobs.ids import Id, new_id
from media_jobs.keys import manifest_key
from media_jobs.limits import GENERATIONS_MAX, RUNNING_MAX, JobLimits
from media_jobs.manifest import InputObject, JobManifest
from media_jobs.redaction import without_grants
from media_jobs.status import Status
from media_jobs.strict import Strict
from media_jobs.validation import field_errors
from media_jobs.wire import read

MANIFEST_BYTES_MAX = 512 * 1024
# The models are made at the Worker's start, not in its first requests.
for _engine in ENGINES.values():
    _engine.options()


class NewJob(Strict):
    """A job to be submitted. A download without a media creates one.

    *inputs*: versions to read instead of the newest ones, by input slot of the engine; what it can
    do without is read only if it is named here.
    """

    engine: EngineId
    media_id: Id | None = None
    options: dict[str, object] = Field(default_factory=dict)
    inputs: dict[str, Id | None] = Field(default_factory=dict, max_length=10)
    limits: JobLimits = JobLimits()
    priority: Annotated[int, Field(ge=0, le=HEAD_START_S_MAX)] = 0


async def accept_job(
    wanted: NewJob, once: Once | None, caller: Caller, ports: Ports
) -> tuple[JobRow, bool]:
    """Accept a job and submit it to the orchestrator; return it and whether it is new.

    The same key and body (*once*) from the same caller return the same job.
    Raises InvalidInput, NotFound, Conflict (`idempotency_key_reused`).
    """
    if once is not None and (earlier := await _earlier(caller, once, ports)) is not None:
        return earlier, False
    options = _options(wanted)
    await _check_limit(caller, ports)
    now_ms = ports.now_ms()
    media = await _media(wanted, options, ports)
    inputs = await _inputs(wanted, options, media.media_id, ports)
    named = JobManifest(
        job_id=new_id("job", now_ms, ports.entropy(10)),
        media_id=media.media_id,
        engine=wanted.engine,
        inputs={slot: _object(item) for slot, item in inputs.items()},
        options=options,
        limits=wanted.limits,
        caller=caller.token.token_hash[:16],
        head_start_s=wanted.priority,
        running_max=_running_max(caller),
        created_at=now_ms,
    )
    prepared = await prepare_inputs(named, ports)
    job_id, place, manifest = named.job_id, manifest_key(named.job_id), prepared.manifest
    await ports.objects.put_text(place, manifest.to_json().decode(), "application/json")
    secret = ENGINES[wanted.engine].secret_options
    shown = {name: value for name, value in options.items() if name not in secret}
    statements = [
        insert_job(
            job_id,
            media.media_id,
            wanted.engine,
            to_json(shown).decode(),
            caller.token.token_hash,
            now_ms,
            ports.request_id,
            caller.token.queued_max,
        ),
        *(insert_job_input(job_id, slot, item.input_id) for slot, item in inputs.items()),
        *prepared.statements,
    ]
    if wanted.media_id is None:
        added = insert_media(ports.store, media)
        statements = [added, *statements, delete_unused_media(media.media_id)]
    if once is not None:
        statements.append(
            insert_idempotency(caller.token.token_hash, once.key, once.body_hash, job_id, now_ms)
        )
    try:
        await ports.store.batch(statements)
    except Conflict:
        # The same request was faster; its job is the answer to both.
        await ports.objects.delete_many([place, *prepared.keys])
        earlier = None if once is None else await _earlier(caller, once, ports)
        if earlier is None:
            raise
        return earlier, False
    job = await select_job(ports.store, job_id)
    if job is None:
        await ports.objects.delete_many([place, *prepared.keys])
        raise await _insert_refusal(wanted, caller, ports)
    ports.log({"event": "job_accepted", "jobId": job_id, "engine": wanted.engine})
    await submit(job, ports)
    return await find_job(job_id, ports), True


async def _media(wanted: NewJob, options: dict[str, object], ports: Ports) -> MediaRow:
    """Return the job's media; it may be a new one, and is not stored yet then."""
    if wanted.media_id is not None:
        return await find_media(wanted.media_id, ports)
    media_from = ENGINES[wanted.engine].media_from
    if media_from is None:
        raise invalid_field("mediaId", "field.required_by_engine")
    url = str(options[media_from])
    return new_media(NewMedia(title=name_from_url(url), source_url=without_grants(url)), ports)


def _running_max(caller: Caller) -> int | None:
    """Return the limit of the caller's token; before 0.3 a token could have more than counts."""
    most = caller.token.running_max
    return None if most is None else min(most, RUNNING_MAX)


async def _check_limit(caller: Caller, ports: Ports) -> None:
    if caller.token.queued_max is None:
        return
    if (
        await select_unfinished_jobs(ports.store, caller.token.token_hash)
        >= caller.token.queued_max
    ):
        raise _too_many(caller)


async def _insert_refusal(wanted: NewJob, caller: Caller, ports: Ports) -> MediaJobsError:
    """Return what happened between checks and insert: other jobs, or the media's deletion."""
    if wanted.media_id is None or await select_media(ports.store, wanted.media_id) is not None:
        return _too_many(caller)
    return NotFound("not_found.media", media=wanted.media_id)


def _too_many(caller: Caller) -> LimitReached:
    return LimitReached("too_many_jobs", most=caller.token.queued_max or 0)


async def _earlier(caller: Caller, once: Once, ports: Ports) -> JobRow | None:
    known = await select_idempotent_job(ports.store, caller.token.token_hash, once.key)
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Conflict("idempotency_key_reused")
    return await find_job(known[1], ports)


def _options(wanted: NewJob) -> dict[str, object]:
    """Return all options of the job, by their names on the wire; raises InvalidInput."""
    try:
        options = ENGINES[wanted.engine].options().model_validate(wanted.options)
    except ValidationError as error:
        faults = [{**f, "field": f"options.{f['field']}"} for f in field_errors(error)]
        raise InvalidInput("bad_request.options", details={"errors": faults}) from None
    return options.model_dump(by_alias=True, exclude_none=True)


async def _inputs(
    wanted: NewJob, options: Mapping[str, object], media_id: str, ports: Ports
) -> dict[str, InputRow]:
    """Return what the job reads: the versions it names, and the newest ones of the others.

    What the engine can do without is read only if it is named.
    """
    known = ENGINES[wanted.engine].inputs_of(options)
    slots = {slot.name: slot for slot in known if not slot.of_job}
    chosen = {name: item for name, item in wanted.inputs.items() if item is not None}
    for name in chosen:
        if name not in slots:
            raise invalid_field(f"inputs.{name}", "field.not_an_input", engine=wanted.engine)
    newest = await select_inputs(ports.store, media_id) if slots else {}
    found = {name: newest[name] for name in slots if name in newest and slots[name].required}
    for name, input_id in chosen.items():
        item = await select_input(ports.store, media_id, input_id)
        if item is None or not item.ready or item.slot != slots[name].takes:
            raise unfit_field(f"inputs.{name}", "field.not_a_version")
        found[name] = item
    missing = [name for name, slot in slots.items() if slot.required and name not in found]
    if missing:
        raise missing_inputs(missing)
    for name in chosen:
        if (other := slots[name].another_of) is not None:
            _check_are_two(name, other, chosen, found)
    return {name: found[name] for name in slots if name in found}


def _check_are_two(
    name: str, other: str, chosen: Mapping[str, str], found: Mapping[str, InputRow]
) -> None:
    """Refuse an input *name* without the *other* one, which may be another than meant, or the same.

    Versions are the same if they have one object: one of them is the other one restored.
    """
    if other not in chosen:
        raise invalid_field(f"inputs.{other}", "field.required_with", other=f"inputs.{name}")
    if found[name].object_key == found[other].object_key:
        raise unfit_field(f"inputs.{name}", "field.another_version", other=f"inputs.{other}")


def _object(item: InputRow) -> InputObject:
    return InputObject(key=item.object_key, language=item.language)


async def find_job(job_id: str, ports: Ports) -> JobRow:
    """Return a job; raises NotFound."""
    return present(await select_job(ports.store, job_id), "not_found.job", job=job_id)


async def cancel_job(job_id: str, ports: Ports) -> JobRow:
    """Cancel a job; one that has ended stays as it is. Raises NotFound, UpstreamError."""
    job = await find_job(job_id, ports)
    if job.ended:
        return job
    if not await cancel_there(job, "canceled by the user", ports):
        await end_job(job, Status.CANCELED, None, ports)
    return await find_job(job_id, ports)


async def retry_job(job_id: str, caller: Caller, ports: Ports) -> JobRow:
    """Retry a failed or canceled job, as a new generation with its history.

    It counts towards the token of *caller*; its owner stays.
    Raises NotFound, Conflict (`job_not_failed`, `manifest_gone`, `too_many_retries`), LimitReached.
    """
    job = await find_job(job_id, ports)
    if job.status not in (Status.FAILED, Status.CANCELED):
        raise Conflict("job_not_failed", status=job.status)
    await _check_limit(caller, ports)
    text = await ports.objects.text(manifest_key(job_id), MANIFEST_BYTES_MAX)
    if text is None:
        raise Conflict("manifest_gone")
    generation = job.generation + 1
    if generation > GENERATIONS_MAX:
        raise Conflict("too_many_retries", most=GENERATIONS_MAX - 1)
    again = read(JobManifest, text).model_copy(
        update={
            "generation": generation,
            "after_seq": job.event_seq,
            "created_at": ports.now_ms(),
            "caller": caller.token.token_hash[:16],
            "running_max": _running_max(caller),
        }
    )
    prepared = await prepare_inputs(again, ports)
    await ports.objects.put_text(
        manifest_key(job_id), prepared.manifest.to_json().decode(), "application/json"
    )
    statement = restart(
        job, caller.token.token_hash, ports.now_ms(), ports.request_id, caller.token.queued_max
    )
    if (await ports.store.batch([statement, *prepared.statements]))[0] == 0:
        await find_media(job.media_id, ports)
        await _check_limit(caller, ports)
        raise Conflict("job_not_failed.restarted")
    ports.log({"event": "job_retried", "jobId": job_id, "generation": generation})
    await submit(await find_job(job_id, ports), ports)
    return await find_job(job_id, ports)


def job_document(job: JobRow, ports: Ports) -> dict[str, object]:
    """Return what the API shows of a job, with signed links to its outputs."""
    return {
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "engine": job.engine,
        "generation": job.generation,
        "eventSeq": job.event_seq,
        "options": job.options,
        "inputs": job.inputs,
        "status": job.status,
        "phase": job.phase,
        "progress": job.progress,
        "attempt": job.attempt,
        "error": job.error,
        "accepted": job.accepted,
        "handoverError": job.handover_error,
        "deadLetters": job.dead_letters,
        "queue": None,
        "artifacts": links_document(job, ports),
        "artifactsExpiredAt": job.artifacts_expired_ms,
        "requestId": job.request_id,
        "createdAt": job.created_ms,
        "updatedAt": job.updated_ms,
        "finishedAt": job.finished_ms,
    }
