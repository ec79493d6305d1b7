"""The peaks of a media's video, for the editor's timeline: made by the burner, kept beside it."""

from app.media.versions import find_version
from app.orchestrator import new_nonce, post_signed
from app.ports import Ports
from media_jobs.content import Content, serve
from media_jobs.errors import Conflict, RateLimited, UpstreamError, unfit_field
from media_jobs.http import Reply, Request
from media_jobs.keys import PEAKS_TYPE, peaks_key
from media_jobs.object_requests import MakePeaks


async def peaks(request: Request, media_id: str, input_id: str, ports: Ports) -> Reply:
    """Return the peaks of a version of the video, made once; 202 with the progress until then.

    Raises NotFound, Conflict (`unfit`: another kind of input; `no_peaks`: it can't be read),
    RateLimited, UpstreamError.
    """
    item = await find_version(media_id, input_id, ports)
    if item.slot != "video":
        raise unfit_field("inputId", "field.not_video")
    kept = await _kept(media_id, input_id, ports)
    if kept is None:
        message = MakePeaks(
            type="peaks.make",
            media_id=media_id,
            input_id=input_id,
            key=item.object_key,
            ts=ports.now_ms(),
            nonce=new_nonce(ports),
        )
        answer = await post_signed("/peaks", message, ports)
        if answer.status == 202:
            headers = {"content-type": "application/json; charset=utf-8"}
            return Reply(status=202, body=answer.text, headers=headers)
        _check_made(answer.status)
        kept = await _kept(media_id, input_id, ports)
    if kept is None:
        raise UpstreamError("peaks_failed")
    return await serve(request, kept, ports.objects, {"filename": "peaks.bin"})


def _check_made(status: int) -> None:
    match status:
        case 200:
            return
        case 400:
            raise Conflict("no_peaks")
        case 429:
            raise RateLimited("preview_busy", retry_after_s=1)
        case _:
            raise UpstreamError("peaks_failed")


async def _kept(media_id: str, input_id: str, ports: Ports) -> Content | None:
    key = peaks_key(media_id, input_id)
    found = await ports.objects.head(key)
    if found is None:
        return None
    return Content(key=key, size_bytes=found.size_bytes, content_type=PEAKS_TYPE, etag=found.etag)
