"""What the runtime's own services fail with, as what use cases know of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pyodide.ffi import JsException

from media_jobs.errors import UpstreamError

WaitUntil = Callable[[Any], object]
"""`waitUntil` of a request's own context, which takes a promise that outlives the answer.

Not that of the module `cloudflare:workers`: in Python it holds no request alive (workerd
1.20261117), and with an answer that has no body, as a 204, everything else ends at once.
"""


def nothing_waits(_: Any) -> None:
    """Stand where no answer goes out: the cron awaits what it calls."""


@contextmanager
def failing_as(part: str) -> Iterator[None]:
    """Raise an exception of JavaScript as an UpstreamError that names *part*."""
    try:
        yield
    except JsException as error:
        raise UpstreamError(
            "upstream_failed", part=part, why="why.refused", name=error.name
        ) from None
