"""What the runtime's own services fail with, as what use cases know of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyodide.ffi import JsException

from media_jobs.errors import UpstreamError


@contextmanager
def failing_as(part: str) -> Iterator[None]:
    """Raise an exception of JavaScript as an UpstreamError that names *part*."""
    try:
        yield
    except JsException as error:
        raise UpstreamError("upstream_failed", part=part, why=error.name) from None
