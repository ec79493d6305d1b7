"""The sweeper, run by cron: asks after jobs that have been silent longest and repairs handovers.

Each look postpones the next one, so a page of old jobs never hides the rest.
"""

from app.handover import check, hand_over
from app.ports import Ports
from app.store import Store

__all__ = ["sweep"]

JOBS_PER_SWEEP = 50


async def sweep(store: Store, ports: Ports) -> int:
    """Look after up to `JOBS_PER_SWEEP` unfinished jobs, oldest first; return how many."""
    jobs = await store.jobs_to_check(ports.now_ms(), JOBS_PER_SWEEP)
    for job in jobs:
        if job.accepted:
            await check(job, ports)
        else:
            await hand_over(job, ports)
    if jobs:
        ports.log({"event": "swept", "jobs": len(jobs)})
    return len(jobs)
