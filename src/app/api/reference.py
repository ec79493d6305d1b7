"""The route of the API's own description."""

import json
from collections.abc import Callable, Iterable
from functools import cache

from app.web.call import Call
from app.web.caller import Access
from media_jobs.http import Reply
from media_jobs.routing import Binary, Route


def reference_route(routes: Callable[[], Iterable[Route[Access]]]) -> Route[Access]:
    """Return the route that describes *routes*, itself included."""

    @cache
    def document(upload_bytes_max: int) -> str:
        """Return the document's text, made at the isolate's first request for it."""
        from app.api.openapi import openapi_document

        made = openapi_document(routes(), upload_bytes_max)
        return json.dumps(made, ensure_ascii=False, separators=(",", ":"))

    async def get_openapi(call: Call) -> Reply:
        """Describe this API as OpenAPI 3.1.

        `/reference.html` shows it.
        """
        text = document(call.ports.settings().upload_bytes_max)
        return Reply(body=text, headers={"content-type": "application/json; charset=utf-8"})

    return Route(
        "GET",
        "/api/openapi.json",
        Access.READ,
        get_openapi,
        answers={200: Binary(types=("application/json",))},
    )
