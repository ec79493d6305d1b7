"""Requests as both Workers get them from the edge."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from media_jobs.errors import TooLarge
from media_jobs.http import Request

NONE: Mapping[str, str] = MappingProxyType({})


def request(
    method: str,
    target: str,
    body: bytes = b"",
    headers: Mapping[str, str] = NONE,
    *,
    origin: str = "",
    on_read: Callable[[], object] = lambda: None,
) -> Request:
    """Return a request; *on_read* is called when its body is read, which is within its limit."""
    path, _, query = target.partition("?")
    given = {name.lower(): value for name, value in headers.items()}

    async def read(limit: int) -> bytes:
        if len(body) > limit:
            raise TooLarge("body_too_large", most=limit)
        on_read()
        return body

    return Request(
        method=method,
        path=path,
        query=query,
        header=lambda name: given.get(name.lower()),
        read=read,
        origin=origin,
        request_id=given.get("x-request-id", ""),
    )
