"""What can go wrong, typed. Every error's text is fit to be shown; none holds a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgen.models import Job, JobError
    from vidgen.recipe_models import Run

__all__ = [
    "ApiError",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "FileDiffers",
    "FileRefused",
    "InvalidRequest",
    "JobFailed",
    "NotAllowed",
    "NotFound",
    "NotTheApp",
    "RateLimited",
    "ReceiptInvalid",
    "RunFailed",
    "TransferFailed",
    "VidgenError",
    "WaitTimeout",
]


class VidgenError(Exception):
    """Anything this package raises."""


class ConfigurationError(VidgenError):
    """The address or the token is missing or cannot be right."""


class ConnectionFailed(VidgenError):
    """The server could not be reached, or its answer did not arrive, after every retry.

    *final*: no further try helps, as with a certificate that is not trusted.
    """

    def __init__(self, why: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(why)


class TransferFailed(VidgenError):
    """A file could not be stored or fetched, after every retry."""


class ReceiptInvalid(VidgenError):
    """A receipt that no published key has signed, that was changed, or that is none."""


class FileDiffers(VidgenError):
    """A file is not, to the byte, what its receipt says."""


class FileRefused(VidgenError):
    """A file is not what it was given as: nothing of it was sent."""


class WaitTimeout(VidgenError):
    """The job had not ended within the time that the caller would wait."""


class ApiError(VidgenError):
    """The server refused: *status* is HTTP's, *code* the API's stable word for it.

    *fields* are the invalid fields with their reasons; *request_id* finds the request in the logs.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        fields: tuple[tuple[str, str], ...] = (),
        request_id: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.fields = fields
        self.request_id = request_id
        # A reason that is the whole sentence is said once.
        others = [(field, reason) for field, reason in fields if reason != detail]
        reasons = "".join(f"\n  {field}: {reason}" for field, reason in others)
        super().__init__(f"{detail} ({code}, HTTP {status}){reasons}")


class InvalidRequest(ApiError):
    """400, 413, 422: the request cannot work as it is."""


class NotAllowed(ApiError):
    """401, 403: no such token, or one without the scope."""


class NotFound(ApiError):
    """404, 410: not found."""


class NotTheApp(ApiError):
    """Something answers at the address, but it is not the app: another server, a proxy's page."""


class Conflict(ApiError):
    """409: not in the state it is in."""


class RateLimited(ApiError):
    """429: too many requests or unfinished jobs, after every retry."""


class JobFailed(VidgenError):
    """A job that was waited for has failed or was canceled; *job* says why."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(_end_of(job.job_id, job.status, job.error))


class RunFailed(VidgenError):
    """A run that was waited for has failed or was canceled; *run* says what of it, and why."""

    def __init__(self, run: Run) -> None:
        self.run = run
        # What needs a failed step fails after it, and says no more.
        failed = [step for step in run.jobs if step.status == run.status]
        first = min(failed, key=lambda step: step.finished_at or run.created_at, default=None)
        reviews = [step for step in run.steps if step.kind == "review" and step.state == "rejected"]
        if reviews:
            super().__init__(f"{run.run_id} was {run.status}: {reviews[0].step} was rejected.")
        elif first is None or first.error is None:
            super().__init__(f"{run.run_id} was {run.status}.")
        else:
            super().__init__(_end_of(f"{run.run_id}: {first.step}", first.status, first.error))


def _end_of(what: str, status: str, error: JobError | None) -> str:
    """Return how a job ended, in words."""
    if error is None:
        return f"{what} was {status}."
    lines = [f"{what} failed: {error.message} ({error.code})"]
    if error.hints:
        lines.append(f"  what would help: {', '.join(error.hints)}")
    if error.tool_tail:
        lines += [f"  {line}" for line in error.tool_tail.splitlines()[-10:]]
    return "\n".join(lines)
