"""The sweeper, run by cron: asks after jobs that have been silent longest and repairs handovers.

Each look postpones the next one, so a page of old jobs never hides the rest.
"""

from app.handover import CHECK_AFTER_MS, check, hand_over
from app.ports import Ports
from app.store import Store, postpone_check
from media_jobs.redaction import describe

__all__ = ["sweep"]

JOBS_PER_SWEEP = 50


async def sweep(store: Store, ports: Ports) -> int:
    """Look after up to `JOBS_PER_SWEEP` unfinished jobs, oldest first; return how many.

    A job that cannot be looked after does not keep the others from it.
    """
    jobs, unreadable = await store.jobs_to_check(ports.now_ms(), JOBS_PER_SWEEP)
    for job_id in unreadable:
        ports.log({"event": "job_unreadable", "jobId": job_id})
        await ports.database.batch([postpone_check(job_id, ports.now_ms() + CHECK_AFTER_MS)])
    for job in jobs:
        try:
            await (check(job, ports) if job.accepted else hand_over(job, ports))
        except Exception as error:  # Whatever it is, it is this job's own.
            why = describe(error)
            mine = ports.under(job.request_id)
            mine.log({"event": "check_failed", "jobId": job.job_id, "why": why})
            postponed = postpone_check(job.job_id, ports.now_ms() + CHECK_AFTER_MS)
            await ports.database.batch([postponed])
    if jobs:
        ports.log({"event": "swept", "jobs": len(jobs)})
    return len(jobs)
