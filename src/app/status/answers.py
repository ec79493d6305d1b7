"""What the status page's route answers, for the reference (`app.api.contracts`)."""

from typing import Annotated

from pydantic import Field

from app.web.answers import Answer, UnixMs
from media_jobs.ids import Id


class WaitingJob(Answer):
    """The job that has waited longest, since `since`."""

    job_id: Id
    since: UnixMs


class DeadLetters(Answer):
    """How many events were given up, and of how many jobs."""

    jobs: Annotated[int, Field(ge=0)]
    events: Annotated[int, Field(ge=0)]


class Standing(Answer):
    """The unfinished jobs: how many by status."""

    unfinished: dict[str, int]
    oldest_waiting: WaitingJob | None
    dead_letters: DeadLetters


class ShownAlert(Answer):
    """A condition found bad from `since` on; open until `resolvedAt`. `engine`: of a container."""

    alert_id: Id
    kind: str
    engine: str | None
    details: dict[str, object]
    since: UnixMs
    opened_at: UnixMs
    resolved_at: UnixMs | None


class SystemStatus(Answer):
    """How the jobs stand, and alerts: open ones, then those that are over, newest first."""

    jobs: Standing
    alerts: list[ShownAlert]
    checked_at: UnixMs
