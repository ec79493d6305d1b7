"""Jobs: accepting, showing and cancelling them."""

from app.jobs.history import BY_HAND
from app.jobs.links import links_document
from app.jobs.planning import (
    JobToCheck,
    NewJob,
    check_plan,
    insert_planned,
    plan_job,
    running_max,
)
from app.jobs.settling import settle
from app.jobs.store import (
    has_room,
    insert_idempotency,
    restart,
    select_idempotent_job,
    select_job,
    select_job_after,
    select_unfinished_jobs,
)
from app.jobs.submission import Known, end_job, submit
from app.jobs.wait_store import select_waits, wait_again
from app.media.library import find_media_to_use
from app.media.media import find_media
from app.media.store import delete_unused_media, insert_media, select_media
from app.orchestrator import cancel as cancel_there
from app.ports import Ports
from app.rows import JobRow
from app.translation.job_documents import prepare_inputs
from app.web.call import Once
from app.web.caller import Caller
from media_jobs.errors import Conflict, LimitReached, MediaJobsError, NotFound, present
from media_jobs.keys import manifest_key
from media_jobs.limits import GENERATIONS_MAX
from media_jobs.manifest import MANIFEST_BYTES_MAX, JobManifest
from media_jobs.status import WAITING, Status
from media_jobs.wire import read


async def accept_job(
    wanted: NewJob, once: Once | None, caller: Caller, ports: Ports
) -> tuple[JobRow, bool]:
    """Accept a job and submit it to the orchestrator; return it and whether it is new.

    The same key and body (*once*) from the same caller return the same job.
    Raises InvalidInput, NotFound, Conflict (`idempotency_key_reused`).
    """
    if once is not None and (earlier := await _earlier(caller, once, ports)) is not None:
        return earlier, False
    await check_limit(caller, ports)
    plan = await plan_job(wanted, caller, ports)
    job_id, place = plan.job_id, manifest_key(plan.job_id)
    await ports.objects.put_text(place, plan.manifest.to_json().decode(), "application/json")
    statements = insert_planned(plan, caller, ports, has_room(caller.token))
    if plan.is_new:
        added = insert_media(ports.store, plan.media)
        statements = [added, *statements, delete_unused_media(plan.media.media_id)]
    if once is not None:
        statements.append(
            insert_idempotency(
                caller.token.token_hash,
                once.key,
                once.body_hash,
                job_id,
                plan.manifest.created_at,
            )
        )
    try:
        job = await select_job_after(ports.store, statements, job_id)
    except Conflict:
        # The same request was faster; its job is the answer to both.
        await ports.objects.delete_many([place, *plan.keys])
        earlier = None if once is None else await _earlier(caller, once, ports)
        if earlier is None:
            raise
        return earlier, False
    if job is None:
        await ports.objects.delete_many([place, *plan.keys])
        raise await insert_refusal(wanted.media_id, caller, ports)
    ports.log({"event": "job_accepted", "jobId": job_id, "engine": wanted.engine})
    ports.hub.tell_media(job.media_id)
    if plan.waits:
        await settle(job_id, ports)
        return await find_job(job_id, ports), True
    noted = await submit(job, ports, plan.known(ports.now_ms()))
    return noted or await find_job(job_id, ports), True


async def check_job(wanted: JobToCheck, caller: Caller, ports: Ports) -> dict[str, object]:
    """Return what would be accepted of a job, with all options; nothing is stored.

    Raises what `accept_job` raises.
    """
    await check_limit(caller, ports)
    options = await check_plan(wanted, ports)
    return {"engine": wanted.engine, "mediaId": wanted.media_id, "options": options}


async def check_limit(caller: Caller, ports: Ports, jobs: int = 1) -> None:
    """Refuse so many more *jobs* than the caller's token may have; raises LimitReached."""
    most = caller.token.queued_max
    if most is None:
        return
    if await select_unfinished_jobs(ports.store, caller.token.token_hash) + jobs > most:
        raise too_many(caller)


async def insert_refusal(media_id: str | None, caller: Caller, ports: Ports) -> MediaJobsError:
    """Return what happened between checks and insert: other jobs, or the media's deletion."""
    if media_id is None or await select_media(ports.store, media_id) is not None:
        return too_many(caller)
    return NotFound("not_found.media", media=media_id)


def too_many(caller: Caller) -> LimitReached:
    """Return the refusal of a caller that has as many unfinished jobs as it may have."""
    return LimitReached("too_many_jobs", most=caller.token.queued_max or 0)


