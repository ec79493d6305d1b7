"""Events from the orchestrator, applied to D1 exactly once and in order."""

from hashlib import sha256

from app.jobs.event_store import apply_event
from app.jobs.store import select_job
from app.live.live import change_of
from app.media.store import InputRow
from app.ports import Ports
from app.webhooks.messages import call_senders, message_of, wake_senders
from media_jobs.engines import ENGINES
from media_jobs.errors import Conflict, NotFound
from media_jobs.ids import new_input_id
from media_jobs.status import Status
from media_jobs.wire import JobEvent


async def receive_event(event: JobEvent, ports: Ports) -> bool:
    """Apply one event; return False when it was applied before.

    Raises NotFound (unknown job), Conflict (the job has ended otherwise): an event that was not
    applied is never reported as applied.
    """
    if await apply_once(event, ports):
        return True
    job = await select_job(ports.store, event.job_id)
    if job is None:
        raise NotFound("not_found.job", job=event.job_id)
    if job.event_seq >= event.event_seq:
        return False
    raise Conflict("event_refused")


async def apply_once(event: JobEvent, ports: Ports, *, is_answered: bool = True) -> bool:
    """Apply *event* and everything that follows from it; return False if nothing changed.

    *is_answered*: others are notified after the response is sent; the cron sends none.
    """
    message, now_ms = message_of(event), ports.now_ms()
    statements = apply_event(event, _new_inputs(event), message, now_ms)
    changed = await ports.store.batch(statements)
    if changed[-1] == 1:
        ports.log(
            {
                "event": "event_applied",
                "jobId": event.job_id,
                "attempt": event.attempt,
                "engine": event.engine,
                "eventId": event.event_id,
                "status": event.status,
                "cause": event.cause,
            }
        )
        if is_answered:
            ports.hub.publish(change_of(event))
        else:
            await ports.hub.publish_now(change_of(event))
        if message is not None and changed[-2]:
            await (wake_senders if is_answered else call_senders)(ports)
        return True
    return False


def _new_inputs(event: JobEvent) -> list[InputRow]:
    """Return the media inputs that a finished job's outputs become.

    Their ids are derived from the event's, so they are the same however often it arrives.
    """
    if event.status is not Status.COMPLETED:
        return []
    outputs = event.outputs or {}
    return [
        InputRow(
            input_id=new_input_id(
                slot.becomes, event.at_ms, _entropy(event.event_id, slot.becomes)
            ),
            media_id=event.media_id,
            slot=slot.becomes,
            object_key=outputs[slot.name].key,
            content_type=outputs[slot.name].content_type,
            size_bytes=outputs[slot.name].size_bytes,
            ready=True,
            created_ms=event.at_ms,
        )
        for slot in ENGINES[event.engine].outputs
        if slot.becomes is not None and slot.name in outputs
    ]


def _entropy(event_id: str, slot: str) -> bytes:
    return sha256(f"{event_id} {slot}".encode()).digest()[:10]
