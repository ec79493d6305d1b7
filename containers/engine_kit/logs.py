"""One JSON object per line on standard output; one object is one event of one attempt.

URLs are logged without their query, because a presigned query is a key to the bucket.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

__all__ = ["configure", "log", "scrub", "without_query"]

_URL_QUERY = re.compile(r"(\w+://[^\s?'\"<>]*)\?[^\s'\"<>]*")
_URL_LOGIN = re.compile(r"(\w+://)[^\s/@'\"<>]+@")
_LOGGER = logging.getLogger("engine_kit")


def without_query(url: str) -> str:
    """Return *url* up to its query, which may be a key."""
    return url.split("?", 1)[0].split("#", 1)[0]


def scrub(text: str) -> str:
    """Remove the query and the login of every URL in *text*."""
    return _URL_LOGIN.sub(r"\1", _URL_QUERY.sub(r"\1?…", text))


def log(event: str, level: int = logging.INFO, /, **fields: object) -> None:
    """Write one event; *fields* are JSON values, camelCase like on the wire, None is left out.

    An error logged while an exception is being handled carries its traceback.
    """
    present = {name: value for name, value in fields.items() if value is not None}
    _LOGGER.log(
        level,
        event,
        exc_info=sys.exc_info()[0] is not None and level >= logging.ERROR,
        extra={"fields": present},
    )


def _scrubbed(value: object) -> object:
    if isinstance(value, str):
        return scrub(value)
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
