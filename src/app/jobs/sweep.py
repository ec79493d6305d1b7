"""The sweeper, run by cron: checks the jobs that have been silent longest and repeats submissions.

Each check postpones the job's next one, so a page of old jobs never hides the rest.
"""

from dataclasses import dataclass

from app.jobs.settling import settle
from app.jobs.store import postpone_check, postpone_heard, select_jobs_to_check
from app.jobs.submission import CHECK_AFTER_MS, check, submit
from app.ports import Ports
from media_jobs.redaction import describe
from media_jobs.status import WAITING

JOBS_PER_SWEEP = 50
HEARD_PER_SWEEP = 5000
"""How many are put off at once because they were heard of; that takes no call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many jobs a sweep has checked, and how many dead letters they had."""

    jobs: int
    dead_letters: int


async def sweep(ports: Ports) -> Swept:
    """Check up to `JOBS_PER_SWEEP` unfinished jobs of which nothing was heard, oldest first.

    One failing job does not block the rest.
    """
    await ports.store.batch([postpone_heard(ports.now_ms(), HEARD_PER_SWEEP)])
    jobs, unreadable = await select_jobs_to_check(ports.store, ports.now_ms(), JOBS_PER_SWEEP)
    for job_id in unreadable:
        ports.log({"event": "job_unreadable", "jobId": job_id})
        await ports.store.batch([postpone_check(job_id, ports.now_ms() + CHECK_AFTER_MS)])
    dead = 0
    for job in jobs:
        try:
            if job.status == WAITING:
                await settle(job.job_id, ports.under(job.request_id))
            elif job.accepted:
                dead += await check(job, ports)
            else:
                await submit(job, ports)
        except Exception as error:  # Whatever it is, it is this job's own.
            why = describe(error)
            mine = ports.under(job.request_id)
            mine.log({"event": "check_failed", "jobId": job.job_id, "why": why})
            postponed = postpone_check(job.job_id, ports.now_ms() + CHECK_AFTER_MS)
            await ports.store.batch([postponed])
    if jobs:
        ports.log({"event": "swept", "jobs": len(jobs)})
    return Swept(jobs=len(jobs), dead_letters=dead)
