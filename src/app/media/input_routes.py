"""Routes of uploads and of the versions of a media's inputs."""

from app.media.media import input_document
from app.media.uploads import (
    CompleteUpload,
    NewUpload,
    PartsWanted,
    abort,
    begin,
    complete,
    find_upload,
    grant_parts,
    upload_document,
)
from app.media.versions import content, list_versions, restore, version_document
from app.web.call import JSON_BYTES_MAX, Call, Row, invalid, page, page_limit
from media_jobs.engines import INPUT_SLOTS
from media_jobs.ids import parse_id
from media_jobs.routing import Reply, Request, json_reply
from media_jobs.wire import read

PARTS_BYTES_MAX = 2 * 1024 * 1024
"""Ten thousand parts with their ETags are one."""
NEWEST = (10**14, "~")


async def post_upload(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads: begin to upload a video."""
    body = read(NewUpload, await request.read(JSON_BYTES_MAX))
    return json_reply(await begin(values["media_id"], body, call.ports), 201)


async def get_upload(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media/:id/uploads/:uploadId: the state of an upload."""
    item = await find_upload(values["media_id"], values["upload_id"], call.ports)
    return json_reply(upload_document(item, call.ports.now_ms()))


async def post_upload_parts(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/uploads/:uploadId/parts: where to PUT parts."""
    body = read(PartsWanted, await request.read(JSON_BYTES_MAX))
    media_id, upload_id = values["media_id"], values["upload_id"]
    return json_reply(await grant_parts(media_id, upload_id, body, call.ports))


async def post_upload_complete(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST …/uploads/:uploadId/complete: end an upload; one that came whole needs no body."""
    body = await request.read(PARTS_BYTES_MAX)
    parts = read(CompleteUpload, body) if body else CompleteUpload()
    media_id, upload_id = values["media_id"], values["upload_id"]
    return json_reply(input_document(await complete(media_id, upload_id, parts, call.ports)))


async def delete_upload(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """DELETE /api/media/:id/uploads/:uploadId: abort an upload."""
    await abort(values["media_id"], values["upload_id"], call.ports)
    return Reply(status=204, body=None)


async def list_inputs(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET /api/media/:id/inputs?slot=&limit=&cursor=: versions, newest first."""
    params = request.params()
    limit, slot = page_limit(params), params.get("slot")
    if slot is not None and slot not in INPUT_SLOTS:
        raise invalid("slot", f"must be one of {', '.join(INPUT_SLOTS)}")
    before = _before(params.get("cursor"))
    rows = await list_versions(values["media_id"], slot, before, limit + 1, call.ports)
    items = [version_document(row, current) for row, current in rows[:limit]]
    if len(rows) <= limit:
        return page(items, None)
    last = rows[limit - 1][0].item
    return page(items, f"{last.created_ms}.{last.input_id}")


def _before(cursor: str | None) -> tuple[int, str]:
    if cursor is None:
        return NEWEST
    created, _, input_id = cursor.partition(".")
    if not created.isascii() or not created.isdigit() or len(created) > 14 or not input_id:
        raise invalid("cursor", "must be the nextCursor of an earlier answer")
    return int(created), parse_id(input_id, "cursor")


async def get_content(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """GET or HEAD /api/media/:id/inputs/:inputId/content: the bytes of a version."""
    return await content(request, values["media_id"], values["input_id"], call.ports)


async def post_restore(call: Call, request: Request, values: dict[str, str]) -> Reply:
    """POST /api/media/:id/inputs/:inputId/restore: make a version the newest again."""
    item = await restore(values["media_id"], values["input_id"], call.ports)
    return json_reply(input_document(item), 201)


_UPLOAD = "/api/media/{media_id}/uploads/{upload_id}"
_INPUT = "/api/media/{media_id}/inputs/{input_id}"
ROWS: tuple[Row, ...] = (
    ("POST", "/api/media/{media_id}/uploads", "submit", post_upload),
    ("GET", _UPLOAD, "read", get_upload),
    ("DELETE", _UPLOAD, "submit", delete_upload),
    ("POST", f"{_UPLOAD}/parts", "submit", post_upload_parts),
    ("POST", f"{_UPLOAD}/complete", "submit", post_upload_complete),
    ("GET", "/api/media/{media_id}/inputs", "read", list_inputs),
    ("GET", f"{_INPUT}/content", "read", get_content),
    ("HEAD", f"{_INPUT}/content", "read", get_content),
    ("POST", f"{_INPUT}/restore", "submit", post_restore),
)
