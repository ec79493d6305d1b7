"""Refusals as they are sent: problem documents (RFC 9457), or the short form of the orchestrator
and the containers. A signature failure reveals nothing more than that.
"""

from typing import Any, cast

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
        document |= {"message": error.message, **_keys(error)}
        if details := _shown(error):
            document["details"] = details
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
        **_keys(error),
        **_shown(error),
    }
    if request_id:
        document["requestId"] = request_id
    return document


def _shown(error: MediaJobsError) -> dict[str, object]:
    """Return the details; those of a fault on this side stay inside, but a setting's name."""
    if error.status >= 500 and not isinstance(error, SettingError):
        return {}
    faults = [{"field": fault["field"], "reason": fault["reason"]} for fault in _faults(error)]
    return {**error.details, "errors": faults} if faults else dict(error.details)


def _faults(error: MediaJobsError) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", error.details.get("errors", []))


def _keys(error: MediaJobsError) -> dict[str, object]:
    """Return what the sentences are made of, for who speaks another language.

    Those of fields stand beside `errors`, in its order: for readers of 0.1.0 a fault is two texts.
    """
    document: dict[str, object] = {"messageKey": error.key, "messageValues": error.values}
    keys = [
        {name: fault[name] for name in ("messageKey", "messageValues") if name in fault}
        for fault in _faults(error)
    ]
    return {**document, "errorMessages": keys} if keys else document


def _headers(error: MediaJobsError) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"allow": error.allow}
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.retry_after_s)}
    return {}