async def earlier_id(caller: Caller, once: Once, ports: Ports) -> str | None:
    """Return what an earlier request with this key has made; raises Conflict for another body."""
    known = await select_idempotent_job(ports.store, caller.token.token_hash, once.key)
    if known is None:
        return None
    if known[0] != once.body_hash:
        raise Conflict("idempotency_key_reused")
    return known[1]


async def _earlier(caller: Caller, once: Once, ports: Ports) -> JobRow | None:
    job_id = await earlier_id(caller, once, ports)
    return None if job_id is None else await find_job(job_id, ports)


async def find_job(job_id: str, ports: Ports) -> JobRow:
    """Return a job; raises NotFound."""
    return present(await select_job(ports.store, job_id), "not_found.job", job=job_id)


async def cancel_job(job_id: str, ports: Ports) -> JobRow:
    """Cancel a job; one that has ended stays as it is. Raises NotFound, UpstreamError."""
    job = await find_job(job_id, ports)
    if job.ended:
        return job
    if job.status == WAITING:
        await end_job(job, Status.CANCELED, None, ports)
        job = await find_job(job_id, ports)
        if job.ended:
            return job
        # What it waited for came just now: it has begun.
    if not await cancel_there(job, BY_HAND, ports):
        await end_job(job, Status.CANCELED, None, ports)
    return await find_job(job_id, ports)


async def retry_job(job_id: str, caller: Caller, ports: Ports) -> JobRow:
    """Retry a failed or canceled job, as a new generation with its history.

    It counts towards the token of *caller*; its owner stays.
    Raises NotFound, Conflict (`job_not_failed`, `job_imported`, `manifest_gone`,
    `too_many_retries`), LimitReached.
    """
    job = await find_job(job_id, ports)
    if job.status not in (Status.FAILED, Status.CANCELED):
        raise Conflict("job_not_failed", status=f"state.{job.status}")
    if job.imported:
        raise Conflict("job_imported")
    await find_media_to_use(job.media_id, ports)
    await check_limit(caller, ports)
    if job.event_seq == 0 and not job.accepted and await select_waits(ports.store, [job_id]):
        return await _wait_again(job, caller, ports)
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
            "running_max": running_max(caller),
        }
    )
    prepared = await prepare_inputs(again, ports)
    text = prepared.manifest.to_json().decode()
    await ports.objects.put_text(manifest_key(job_id), text, "application/json")
    statement = restart(
        job, caller.token.token_hash, ports.now_ms(), ports.request_id, caller.token.queued_max
    )
    if (await ports.store.batch([statement, *prepared.statements]))[0] == 0:
        await find_media(job.media_id, ports)
        await check_limit(caller, ports)
        raise Conflict("job_not_failed.restarted")
    ports.log({"event": "job_retried", "jobId": job_id, "generation": generation})
    noted = await submit(await find_job(job_id, ports), ports, Known(manifest=text))
    return noted or await find_job(job_id, ports)


async def _wait_again(job: JobRow, caller: Caller, ports: Ports) -> JobRow:
    """Retry a job that nobody has started, whose manifest may lack what it waited for."""
    if job.generation >= GENERATIONS_MAX:
        raise Conflict("too_many_retries", most=GENERATIONS_MAX - 1)
    again = wait_again(job, caller.token.token_hash, ports.now_ms(), ports.request_id)
    if await ports.store.batch([again]) == [0]:
        await find_media(job.media_id, ports)
        raise Conflict("job_not_failed.restarted")
    ports.log({"event": "job_retried", "jobId": job.job_id, "generation": job.generation + 1})
    await settle(job.job_id, ports)
    return await find_job(job.job_id, ports)


def job_document(job: JobRow, ports: Ports) -> dict[str, object]:
    """Return what the API shows of a job, with signed links to its outputs."""
    return {
        "jobId": job.job_id,
        "mediaId": job.media_id,
        "mediaTitle": job.media_title,
        "engine": job.engine,
        "generation": job.generation,
        "eventSeq": job.event_seq,
        "options": job.options,
        "inputs": job.inputs,
        "waitsFor": job.waits_for,
        "status": job.status,
        "phase": job.phase,
        "progress": job.progress,
        "attempt": job.attempt,
        "error": job.error,
        "accepted": job.accepted,
        "imported": job.imported,
        "handoverError": job.handover_error,
        "deadLetters": job.dead_letters,
        "queue": None,
        "artifacts": links_document(job, ports),
        "artifactsExpiredAt": job.artifacts_expired_ms,
        "requestId": job.request_id,
        "createdAt": job.created_ms,
        "updatedAt": job.updated_ms,
        "startedAt": job.started_ms,
        "finishedAt": job.finished_ms,
        "cost": job.cost,
    }
