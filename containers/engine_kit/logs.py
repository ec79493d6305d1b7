"""One JSON object per line on standard output; one object is one event of one attempt.

Lines carry the id of the request that they follow from, and the job, attempt and engine that they
are about: tasks inherit all of it from the one that has started them. URLs are logged without their
query, because a presigned query is a key to the bucket.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

from media_jobs.redaction import redact
from media_jobs.request_id import request_id_header

__all__ = ["configure", "log", "request_headers", "under_attempt", "under_request"]

_LOGGER = logging.getLogger("engine_kit")
_request_id: ContextVar[str] = ContextVar("request_id", default="")
_attempt: ContextVar[Mapping[str, object]] = ContextVar("attempt", default=MappingProxyType({}))


@contextmanager
def under_request(request_id: str) -> Iterator[None]:
    """Name the request *request_id* in what is logged here, and by tasks that are begun here."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


@contextmanager
def under_attempt(**named: object) -> Iterator[None]:
    """Name the attempt in what is logged here, and by tasks that are begun here."""
    token = _attempt.set(named)
    try:
        yield
    finally:
        _attempt.reset(token)


def request_headers() -> dict[str, str]:
    """Return the header that names the request in calls that follow from it."""
    return request_id_header(_request_id.get())


def log(event: str, level: int = logging.INFO, /, **fields: object) -> None:
    """Write one event; *fields* are JSON values, camelCase like on the wire, None is left out.

    An error logged while an exception is being handled carries its traceback.
    """
    known = {**_attempt.get(), **fields}
    present = {name: value for name, value in known.items() if value is not None}
    _LOGGER.log(
        level,
        event,
        exc_info=sys.exc_info()[0] is not None and level >= logging.ERROR,
        extra={"fields": present, "request_id": _request_id.get()},
    )


def _scrubbed(value: object) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _scrubbed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(item) for item in value]
    return value


class _JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "event": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if request_id := getattr(record, "request_id", ""):
            line["requestId"] = request_id
        if record.exc_info:
            line["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(_scrubbed(line), ensure_ascii=False, default=str)


def configure(service: str) -> None:
    """Send this program's events, and the warnings of its libraries, to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(logging.INFO)
