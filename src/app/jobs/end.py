"""Ending a job that the orchestrator does not have."""

from app.jobs.store import announce_end_here, end_here
from app.ports import Ports
from app.rows import JobRow
from app.webhooks.messages import call_senders, end_message_of
from media_jobs.status import Status
from media_jobs.wire import ErrorReport


async def end_job(job: JobRow, status: Status, error: ErrorReport | None, ports: Ports) -> None:
    """End a job that the orchestrator does not have, unless an event has come since it was read."""
    now_ms = ports.now_ms()
    message = end_message_of(job, status, error, now_ms)
    error_json = error.model_dump_json(by_alias=True, exclude_none=True) if error else None
    changed = await ports.store.batch(
        [*announce_end_here(job, message, now_ms), end_here(job, status, error_json, now_ms)]
    )
    if changed[-2]:
        await call_senders(ports)  # The sweeper ends jobs, too, and gives no answer to wait for.
