"""What can happen to a job, as the machine takes it: past tense, plain data."""

from dataclasses import dataclass

from media_jobs.status import Status
from media_jobs.wire import ContainerState, ErrorReport, Evidence, OutputClaim, OutputObject

__all__ = [
    "CancelRequested",
    "ClockTicked",
    "Event",
    "OutputsRejected",
    "OutputsVerified",
    "Reported",
    "SlotGranted",
    "StartAnswered",
    "StartDeferred",
    "StartRefused",
    "Submitted",
    "reported",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The app has submitted the job; *token* is for its first attempt."""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotGranted:
    """The dispatcher has a slot of *host* for the attempt."""

    attempt: int
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAnswered:
    """The container has taken the attempt on (202)."""

    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDeferred:
    """The host is full (503) for *wait_ms*; the attempt waits again and is not used up.

    *failed*: it did not answer, or with an error; another one is tried.
    """

    attempt: int
    wait_ms: int
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRefused:
    """The container has refused the attempt, or no call will reach it."""

    attempt: int
    error: ErrorReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a container says of an attempt: in a callback with its token, or when it is asked.

    *mute*: that it has no answer to such a question, as those of the earlier system.
    """

    attempt: int
    status: Status
    phase: str | None = None
    progress: float | None = None
    claims: dict[str, OutputClaim] | None = None
    error: ErrorReport | None = None
    evidence: Evidence | None = None
    mute: bool = False


def reported(attempt: int, state: ContainerState) -> Reported:
    """Return the event for *state*, as reported by the container of *attempt*."""
    error = state.error
    return Reported(
        attempt=attempt,
        status=state.status,
        phase=state.phase,
        progress=state.progress,
        claims=state.outputs,
        error=ErrorReport(message=error) if isinstance(error, str) else error,
        evidence=state.evidence,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsVerified:
    """Every promised object is in the bucket, with the promised size."""

    attempt: int
    outputs: dict[str, OutputObject]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsRejected:
    """A promised object is missing, empty or of another size."""

    attempt: int
    error: ErrorReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested:
    """Somebody wants the job stopped."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTicked:
    """Time has passed; *token* is for an attempt that this may open."""

    token: str


Event = (
    Submitted
    | SlotGranted
    | StartAnswered
    | StartDeferred
    | StartRefused
    | Reported
    | OutputsVerified
    | OutputsRejected
    | CancelRequested
    | ClockTicked
)
