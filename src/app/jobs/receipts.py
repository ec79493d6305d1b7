"""Receipts of results, as the orchestrator has sealed them.

A result of a version that sealed none has no receipt.
"""

from app.jobs.accept import find_job
from app.ports import Ports
from media_jobs.errors import Conflict, present
from media_jobs.keys import receipt_key
from media_jobs.status import Status

RECEIPT_BYTES_MAX = 4 * 1024 * 1024


async def find_receipt(job_id: str, ports: Ports) -> str:
    """Return the receipt of a completed job: its DSSE envelope, as JSON.

    Raises NotFound, Conflict (`job_not_completed`), UpstreamError.
    """
    job = await find_job(job_id, ports)
    if job.status is not Status.COMPLETED:
        raise Conflict("job_not_completed", status=f"state.{job.status}")
    text = await ports.objects.text(receipt_key(job.job_id), RECEIPT_BYTES_MAX)
    return present(text, "not_found.receipt", job=job.job_id)
