"""Deleting media with everything that belongs to them, and abandoned uploads.

Deleting a media begins with a mark, and every later step may be repeated, so the sweeper finishes
what one request cannot finish or the bucket refuses. The empty row stays for as long as any
presigned URL may live, and then the folder is checked once more: a container that was given up may
have written to it meanwhile.
"""

from app.media.media import find_media
from app.media.removal_store import (
    DeletedMedia,
    delete_jobs,
    delete_media_rows,
    mark_deleted,
    mark_deleted_with_upload,
    postpone_wipe,
    select_job_ids_of,
    select_media_to_wipe,
)
from app.media.store import (
    InputRow,
    abort_upload,
    delete_upload,
    select_uploads_in_parts,
    select_uploads_to_drop,
)
from app.ports import Ports
from media_jobs.errors import Conflict, MediaJobsError, UpstreamError
from media_jobs.keys import manifest_key, media_prefix, receipt_key
from media_jobs.presign import EXPIRES_S_MAX

JOBS_AT_ONCE = 500
"""Each has two objects of its own, and a bucket deletes a thousand at once."""
LISTINGS_MAX = 5
"""How many pages of a thousand objects one request deletes."""
UPLOADS_PER_SWEEP = 20
MEDIA_PER_SWEEP = 5
LAST_LOOK_MS = (EXPIRES_S_MAX + 3600) * 1000
TRY_AGAIN_MS = 5 * 60_000
GRACE_MS = 3600_000
"""How long after its end an upload is dropped: a completion may be on its way."""


async def delete_media(media_id: str, ports: Ports) -> bool:
    """Delete a media; return False if something is left to delete.

    Raises NotFound, Conflict (`media_busy`).
    """
    await find_media(media_id, ports)
    now_ms = ports.now_ms()
    if await ports.store.batch([mark_deleted(media_id, now_ms)]) == [0]:
        await find_media(media_id, ports)
        raise Conflict("media_busy")
    ports.log({"event": "media_deleted", "mediaId": media_id})
    ports.hub.tell_media(media_id)
    return await _wipe_now(DeletedMedia(media_id=media_id, deleted_ms=now_ms), ports)


async def _wipe_now(media: DeletedMedia, ports: Ports) -> bool:
    """Delete what belongs to a media that was just marked; the sweeper does what is left."""
    try:
        return await _wipe(media, ports)
    except UpstreamError as error:
        ports.log({"event": "wipe_failed", "mediaId": media.media_id, "why": error.message})
        return False


async def _wipe(media: DeletedMedia, ports: Ports) -> bool:
    """Delete what belongs to a marked media; return whether nothing is left."""
    media_id = media.media_id
    while uploads := await select_uploads_in_parts(ports.store, media_id, UPLOADS_PER_SWEEP):
        for item in uploads:
            await drop(item, ports)
    while job_ids := await select_job_ids_of(ports.store, media_id, JOBS_AT_ONCE):
        keys = [place(job_id) for job_id in job_ids for place in (manifest_key, receipt_key)]
        await ports.objects.delete_many(keys)
        await ports.store.batch(delete_jobs(job_ids))
    for _ in range(LISTINGS_MAX):
        keys = await ports.objects.keys(media_prefix(media_id))
        if not keys:
            break
        await ports.objects.delete_many(keys)
    else:
        return False
    last_look_ms = media.deleted_ms + LAST_LOOK_MS
    next_ms = None if ports.now_ms() >= last_look_ms else last_look_ms
    await ports.store.batch(delete_media_rows(media_id, next_ms))
    return True


async def drop(item: InputRow, ports: Ports) -> None:
    """Drop an upload that is not complete: its parts, its object, its row.

    A media that was made for it goes with it.
    """
    if await ports.store.batch([abort_upload(item, ports.now_ms())]) == [0]:
        return
    if item.multipart_id is not None:
        await ports.objects.abort_multipart(item.object_key, item.multipart_id)
    await ports.objects.delete_many([item.object_key])
    await ports.store.batch([delete_upload(item)])
    await forget_media_of(item, ports)


async def forget_media_of(item: InputRow, ports: Ports) -> None:
    """Delete the media that was made for an upload that has ended, if nothing else was added."""
    now_ms = ports.now_ms()
    marked, _ = await ports.store.batch(mark_deleted_with_upload(item, now_ms))
    if marked:
        ports.log({"event": "media_deleted", "mediaId": item.media_id})
        await _wipe_now(DeletedMedia(media_id=item.media_id, deleted_ms=now_ms), ports)


async def sweep_storage(ports: Ports) -> None:
    """Drop expired uploads, and continue unfinished deletions."""
    now_ms = ports.now_ms()
    for item in await select_uploads_to_drop(ports.store, now_ms - GRACE_MS, UPLOADS_PER_SWEEP):
        try:
            await drop(item, ports)
        except MediaJobsError as error:
            ports.log({"event": "drop_failed", "uploadId": item.input_id, "why": error.message})
    for media in await select_media_to_wipe(ports.store, now_ms, MEDIA_PER_SWEEP):
        try:
            done = await _wipe(media, ports)
        except MediaJobsError as error:
            done = False
            ports.log({"event": "wipe_failed", "mediaId": media.media_id, "why": error.message})
        if not done:
            next_ms = ports.now_ms() + TRY_AGAIN_MS
            await ports.store.batch([postpone_wipe(media.media_id, next_ms)])
