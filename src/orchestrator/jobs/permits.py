"""A job and the governor: permits to send to the app, each for one delivery or kept for a time."""

from media_jobs.errors import UpstreamError
from media_jobs.governor import Delivered
from media_jobs.record import JobRecord
from media_jobs.retry import START
from orchestrator.jobs.job_log import line
from orchestrator.ports import JobPorts


async def ask(job: JobRecord, tries: int, ports: JobPorts) -> int:
    """Return 0 if the job may send to the app now, or in how many ms it is to ask again."""
    if ports.now_ms() < ports.permit.until_ms:
        return 0
    try:
        permit = await ports.slots.permit(job.job_id)
    except UpstreamError as error:
        ports.log(line(job, "permit_unknown", why=str(error)))
        return START.delay_ms(tries + 1, job.job_id)
    if permit.keep_ms:
        ports.permit.until_ms = ports.now_ms() + permit.keep_ms
    return permit.wait_ms


async def report(
    job: JobRecord, what: Delivered, took_ms: int, retry_after_ms: int, ports: JobPorts
) -> None:
    """Say what came of a delivery; with a permit that is kept only an overload, which ends it."""
    if ports.now_ms() < ports.permit.until_ms and what is not Delivered.OVERLOADED:
        return
    ports.permit.until_ms = 0
    try:
        await ports.slots.delivered(job.job_id, what, took_ms, retry_after_ms)
    except UpstreamError as error:  # It comes back by itself.
        ports.log(line(job, "permit_unknown", why=str(error)))
