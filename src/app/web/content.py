"""What the routes share that send the bytes of stored objects."""

from typing import Literal

from app.web.caller import Access
from app.web.query import Query
from media_jobs.routing import Binary, Handler, Route

_TEXT = {"type": "string"}
_BYTES = Binary(types=("*/*",))


class ContentQuery(Query):
    """How a browser is to take the bytes."""

    disposition: Literal["inline", "attachment"] = "inline"


def content_routes(path: str, handler: Handler) -> tuple[Route[Access], ...]:
    """Return the routes by which readers get the bytes of one object, or a range of them."""
    return tuple(
        Route(
            method,
            path,
            Access.READ,
            handler,
            headers={"Range": _TEXT, "If-None-Match": _TEXT},
            answers={200: _BYTES, 206: _BYTES, 304: None, 416: None},
        )
        for method in ("GET", "HEAD")
    )
