"""The id of one request: from the app to the orchestrator, its job, its container and back.

It is for people who read logs; no decision rests on it, so any caller may choose it. What is not
well-formed is replaced and written nowhere.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import BeforeValidator

__all__ = [
    "REQUEST_ID_HEADER",
    "Log",
    "StoredRequestId",
    "is_request_id",
    "request_id_header",
    "request_id_of",
    "with_fields",
]

REQUEST_ID_HEADER = "x-request-id"
"""Read from every request, written to every answer and to the calls that follow from it."""

TRACE_HEADER = "traceparent"

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?", re.ASCII)
_NO_TRACE = "0" * 32

Log = Callable[[dict[str, object]], None]


def is_request_id(value: str) -> bool:
    """Whether *value* may stand for a request: 8 to 64 letters, digits, ``.``, ``_`` and ``-``."""
    return _ID.fullmatch(value) is not None


def request_id_of(header: Callable[[str], str | None], fresh: Callable[[], str]) -> str:
    """Return the id that a request brings along, or a *fresh* one.

    It is the well-formed `x-request-id`, else the trace id of a `traceparent` (W3C Trace Context).
    """
    given = header(REQUEST_ID_HEADER)
    if given is not None and is_request_id(given):
        return given
    found = _TRACE.fullmatch(header(TRACE_HEADER) or "")
    if found is not None and found[1] != _NO_TRACE:
        return found[1]
    return fresh()


def request_id_header(request_id: str) -> dict[str, str]:
    """Return the header of calls that follow from a request; none where its id is not known."""
    return {REQUEST_ID_HEADER: request_id} if request_id else {}


def with_fields(log: Log, fields: Mapping[str, str]) -> Log:
    """Return *log* that adds *fields*, empty ones left out, to records that do not have them."""
    present = {name: value for name, value in fields.items() if value}
    return (lambda record: log({**present, **record})) if present else log


def _or_none(value: object) -> str:
    return value if isinstance(value, str) and is_request_id(value) else ""


StoredRequestId = Annotated[str, BeforeValidator(_or_none)]
"""A stored id; one that is none is read as empty, as a document must not be lost for it."""
