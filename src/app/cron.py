"""A run of the cron: every step, whatever happens to the others."""

from collections.abc import Awaitable, Callable

from app.jobs.artifacts import expire_artifacts
from app.jobs.sweep import sweep
from app.media.library import purge_trash
from app.media.removal import sweep_storage
from app.ports import Ports
from app.status.alerts import watch_dead_letters, watch_parts
from app.subscriptions.attending import attend_to_due
from app.translation.job_documents import drop_documents
from app.webhooks.messages import sweep_webhooks
from media_jobs.redaction import describe


class StepsFailed(Exception):
    """Some *steps* of a run have failed; each is in the log with its reason."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__(f"Failed: {', '.join(steps)}. The log has a cron_failed for each.")
        self.steps = steps


async def run_steps(ports: Ports) -> None:
    """Run each step once, one after the other; then raise StepsFailed if any failed.

    The platform shows a run that raises as failed, which is what an operator looks at: a run that
    left something undone must not look successful.
    """

    async def look_after() -> None:
        swept = await sweep(ports)
        await watch_dead_letters(swept.dead_letters, ports)

    steps: tuple[tuple[str, Callable[[], Awaitable[object]]], ...] = (
        # First: a sweep that waits for an orchestrator that hangs may take all of the time.
        ("alerts", lambda: watch_parts(ports)),
        ("jobs", look_after),
        ("trash", lambda: purge_trash(ports)),
        ("storage", lambda: sweep_storage(ports)),
        ("documents", lambda: drop_documents(ports)),
        ("artifacts", lambda: expire_artifacts(ports)),
        ("subscriptions", lambda: attend_to_due(ports)),
        ("webhooks", lambda: sweep_webhooks(ports)),
    )
    failed = []
    for step, work in steps:
        try:
            await work()
        except Exception as error:  # Whatever it is, the steps after it must not wait for it.
            ports.log({"event": "cron_failed", "step": step, "why": describe(error)})
            failed.append(step)
    if failed:
        # Not chained: what a step raises may hold what `describe` keeps out of the log.
        raise StepsFailed(failed)
