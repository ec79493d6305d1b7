"""What can be refused, as one tree.

    MediaJobsError            code and HTTP status for the program, a sentence for the person
    ├── InvalidInput          a value breaks its rule (400), with the field and the reason
    ├── SignatureError        a signature, its age or its direction is wrong (401)
    ├── HandshakeRefused      a host's key is right, but not its handshake (401)
    ├── AccessDenied          the caller is known and may not (403)
    ├── NotFound              no such thing, or not for this caller (404)
    ├── MethodNotAllowed      the path is known, and not by this method (405)
    ├── Conflict              the state of things forbids it (409)
    ├── AttemptFenced         an attempt that no longer owns its job (410)
    ├── TooLarge              a body over its limit (413)
    ├── UpgradeRequired       the path speaks WebSocket alone (426)
    ├── LimitReached          the caller has as much as it may have (429)
    │   └── RateLimited       the caller calls too often (429), with the seconds to wait
    ├── SettingError          a setting is missing or malformed (500); its value is never shown
    ├── UpstreamError         another part did not answer, or refused (502)
    ├── MigrationMissing      the database is older than the code (503)
    └── DeadlinePassed        nobody waits for the answer any more (503)

The message and the details are shown to the caller. `reason` of a SignatureError is for the log
only: from outside all signature failures look the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from media_jobs.messages import Value, message

__all__ = [
    "AccessDenied",
    "AttemptFenced",
    "Conflict",
    "DeadlinePassed",
    "HandshakeRefused",
    "InvalidInput",
    "LimitReached",
    "MediaJobsError",
    "MethodNotAllowed",
    "MigrationMissing",
    "NotFound",
    "OptionsUnsupported",
    "RateLimited",
    "SettingError",
    "SignatureError",
    "TooLarge",
    "UpgradeRequired",
    "UpstreamError",
    "field_fault",
    "invalid_field",
    "missing_inputs",
    "present",
    "unfit_field",
]


T = TypeVar("T")


class MediaJobsError(Exception):
    """The root; raise one of its subclasses.

    *key* and *values* name the message in the catalogue (`media_jobs.messages`), whose first part,
    up to a dot, is the code that programs read. Raises KeyError for a key that is not there.
    """

    status: ClassVar[int] = 500

    def __init__(
        self, key: str, *, details: Mapping[str, object] | None = None, **values: Value
    ) -> None:
        self.key = key
        self.values = values
        self.code = key.partition(".")[0]
        self.message = message(key, **values)
        self.details: Mapping[str, object] = details or {}
        super().__init__(self.message)


class InvalidInput(MediaJobsError):
    """A value from outside breaks its rule; `details["errors"]` lists field and reason."""

    status = 400


def invalid_field(field: str, key: str, **values: Value) -> InvalidInput:
    """Return the refusal of one field, to be raised; *key* is its reason, one of `field.…`."""
    fault = field_fault(field, key, values)
    return InvalidInput(
        "bad_request.field", details={"errors": [fault]}, field=field, reason=fault["reason"]
    )


def field_fault(field: str, key: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """Return one entry of `details["errors"]`: the field, the reason, and what it is made of."""
    reason = message(key, **values)
    return {"field": field, "reason": reason, "messageKey": key, "messageValues": dict(values)}


class SignatureError(MediaJobsError):
    """A signature, its age or its direction is wrong; *reason* is for the log alone."""

    status = 401

    def __init__(self, reason: str) -> None:
        super().__init__("unauthorized.signature")
        self.reason = reason


class HandshakeRefused(MediaJobsError):
    """A host that holds a key of its name may not connect; it is told why."""

    status = 401


class AccessDenied(MediaJobsError):
    """The caller is known and lacks the right."""

    status = 403


class NotFound(MediaJobsError):
    """There is no such thing, or it is not this caller's to see."""

    status = 404


def present(found: T | None, key: str, **values: Value) -> T:
    """Return what was *found*; raises NotFound with this message if that is nothing."""
    if found is None:
        raise NotFound(key, details=None, **values)
    return found


class MethodNotAllowed(MediaJobsError):
    """The path is known, and not by this method; *allow*: the methods that it answers to."""

    status = 405

    def __init__(self, allow: str) -> None:
        super().__init__("method_not_allowed", allowed=allow)
        self.allow = allow


class Conflict(MediaJobsError):
    """The request is well-formed and the present state forbids it."""

    status = 409


def unfit_field(field: str, key: str, **values: Value) -> Conflict:
    """Return the refusal of one field that is well-formed and does not fit what is stored."""
    fault = field_fault(field, key, values)
    return Conflict("unfit", details={"errors": [fault]}, field=field, reason=fault["reason"])


def missing_inputs(slots: Sequence[str]) -> Conflict:
    """Return the refusal of what needs inputs that the media has not."""
    named = ", ".join(f"input.{slot}" for slot in slots)
    return Conflict("missing_inputs", details={"missing": list(slots)}, missing=named)


class AttemptFenced(MediaJobsError):
    """The attempt was given up; its container must stop."""

    status = 410


class TooLarge(MediaJobsError):
    """A body is over its limit and was not read."""

    status = 413


class UpgradeRequired(MediaJobsError):
    """The path speaks WebSocket alone."""

    status = 426


class LimitReached(MediaJobsError):
    """The caller has as much as it may have at once."""

    status = 429


class RateLimited(LimitReached):
    """The caller calls too often; *retry_after_s* is whole seconds, at least 1."""

    def __init__(self, key: str, *, retry_after_s: int, **values: Value) -> None:
        super().__init__(key, details=None, **values)
        self.retry_after_s = retry_after_s


class SettingError(MediaJobsError):
    """A setting is missing, empty or malformed; `details["setting"]` names it.

    *problem*: the key of what is wrong with it, `setting.…` or `field.…`, filled with *values*.
    """

    def __init__(self, setting: str, problem: str, **values: Value) -> None:
        super().__init__(
            "setting_missing",
            details={"setting": setting},
            setting=setting,
            problem=problem,
            **values,
        )
        self.setting = setting


class UpstreamError(MediaJobsError):
    """Another part of the system did not answer, or refused."""

    status = 502


class OptionsUnsupported(Exception):
    """A job asks for *options*, by their paths, that its container has not; the job ends so."""

    def __init__(self, options: tuple[str, ...]) -> None:
        self.options = options
        super().__init__(", ".join(options))


class DeadlinePassed(MediaJobsError):
    """The caller said until when it waits, and that is over: nothing was done."""

    status = 503


class MigrationMissing(MediaJobsError):
    """The database lacks a table or a column: its migrations end before the code's."""

    status = 503
