"""A job and the governor: permits to send to the app, each for one delivery or kept for a time.

One that is kept serves all jobs of the isolate, one delivery at a time.
"""

from dataclasses import dataclass

from media_jobs.errors import UpstreamError
from media_jobs.governor import Delivered
from media_jobs.kept_permits import KeptPermit
from media_jobs.record import JobRecord
from media_jobs.retry import START
from orchestrator.jobs.job_log import line
from orchestrator.ports import JobPorts

__all__ = ["Leave", "ask", "report"]


@dataclass(frozen=True, slots=True)
class Leave:
    """What a job was told: to ask again after *wait_ms*, or (0) to send one delivery.

    *name*: that of its permit; *kept*: where that is one that the isolate keeps.
    """

    wait_ms: int = 0
    name: str = ""
    kept: KeptPermit | None = None


async def ask(job: JobRecord, tries: int, ports: JobPorts) -> Leave:
    """Return whether the job may send to the app now, or when it is to ask again."""
    kept = ports.permits.take(ports.now_ms())
    if kept is not None:
        return Leave(name=kept.name, kept=kept)
    try:
        permit = await ports.slots.permit(job.job_id)
    except UpstreamError as error:
        ports.log(line(job, "permit_unknown", why=str(error)))
        return Leave(wait_ms=START.delay_ms(tries + 1, job.job_id))
    if permit.keep_ms:
        kept = ports.permits.keep(permit.name, permit.keep_ms, ports.now_ms())
    return Leave(permit.wait_ms, permit.name, kept)


async def report(
    job: JobRecord,
    leave: Leave,
    what: Delivered,
    took_ms: int,
    retry_after_ms: int,
    ports: JobPorts,
) -> None:
    """Say what came of a delivery; of one by a kept permit only an overload, which ends it."""
    if leave.kept is not None:
        if what is not Delivered.OVERLOADED:
            ports.permits.leave(leave.kept)
            return
        ports.permits.drop(leave.kept)
    try:
        await ports.slots.delivered(leave.name, what, took_ms, retry_after_ms)
    except UpstreamError as error:  # It comes back by itself.
        ports.log(line(job, "permit_unknown", why=str(error)))
