"""Telling the orchestrator which running jobs somebody looks at: of these alone it shows progress.

It is told when somebody begins to look, and when a job that is looked at comes to run. After that
each answer to shown progress says whether anybody still looks.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.orchestrator import Asking, watch
from media_jobs.status import RANK, Status

WATCH_S = 5 * 60
"""How long the orchestrator shows progress without being told again that somebody looks."""
AGAIN_MS = 2_000
"""A job that many begin to look at is asked for its progress once in this time."""
JOBS_MAX = 10_000
"""Jobs remembered; over it, the one that was told first is forgotten, and told again."""


def runs(status: object) -> bool:
    """Whether a job of this status reports progress."""
    return status in RANK and status != Status.QUEUED


@dataclass(slots=True)
class Watching:
    """What the orchestrator was told of, in the memory of the hub, and when (Unix, ms)."""

    ports: Asking
    _told_ms: OrderedDict[str, int] = field(default_factory=OrderedDict)

    async def begin(self, job_ids: Iterable[str]) -> None:
        """Tell that somebody begins to look at running jobs: what they are at is shown at once."""
        await self._tell(job_ids, AGAIN_MS)

    async def go_on(self, job_id: str) -> None:
        """Tell that somebody looks at a job that runs, unless it was told lately."""
        await self._tell([job_id], WATCH_S * 500)

    async def _tell(self, job_ids: Iterable[str], again_ms: int) -> None:
        now_ms, told = self.ports.now_ms(), self._told_ms
        due = [job_id for job_id in job_ids if told.get(job_id, 0) + again_ms <= now_ms]
        if not due:
            return
        # Before the call: others begin to look while it is awaited.
        self._note(due, now_ms)
        if not await watch(due, WATCH_S, self.ports):
            for job_id in due:
                told.pop(job_id, None)

    def _note(self, job_ids: Sequence[str], now_ms: int) -> None:
        for job_id in job_ids:
            self._told_ms[job_id] = now_ms
            self._told_ms.move_to_end(job_id)
        while len(self._told_ms) > JOBS_MAX:
            self._told_ms.popitem(last=False)
