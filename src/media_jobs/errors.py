"""What can be refused, as one tree.

    MediaJobsError            code and HTTP status for the program, a sentence for the person
    ├── InvalidInput          a value breaks its rule (400), with the field and the reason
    ├── SignatureError        a signature, its age or its direction is wrong (401)
    ├── AccessDenied          the caller is known and may not (403)
    ├── NotFound              no such thing, or not for this caller (404)
    ├── MethodNotAllowed      the path is known, and not by this method (405)
    ├── Conflict              the state of things forbids it (409)
    ├── AttemptFenced         an attempt that no longer owns its job (410)
    ├── TooLarge              a body over its limit (413)
    ├── LimitReached          the caller has as much as it may have (429)
    │   └── RateLimited       the caller calls too often (429), with the seconds to wait
    ├── SettingError          a setting is missing or malformed (500); its value is never shown
    ├── UpstreamError         another part did not answer, or refused (502)
    └── MigrationMissing      the database is older than the code (503)

The message and the details are shown to the caller. `reason` of a SignatureError is for the log
only: from outside all signature failures look the same.
"""

from collections.abc import Mapping
from typing import ClassVar

__all__ = [
    "AccessDenied",
    "AttemptFenced",
    "Conflict",
    "InvalidInput",
    "LimitReached",
    "MediaJobsError",
    "MethodNotAllowed",
    "MigrationMissing",
    "NotFound",
    "RateLimited",
    "SettingError",
    "SignatureError",
    "TooLarge",
    "UpstreamError",
    "invalid_field",
]


class MediaJobsError(Exception):
    """The root; raise one of its subclasses."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.details: Mapping[str, object] = details or {}


class InvalidInput(MediaJobsError):
    """A value from outside breaks its rule; `details["errors"]` lists field and reason."""

    status = 400
    default_code = "bad_request"


def invalid_field(field: str, reason: str) -> InvalidInput:
    """Return the refusal of one field, to be raised; *reason* follows its name in a sentence."""
    return InvalidInput(
        f"{field} {reason}.", details={"errors": [{"field": field, "reason": reason}]}
    )


class SignatureError(MediaJobsError):
    """A signature, its age or its direction is wrong; *reason* is for the log alone."""

    status = 401
    default_code = "unauthorized"

    def __init__(self, reason: str) -> None:
        super().__init__("unauthorized")
        self.reason = reason


class AccessDenied(MediaJobsError):
    """The caller is known and lacks the right."""

    status = 403
    default_code = "forbidden"


class NotFound(MediaJobsError):
    """There is no such thing, or it is not this caller's to see."""

    status = 404
    default_code = "not_found"


class MethodNotAllowed(MediaJobsError):
    """The path is known, and not by this method; *allow*: the methods that it answers to."""

    status = 405
    default_code = "method_not_allowed"

    def __init__(self, allow: str) -> None:
        super().__init__(f"This path answers to {allow}.")
        self.allow = allow


class Conflict(MediaJobsError):
    """The request is well-formed and the present state forbids it."""

    status = 409
    default_code = "conflict"


class AttemptFenced(MediaJobsError):
    """The attempt was given up; whoever works on it must stop."""

    status = 410
    default_code = "attempt_fenced"


class TooLarge(MediaJobsError):
    """A body is over its limit and was not read."""

    status = 413
    default_code = "body_too_large"


class LimitReached(MediaJobsError):
    """The caller has as much as it may have at once."""

    status = 429
    default_code = "limit_reached"


class RateLimited(LimitReached):
    """The caller calls too often; *retry_after_s* (whole seconds, at least 1) is when to go on."""

    default_code = "rate_limited"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class SettingError(MediaJobsError):
    """A setting is missing, empty or malformed; `details["setting"]` names it."""

    default_code = "setting_missing"

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__(f"The setting {setting} {problem}.", details={"setting": setting})
        self.setting = setting


class UpstreamError(MediaJobsError):
    """Another part of the system did not answer, or refused."""

    status = 502
    default_code = "upstream_failed"


class MigrationMissing(MediaJobsError):
    """The database lacks a table or a column: its migrations end before the code's."""

    status = 503
    default_code = "migration_missing"
