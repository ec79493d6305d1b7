"""Events from the orchestrator, applied to D1 exactly once and in order."""

from app.live import change_of
from app.ports import Ports
from app.store import InputRow, Store, apply_event
from media_jobs.engines import EngineId
from media_jobs.errors import Conflict, NotFound
from media_jobs.status import Status
from media_jobs.wire import JobEvent, open_signed

__all__ = ["receive_event"]


async def receive_event(body: bytes, signature: str | None, store: Store, ports: Ports) -> bool:
    """Apply one signed event; return False when it was applied before.

    Raises SignatureError, InvalidInput, NotFound (unknown job), Conflict (the job has ended
    otherwise): it is never said to be applied when it was not.
    """
    event = open_signed(JobEvent, body, signature, ports.settings().secrets, ports.now_ms())
    changed = await ports.database.batch(apply_event(event, _downloaded_video(event)))
    if changed[-1] == 1:
        ports.log(
            {
                "event": "event_applied",
                "jobId": event.job_id,
                "eventId": event.event_id,
                "status": event.status,
                "cause": event.cause,
            }
        )
        ports.hub.tell(change_of(event))
        return True
    job = await store.job(event.job_id)
    if job is None:
        raise NotFound(f"There is no job {event.job_id}.")
    if job.event_seq >= event.event_seq:
        return False
    raise Conflict("The job does not take this event.", code="event_refused")


def _downloaded_video(event: JobEvent) -> InputRow | None:
    """Return the input that a finished download gives to its media."""
    if event.engine is not EngineId.DOWNLOADER or event.status is not Status.COMPLETED:
        return None
    video = (event.outputs or {}).get("video")
    if video is None:
        return None
    return InputRow(
        input_id=event.event_id,
        media_id=event.media_id,
        slot="video",
        object_key=video.key,
        content_type=video.content_type,
        size_bytes=video.size_bytes,
        ready=True,
        created_ms=event.at_ms,
    )
