"""Deleting what takes room: media with everything they own, outputs, uploads that went nowhere.

Deleting a media begins with a mark, and every step after it may be done again, so what one request
cannot finish, or the bucket refuses, the sweeper finishes. The emptied row stays for as long as any
presigned URL may live, and then the folder is looked through once more: a container that was given
up may have written meanwhile.
"""

from app.handover import new_nonce, post_signed
from app.jobs import find_job
from app.media import find_media
from app.ports import Ports
from app.store import (
    DeletedMedia,
    InputRow,
    JobRow,
    Store,
    abort_upload,
    delete_jobs,
    delete_media_rows,
    delete_upload,
    expire_outputs,
    keep_outputs,
    mark_deleted,
    postpone_expiry,
    postpone_wipe,
)
from media_jobs.errors import Conflict, MediaJobsError, UpstreamError
from media_jobs.keys import manifest_key, media_prefix
from media_jobs.presign import EXPIRES_S_MAX
from media_jobs.wire import DeleteArtifacts

__all__ = ["delete_artifacts", "delete_media", "drop", "expire_artifacts", "sweep_storage"]

JOBS_AT_ONCE = 500
LISTINGS_MAX = 5
"""How many pages of a thousand objects one request deletes."""
UPLOADS_PER_SWEEP = 20
MEDIA_PER_SWEEP = 5
EXPIRIES_PER_SWEEP = 50
LAST_LOOK_MS = (EXPIRES_S_MAX + 3600) * 1000
TRY_AGAIN_MS = 5 * 60_000
GRACE_MS = 3600_000
"""How long after its end an upload is dropped: a completion may be on its way."""


async def delete_media(media_id: str, store: Store, ports: Ports) -> bool:
    """Delete a media; return False when there is more than was done now.

    Raises NotFound, Conflict (`media_busy`).
    """
    await find_media(media_id, store)
    now_ms = ports.now_ms()
    if await ports.database.batch([mark_deleted(media_id, now_ms)]) == [0]:
        await find_media(media_id, store)
        raise Conflict(
            "The media has jobs that have not ended. Cancel them first.", code="media_busy"
        )
    ports.log({"event": "media_deleted", "mediaId": media_id})
    media = DeletedMedia(media_id=media_id, deleted_ms=now_ms)
    try:
        return await _wipe(media, store, ports)
    except UpstreamError as error:
        ports.log({"event": "wipe_failed", "mediaId": media_id, "why": error.message})
        return False


async def _wipe(media: DeletedMedia, store: Store, ports: Ports) -> bool:
    """Delete what belongs to a media that is marked; return whether nothing is left."""
    media_id = media.media_id
    while uploads := await store.uploads_in_parts(media_id, UPLOADS_PER_SWEEP):
        for item in uploads:
            await drop(item, ports)
    while job_ids := await store.job_ids_of(media_id, JOBS_AT_ONCE):
        await ports.objects.delete_many([manifest_key(job_id) for job_id in job_ids])
        await ports.database.batch(delete_jobs(job_ids))
    for _ in range(LISTINGS_MAX):
        keys = await ports.objects.keys(media_prefix(media_id))
        if not keys:
            break
        await ports.objects.delete_many(keys)
    else:
        return False
    last_look_ms = media.deleted_ms + LAST_LOOK_MS
    next_ms = None if ports.now_ms() >= last_look_ms else last_look_ms
    await ports.database.batch(delete_media_rows(media_id, next_ms))
    return True


async def delete_artifacts(job_id: str, store: Store, ports: Ports) -> None:
    """Delete the outputs of a job that has ended, but those that have become inputs of its media.

    Raises NotFound, Conflict (`job_not_ended`), UpstreamError.
    """
    job = await find_job(job_id, store)
    if not job.ended:
        raise Conflict(f"The job is {job.status}.", code="job_not_ended")
    kept = await _delete_outputs(job, store, ports)
    left = {slot: item for slot, item in (job.outputs or {}).items() if item["key"] in kept}
    await ports.database.batch([keep_outputs(job, left, ports.now_ms())])
    ports.log({"event": "artifacts_deleted", "jobId": job_id, "kept": len(left)})


async def expire_artifacts(store: Store, ports: Ports) -> None:
    """Delete the outputs of jobs that ended longer ago than the policy keeps them, oldest first.

    What has become an input of its media stays as that.
    """
    ttl_s = ports.settings().artifact_ttl_s
    if ttl_s == 0:
        return
    now_ms = ports.now_ms()
    for job in await store.jobs_to_expire(now_ms - ttl_s * 1000, now_ms, EXPIRIES_PER_SWEEP):
        mine = ports.under(job.request_id)
        try:
            await _delete_outputs(job, store, mine)
        except MediaJobsError as error:
            mine.log({"event": "expiry_failed", "jobId": job.job_id, "why": error.message})
            next_ms = ports.now_ms() + TRY_AGAIN_MS
            await ports.database.batch([postpone_expiry(job.job_id, next_ms)])
            continue
        await ports.database.batch([expire_outputs(job, ports.now_ms())])
        mine.log({"event": "artifacts_expired", "jobId": job.job_id})


async def _delete_outputs(job: JobRow, store: Store, ports: Ports) -> set[str]:
    """Have the orchestrator delete a job's outputs; return the keys of those that are inputs.

    Raises UpstreamError.
    """
    kept = await store.inputs_made_by(job.media_id, job.job_id)
    message = DeleteArtifacts(
        type="artifacts.delete",
        job_id=job.job_id,
        media_id=job.media_id,
        keep=sorted(kept) or None,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    answer = await post_signed(f"/artifacts/{job.job_id}", message, ports, method="DELETE")
    if answer.status != 200 or '"ok":true' not in answer.text.replace(" ", ""):
        raise UpstreamError("Not everything could be deleted. Try again.")
    return kept


async def drop(item: InputRow, ports: Ports) -> None:
    """Drop an upload that is not complete: its parts, its object, its row."""
    if await ports.database.batch([abort_upload(item, ports.now_ms())]) == [0]:
        return
    if item.multipart_id is not None:
        await ports.objects.abort_multipart(item.object_key, item.multipart_id)
    await ports.objects.delete_many([item.object_key])
    await ports.database.batch([delete_upload(item)])


async def sweep_storage(store: Store, ports: Ports) -> None:
    """Drop uploads that have expired, and go on with deletions that are not finished."""
    now_ms = ports.now_ms()
    for item in await store.uploads_to_drop(now_ms - GRACE_MS, UPLOADS_PER_SWEEP):
        try:
            await drop(item, ports)
        except MediaJobsError as error:
            ports.log({"event": "drop_failed", "uploadId": item.input_id, "why": error.message})
    for media in await store.media_to_wipe(now_ms, MEDIA_PER_SWEEP):
        try:
            done = await _wipe(media, store, ports)
        except MediaJobsError as error:
            done = False
            ports.log({"event": "wipe_failed", "mediaId": media.media_id, "why": error.message})
        if not done:
            next_ms = ports.now_ms() + TRY_AGAIN_MS
            await ports.database.batch([postpone_wipe(media.media_id, next_ms)])
