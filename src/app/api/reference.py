"""The route of the API's own description."""

import json
from functools import cache

from app.web.call import Call, Row
from media_jobs.routing import Reply, Request


async def get_openapi(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/openapi.json: this reference, as OpenAPI 3.1."""
    return Reply(body=_document(), headers={"content-type": "application/json; charset=utf-8"})


@cache
def _document() -> str:
    """Return the document's text, made at the isolate's first request for it."""
    from app.api.openapi import openapi_document
    from app.api.router import ROUTER

    return json.dumps(openapi_document(ROUTER.routes), ensure_ascii=False, separators=(",", ":"))


ROWS: tuple[Row, ...] = (("GET", "/api/openapi.json", "read", get_openapi),)
