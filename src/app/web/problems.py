"""Problem documents (RFC 9457): how the API says no."""

from media_jobs.errors import MediaJobsError, SettingError, SignatureError

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


def problem_document(error: MediaJobsError, request_id: str = "") -> dict[str, object]:
    """Return the document of what was refused; of a signature failure it says nothing.

    *request_id* finds the log lines of the request; empty: it is left out.
    """
    if isinstance(error, SignatureError):
        return {"error": error.code}
    document: dict[str, object] = {
        "type": "about:blank",
        "title": _TITLES.get(error.status, "Error"),
        "status": error.status,
        "code": error.code,
        "detail": error.message,
    }
    if error.status < 500 or isinstance(error, SettingError):
        document |= error.details
    if request_id:
        document["requestId"] = request_id
    return document
