"""What can go wrong, typed. Every error's text is fit to be shown; none holds a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidgen.models import Job

__all__ = [
    "ApiError",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "FileDiffers",
    "InvalidRequest",
    "JobFailed",
    "NotAllowed",
    "NotFound",
    "RateLimited",
    "ReceiptInvalid",
    "TransferFailed",
    "VidgenError",
    "WaitTimeout",
]


class VidgenError(Exception):
    """Anything this package raises."""


class ConfigurationError(VidgenError):
    """The address or the token is missing or cannot be right."""


class ConnectionFailed(VidgenError):
    """The server could not be reached, or its answer did not arrive, after every retry."""


class TransferFailed(VidgenError):
    """A file could not be stored or fetched, after every retry."""


class ReceiptInvalid(VidgenError):
    """A receipt that no published key has signed, that was changed, or that is none."""


class FileDiffers(VidgenError):
    """A file is not, to the byte, what its receipt says."""


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


class Conflict(ApiError):
    """409: not in the state it is in."""


class RateLimited(ApiError):
    """429: too many requests or unfinished jobs, after every retry."""


class JobFailed(VidgenError):
    """A job that was waited for has failed or was canceled; *job* says why."""

    def __init__(self, job: Job) -> None:
        self.job = job
        if job.error is None:
            super().__init__(f"{job.job_id} was {job.status}.")
            return
        lines = [f"{job.job_id} failed: {job.error.message} ({job.error.code})"]
        if job.error.hints:
            lines.append(f"  what would help: {', '.join(job.error.hints)}")
        if job.error.tool_tail:
            lines += [f"  {line}" for line in job.error.tool_tail.splitlines()[-10:]]
        super().__init__("\n".join(lines))
