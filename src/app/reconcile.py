"""The sweeper, run by cron: asks after jobs that have been silent longest and repairs handovers.

Each look postpones the next one, so a page of old jobs never hides the rest.
"""

from app.handover import CHECK_AFTER_MS, ask_status, hand_over
from app.ports import Ports
from app.store import Store, note_handover
from media_jobs.errors import UpstreamError

__all__ = ["sweep"]

JOBS_PER_SWEEP = 50


async def sweep(store: Store, ports: Ports) -> int:
    """Look after up to `JOBS_PER_SWEEP` unfinished jobs, oldest first; return how many."""
    jobs = await store.jobs_to_check(ports.now_ms(), JOBS_PER_SWEEP)
    for job in jobs:
        if not job.accepted:
            await hand_over(job, ports)
            continue
        try:
            status = await ask_status(job.job_id, ports)
            why = None if status == 200 else f"HTTP {status}"
        except UpstreamError as error:
            status, why = 0, str(error)
        if status == 404:
            await hand_over(job, ports)
            continue
        due_ms = ports.now_ms() + CHECK_AFTER_MS
        await ports.database.batch([note_handover(job.job_id, why, due_ms)])
    if jobs:
        ports.log({"event": "swept", "jobs": len(jobs)})
    return len(jobs)
