"""Waiting jobs decided by what is stored: queued, failed, or left to wait.

What a job's end does for its followers in its own batch (`app.jobs.waits`), this does at any later
time: for the sweeper, after a review, and for a job that was added while another one ended.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.jobs.store import postpone_check, select_job
from app.jobs.submission import submit
from app.jobs.wait_store import (
    WAIT_CHECK_MS,
    Wait,
    note_made,
    select_made_by,
    select_waits,
    while_ended,
)
from app.jobs.waits import (
    Ending,
    end_with_followers,
    in_vain,
    not_made,
    release_into,
    request_into,
)
from app.ports import Ports
from app.rows import JobRow
from media_jobs.engines import ENGINES
from media_jobs.status import WAITING, Status
from media_jobs.wire import ErrorReport


async def hand_on(job_ids: Sequence[str], ports: Ports) -> None:
    """Submit those of these jobs that were queued just now, and decide those that wait still."""
    for job_id in job_ids:
        job = await select_job(ports.store, job_id)
        if job is None or job.ended:
            continue
        if job.status == WAITING:
            await settle(job_id, ports)
        elif not job.accepted and job.handover_tries == 0:
            await _begin(job, ports)


async def settle(job_id: str, ports: Ports) -> None:
    """Decide a waiting job by how the jobs and reviews that it waits for stand.

    Raises UpstreamError when the bucket is out of reach.
    """
    ending = Ending(ports)
    waits, failure = await _brought_up(await select_waits(ports.store, [job_id]), ending)
    if failure is not None:
        await end_with_followers(job_id, failure, ending)
    elif all(wait.input_id for wait in waits):
        await release_into(job_id, waits, {}, ending)
    else:
        reviews = {wait.review_id for wait in waits if wait.review_id}
        await request_into(sorted(reviews), ending)
        ending.statements.append(postpone_check(job_id, ending.now_ms + WAIT_CHECK_MS))
    await ending.commit()
    job = await select_job(ports.store, job_id)
    if job is not None and job.status is Status.QUEUED and not job.accepted:
        await _begin(job, ports)


async def _begin(job: JobRow, ports: Ports) -> None:
    ports.log({"event": "job_released", "jobId": job.job_id, "engine": job.engine})
    await submit(job, ports)


async def _brought_up(
    waits: Sequence[Wait], ending: Ending
) -> tuple[list[Wait], ErrorReport | None]:
    """Return *waits* with what their jobs have made since, and why they wait in vain if they do.

    They do so, by the guard of *ending*, only until the job that has failed is started again.
    """
    known = list[Wait]()
    for wait in waits:
        if wait.made_id is not None:
            known.append(wait)
            continue
        source = await select_job(ending.ports.store, wait.from_job)
        if source is None or source.status in (Status.FAILED, Status.CANCELED):
            status = Status.FAILED if source is None else Status(source.status)
            if source is not None:
                ending.guard = while_ended(source)
            return known, in_vain(wait.from_job, status)
        if source.status is not Status.COMPLETED:
            known.append(wait)
            continue
        engine = ENGINES.get(source.engine)
        slot = engine.output(wait.output) if engine else None
        made = await select_made_by(ending.ports.store, source.media_id, wait.from_job)
        input_id = made.get(slot.file_name) if slot else None
        if input_id is None:
            return known, not_made(wait.from_job, wait.output)
        ending.statements.append(note_made(wait.from_job, wait.output, input_id))
        read_as_it_is = input_id if wait.review_id is None else None
        known.append(replace(wait, made_id=input_id, input_id=read_as_it_is))
    return known, None
