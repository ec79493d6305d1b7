"""Routes of media, and of what is added to them."""

from app.media.media import (
    MediaChange,
    NewMedia,
    add_comments,
    add_subtitles,
    create_media,
    find_media,
    input_document,
    media_document,
    rename,
)
from app.media.preview import PreviewWanted, preview_comments
from app.media.removal import delete_media
from app.media.store import (
    JobCounts,
    select_inputs,
    select_inputs_of,
    select_job_counts,
    select_media_page,
)
from app.web.call import (
    JSON_BYTES_MAX,
    TEXT_BYTES_MAX,
    Call,
    Row,
    invalid,
    page,
    page_cursor,
    page_limit,
)
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.wire import read

QUERY_CHARS_MAX = 100


async def post_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media: create a media."""
    body = read(NewMedia, await request.read(JSON_BYTES_MAX))
    media = await create_media(body, call.ports)
    return json_reply(media_document(media, {}, JobCounts()), 201)


async def list_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media?query=&limit=&cursor=: media, newest first; `query` is part of a title."""
    params = request.params()
    limit, words = page_limit(params), params.get("query", "").strip()
    if len(words) > QUERY_CHARS_MAX:
        raise invalid("query", f"must have at most {QUERY_CHARS_MAX} characters")
    rows = await select_media_page(call.ports.store, page_cursor(params), limit + 1, words)
    shown = [row.media_id for row in rows[:limit]]
    inputs = await select_inputs_of(call.ports.store, shown)
    jobs = await select_job_counts(call.ports.store, shown)
    items = [media_document(row, inputs[row.media_id], jobs[row.media_id]) for row in rows[:limit]]
    return page(items, rows[limit - 1].media_id if len(rows) > limit else None)


async def get_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media/:id: one media with its newest inputs."""
    return await _shown(call, values["media_id"])


async def patch_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PATCH /api/media/:id: another title."""
    body = read(MediaChange, await request.read(JSON_BYTES_MAX))
    await rename(values["media_id"], body, call.ports)
    return await _shown(call, values["media_id"])


async def _shown(call: Call, media_id: str) -> Reply:
    media = await find_media(media_id, call.ports)
    inputs = await select_inputs(call.ports.store, media_id)
    jobs = await select_job_counts(call.ports.store, [media_id])
    return json_reply(media_document(media, inputs, jobs[media_id]))


async def remove_media(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/media/:id: 204 when everything is gone, 202 when the sweeper goes on with it."""
    done = await delete_media(values["media_id"], call.ports)
    return Reply(status=204, body=None) if done else json_reply({"deleting": True}, 202)


async def put_subtitles(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/subtitles: WebVTT, SubRip or ASS as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_subtitles(values["media_id"], body, call.ports)
    return json_reply(input_document(item), 201)


async def put_comments(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """PUT /api/media/:id/comments: a comments document as the body."""
    body = await request.read(TEXT_BYTES_MAX)
    item = await add_comments(values["media_id"], body, call.ports)
    return json_reply(input_document(item), 201)


async def post_preview(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/comments/preview: one frame as PNG."""
    body = read(PreviewWanted, await request.read(JSON_BYTES_MAX))
    return await preview_comments(values["media_id"], body, call.ports)


ROWS: tuple[Row, ...] = (
    ("POST", "/api/media", "submit", post_media),
    ("GET", "/api/media", "read", list_media),
    ("GET", "/api/media/{media_id}", "read", get_media),
    ("PATCH", "/api/media/{media_id}", "submit", patch_media),
    ("DELETE", "/api/media/{media_id}", "submit", remove_media),
    ("PUT", "/api/media/{media_id}/subtitles", "submit", put_subtitles),
    ("PUT", "/api/media/{media_id}/comments", "submit", put_comments),
    ("POST", "/api/media/{media_id}/comments/preview", "submit", post_preview),
)
