"""Runs: shown, canceled, and begun again where they failed."""

from collections.abc import Sequence

from app.jobs.accept import cancel_job, check_limit, retry_job
from app.jobs.wait_store import reopen_review
from app.ports import Ports
from app.recipes.reviews import cancel_waiting
from app.recipes.store import RunRow, StepRow, select_run, select_steps
from app.web.caller import Caller
from media_jobs.errors import Conflict, present
from media_jobs.status import ENDED, WAITING, Status


async def find_run(run_id: str, ports: Ports) -> RunRow:
    """Return a run; raises NotFound."""
    return present(await select_run(ports.store, run_id), "not_found.run", run=run_id)


async def cancel_run(run_id: str, ports: Ports) -> RunRow:
    """Cancel what of a run has not ended; raises NotFound, UpstreamError."""
    run = await find_run(run_id, ports)
    steps = await select_steps(ports.store, [run_id])
    # What waits ends first: it must not begin while the others are canceled.
    await cancel_waiting(steps, ports)
    for step in steps:
        if step.job_id is not None and step.status not in ENDED:
            await cancel_job(step.job_id, ports)
    ports.log({"event": "run_canceled", "runId": run_id})
    return run


async def retry_run(run_id: str, caller: Caller, ports: Ports) -> RunRow:
    """Begin again what of a run has failed or was canceled; the rest stays as it is.

    Raises NotFound, Conflict (`run_not_failed`, and as of a job), LimitReached.
    """
    run = await find_run(run_id, ports)
    steps = await select_steps(ports.store, [run_id])
    again = [step for step in steps if step.status in (Status.FAILED, Status.CANCELED)]
    if not again:
        raise Conflict("run_not_failed", status=f"state.{status_of(steps)}")
    await check_limit(caller, ports, len(again))
    reopened = [reopen_review(step.review_id) for step in steps if step.review_id]
    if reopened:
        await ports.store.batch(reopened)
    # In their order: what takes from another step finds that one begun again.
    for step in again:
        await retry_job(step.job_id or "", caller, ports)
    ports.log({"event": "run_retried", "runId": run_id, "jobs": len(again)})
    return run


def status_of(steps: Sequence[StepRow]) -> str:
    """Return how a run stands: running, in_review, completed, failed or canceled."""
    jobs = [step.status for step in steps if step.job_id is not None]
    if any(status not in ENDED and status != WAITING for status in jobs):
        return "running"
    if any(step.state == "requested" for step in steps):
        return "in_review"
    if WAITING in jobs:
        return "running"
    for status in (Status.FAILED, Status.CANCELED):
        if status in jobs:
            return str(status)
    return "completed"
