"""The picture of a media in lists: a small JPEG or WebP, as a page or a program makes it."""

from app.media.media import add_input, find_media
from app.media.store import InputRow
from app.ports import Ports
from media_jobs.errors import invalid_field
from media_jobs.ids import new_input_id
from media_jobs.keys import picture_key

THUMBNAIL = "thumbnail"
PICTURE_BYTES_MAX = 256 * 1024
"""A list shows many of them."""
_EXTENSIONS = {"image/jpeg": "jpg", "image/webp": "webp"}
PICTURE_TYPES = tuple(_EXTENSIONS)


async def add_thumbnail(media_id: str, body: bytes, ports: Ports) -> InputRow:
    """Store a new version of a media's picture; raises InvalidInput, NotFound.

    Its type is what its first bytes say, whatever the request calls it.
    """
    content_type = _type_of(body)
    if content_type is None:
        raise invalid_field("body", "field.picture")
    await find_media(media_id, ports)
    now_ms = ports.now_ms()
    version_id = new_input_id(THUMBNAIL, now_ms, ports.entropy(10))
    item = InputRow(
        input_id=version_id,
        media_id=media_id,
        slot=THUMBNAIL,
        object_key=picture_key(media_id, version_id, _EXTENSIONS[content_type]),
        content_type=content_type,
        size_bytes=len(body),
        ready=True,
        created_ms=now_ms,
    )
    await ports.objects.put_bytes(item.object_key, body, content_type)
    await add_input(item, ports)
    return item


def _type_of(body: bytes) -> str | None:
    """Return the type of a picture; None for what is none of these."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body[:4] == b"RIFF" and body[8:15] == b"WEBPVP8":
        return "image/webp"
    return None
