"""What follows from an event of a job, as it stands in the job's outbox (`record`)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from media_jobs.wire import JobEvent

__all__ = [
    "AbortUpload",
    "AskContainer",
    "CallHelpers",
    "DeferSlot",
    "DropCheckpoint",
    "DropHelpers",
    "Effect",
    "ReleaseSlot",
    "RequestSlot",
    "StartAttempt",
    "StartHelper",
    "StopContainer",
    "Stored",
    "TellApp",
    "TellLeader",
    "VerifyOutputs",
]


class Stored(BaseModel):
    """What is stored: it outlives the code that wrote it."""

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


class RequestSlot(Stored):
    """Ask the dispatcher for a slot of the container for this attempt."""

    kind: Literal["request_slot"] = "request_slot"
    attempt: int


class DeferSlot(Stored):
    """Tell the dispatcher that *host* was full, or *failed*; the attempt waits again."""

    kind: Literal["defer_slot"] = "defer_slot"
    attempt: int
    wait_ms: int
    host: str = ""
    failed: bool = False


class ReleaseSlot(Stored):
    """Give the attempt's slot, or its place in the queue, back to the dispatcher."""

    kind: Literal["release_slot"] = "release_slot"
    attempt: int


class StartAttempt(Stored):
    """Ask the container to start this attempt."""

    kind: Literal["start_attempt"] = "start_attempt"
    attempt: int


class StopContainer(Stored):
    """Ask the container to kill this attempt."""

    kind: Literal["stop_container"] = "stop_container"
    attempt: int


class AskContainer(Stored):
    """Ask the container how this attempt stands: it has been silent."""

    kind: Literal["ask_container"] = "ask_container"
    attempt: int


class VerifyOutputs(Stored):
    """Look whether the objects that this attempt claims exist."""

    kind: Literal["verify_outputs"] = "verify_outputs"
    attempt: int


class AbortUpload(Stored):
    """Drop the parts of an upload that will not be completed."""

    kind: Literal["abort_upload"] = "abort_upload"
    key: str
    upload_id: str = Field(repr=False)


class DropCheckpoint(Stored):
    """Delete what the attempts of a generation have kept for each other: it has ended."""

    kind: Literal["drop_checkpoint"] = "drop_checkpoint"
    generation: int


class TellApp(Stored):
    """Deliver one event to the app. *progress_only*: a later one may take its place."""

    kind: Literal["tell_app"] = "tell_app"
    event: JobEvent
    progress_only: bool = False


class CallHelpers(Stored):
    """Look whether hosts are idle, and have them help with the pieces of this attempt."""

    kind: Literal["call_helpers"] = "call_helpers"
    attempt: int


class StartHelper(Stored):
    """Start the job *helper*, which makes pieces of this attempt."""

    kind: Literal["start_helper"] = "start_helper"
    attempt: int
    helper: str


class DropHelpers(Stored):
    """Cancel what still helps this attempt, and delete the pieces."""

    kind: Literal["drop_helpers"] = "drop_helpers"
    attempt: int


class TellLeader(Stored):
    """Tell the job that was helped that this one has ended."""

    kind: Literal["tell_leader"] = "tell_leader"


Effect = Annotated[
    RequestSlot
    | DeferSlot
    | ReleaseSlot
    | StartAttempt
    | StopContainer
    | AskContainer
    | VerifyOutputs
    | AbortUpload
    | DropCheckpoint
    | CallHelpers
    | StartHelper
    | DropHelpers
    | TellLeader
    | TellApp,
    Field(discriminator="kind"),
]
