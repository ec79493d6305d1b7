"""Deleting the outputs of jobs: on request, and when they are older than the policy allows."""

from app.jobs.accept import find_job
from app.jobs.store import expire_outputs, keep_outputs, postpone_expiry, select_jobs_to_expire
from app.media.store import select_inputs_made_by
from app.orchestrator import document_of, new_nonce, post_signed
from app.ports import Ports
from app.rows import JobRow
from media_jobs.errors import Conflict, MediaJobsError, UpstreamError
from media_jobs.object_requests import DeleteArtifacts

EXPIRIES_PER_SWEEP = 50
TRY_AGAIN_MS = 5 * 60_000


async def delete_artifacts(job_id: str, ports: Ports) -> None:
    """Delete the outputs of an ended job, except those that have become inputs of its media.

    Raises NotFound, Conflict (`job_not_ended`), UpstreamError.
    """
    job = await find_job(job_id, ports)
    if not job.ended:
        raise Conflict("job_not_ended", status=f"state.{job.status}")
    kept = await _delete_outputs(job, ports)
    left = {slot: item for slot, item in (job.outputs or {}).items() if item["key"] in kept}
    await ports.store.batch([keep_outputs(job, left, ports.now_ms())])
    ports.log({"event": "artifacts_deleted", "jobId": job_id, "kept": len(left)})


async def expire_artifacts(ports: Ports) -> None:
    """Delete the outputs of jobs that ended longer ago than the policy allows, oldest first.

    Outputs that have become inputs of their media stay.
    """
    ttl_s = ports.settings().artifact_ttl_s
    if ttl_s == 0:
        return
    now_ms = ports.now_ms()
    for job in await select_jobs_to_expire(
        ports.store, now_ms - ttl_s * 1000, now_ms, EXPIRIES_PER_SWEEP
    ):
        mine = ports.under(job.request_id)
        try:
            await _delete_outputs(job, mine)
        except MediaJobsError as error:
            mine.log({"event": "expiry_failed", "jobId": job.job_id, "why": error.message})
            next_ms = ports.now_ms() + TRY_AGAIN_MS
            await ports.store.batch([postpone_expiry(job.job_id, next_ms)])
            continue
        await ports.store.batch([expire_outputs(job, ports.now_ms())])
        mine.log({"event": "artifacts_expired", "jobId": job.job_id})


async def _delete_outputs(job: JobRow, ports: Ports) -> set[str]:
    """Have the orchestrator delete a job's outputs; return the keys of those that are inputs.

    Raises UpstreamError.
    """
    kept = await select_inputs_made_by(ports.store, job.media_id, job.job_id)
    message = DeleteArtifacts(
        type="artifacts.delete",
        job_id=job.job_id,
        media_id=job.media_id,
        keep=sorted(kept) or None,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    answer = await post_signed(f"/artifacts/{job.job_id}", message, ports, method="DELETE")
    if answer.status != 200 or document_of(answer).get("ok") is not True:
        raise UpstreamError("upstream_failed.not_deleted")
    return kept
