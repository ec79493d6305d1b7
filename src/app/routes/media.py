"""Routes of media and their inputs."""

from app.media import (
    NewMedia,
    NewUpload,
    add_comments,
    add_subtitles,
    begin_upload,
    complete_upload,
    create_media,
    find_media,
    input_document,
    media_document,
)
from app.routes.call import JSON_BYTES_MAX, TEXT_BYTES_MAX, Call, Row, page, page_limit
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.wire import read

__all__ = ["ROWS"]


async def post_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media."""
    body = read(NewMedia, await request.read(JSON_BYTES_MAX))
    return json_reply(media_document(await create_media(body, call.ports), {}), 201)


async def list_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media."""
    params = request.params()
    limit = page_limit(params)
    rows = await call.store.media_page(params.get("cursor"), limit + 1)
    items: list[dict[str, object]] = [
        {
            "mediaId": row.media_id,
            "title": row.title,
            "sourceUrl": row.source_url,
            "createdAt": row.created_ms,
        }
        for row in rows[:limit]
    ]
    return page(items, rows[limit - 1].media_id if len(rows) > limit else None)


async def get_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media/:id."""
    media = await find_media(values["media_id"], call.store)
    return json_reply(media_document(media, await call.store.inputs(media.media_id)))


async def post_upload(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads."""
    body = read(NewUpload, await request.read(JSON_BYTES_MAX))
    upload_id, put = await begin_upload(values["media_id"], body, call.store, call.ports)
    document = {
        "uploadId": upload_id,
        "method": "PUT",
        "url": put.url,
        "headers": put.headers,
        "expiresAt": put.expiresAt,
    }
    return json_reply(document, 201)


async def post_upload_complete(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads/:uploadId/complete."""
    media_id, upload_id = values["media_id"], values["upload_id"]
    item = await complete_upload(media_id, upload_id, call.store, call.ports)
    return json_reply(input_document(item))


async def put_subtitles(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/subtitles: WebVTT as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_subtitles(values["media_id"], body, call.store, call.ports)
    return json_reply(input_document(item), 201)


async def put_comments(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/comments: a comments document as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_comments(values["media_id"], body, call.store, call.ports)
    return json_reply(input_document(item), 201)


ROWS: tuple[Row, ...] = (
    ("POST", "/api/media", "submit", post_media),
    ("GET", "/api/media", "read", list_media),
    ("GET", "/api/media/{media_id}", "read", get_media),
    ("POST", "/api/media/{media_id}/uploads", "submit", post_upload),
    ("POST", "/api/media/{media_id}/uploads/{upload_id}/complete", "submit", post_upload_complete),
    ("PUT", "/api/media/{media_id}/subtitles", "submit", put_subtitles),
    ("PUT", "/api/media/{media_id}/comments", "submit", put_comments),
)
