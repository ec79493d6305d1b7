"""What a caller is told of a refusal: as a problem document (RFC 9457), or in the short form that
the orchestrator and the containers speak. Of a signature failure nobody learns more than that.
"""

from collections.abc import Mapping

from media_jobs.errors import (
    MediaJobsError,
    MethodNotAllowed,
    RateLimited,
    SettingError,
    SignatureError,
)
from media_jobs.http import Reply, json_reply

__all__ = ["error_document", "error_reply", "problem_document", "problem_reply"]

_TITLES = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    429: "Too many requests",
    500: "Server error",
    502: "Upstream failed",
    503: "Unavailable",
}


def error_reply(error: MediaJobsError) -> Reply:
    """Return the answer of the orchestrator to what was refused."""
    return json_reply(error_document(error), error.status, _headers(error))


def problem_reply(error: MediaJobsError, request_id: str = "") -> Reply:
    """Return the answer of the app to what was refused."""
    headers = {"content-type": "application/problem+json", **_headers(error)}
    if error.status == 401 and not isinstance(error, SignatureError):
        headers["www-authenticate"] = "Bearer"
    return json_reply(problem_document(error, request_id), error.status, headers)


def error_document(error: MediaJobsError) -> dict[str, object]:
    """Return the short form: code, sentence, details."""
    document: dict[str, object] = {"error": error.code}
    if not isinstance(error, SignatureError):
        document["message"] = error.message
        if details := _shown(error):
            document["details"] = dict(details)
    return document


def problem_document(error: MediaJobsError, request_id: str = "") -> dict[str, object]:
    """Return the problem document. *request_id* finds the log lines of the request; empty: it is
    left out.
    """
    if isinstance(error, SignatureError):
        return {"error": error.code}
    document: dict[str, object] = {
        "type": "about:blank",
        "title": _TITLES.get(error.status, "Error"),
        "status": error.status,
        "code": error.code,
        "detail": error.message,
        "messageKey": error.key,
        "messageValues": error.values,
        **_shown(error),
    }
    if request_id:
        document["requestId"] = request_id
    return document


def _shown(error: MediaJobsError) -> Mapping[str, object]:
    """Return the details; those of a fault on this side stay inside, but a setting's name."""
    return error.details if error.status < 500 or isinstance(error, SettingError) else {}


def _headers(error: MediaJobsError) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"allow": error.allow}
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.retry_after_s)}
    return {}
