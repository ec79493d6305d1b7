"""Media and their inputs.

Videos come by presigned upload; subtitles and comments are immutable versions.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.handover import PresignedPut, presigned_put
from app.ports import Ports
from app.store import InputRow, MediaRow, Store, insert_input, insert_media
from media_jobs.comments import CommentsDocument
from media_jobs.errors import Conflict, InvalidInput, NotFound
from media_jobs.ids import new_id
from media_jobs.keys import comments_key, subtitles_key, video_key
from media_jobs.options import HttpUrl
from media_jobs.wire import read

__all__ = [
    "NewMedia",
    "NewUpload",
    "add_comments",
    "add_subtitles",
    "begin_upload",
    "complete_upload",
    "create_media",
    "find_media",
    "media_document",
]

REPLACED = "\ufffd"
"""What the runtime, and most editors, put in the place of bytes that are not UTF-8."""

UPLOAD_BYTES_MAX = 4_995 * 1024 * 1024
"""R2 takes at most 4.995 GiB in one PUT."""


class _Body(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", populate_by_name=True, strict=True
    )


class NewMedia(_Body):
    """What a media is created from."""

    title: Annotated[str, Field(min_length=1, max_length=300)] = "Untitled"
    source_url: HttpUrl | None = None


class NewUpload(_Body):
    """A video that somebody wants to upload."""

    content_type: Annotated[str, Field(pattern=r"^video/[A-Za-z0-9.+-]{1,60}\z")] = "video/mp4"
    size_bytes: Annotated[int, Field(ge=1, le=UPLOAD_BYTES_MAX)]


def new_media(body: NewMedia, ports: Ports) -> MediaRow:
    """Return the row of a new media, not stored yet."""
    now_ms = ports.now_ms()
    media_id = new_id("med", now_ms, ports.entropy(10))
    return MediaRow(
        media_id=media_id, title=body.title, source_url=body.source_url, created_ms=now_ms
    )


async def create_media(body: NewMedia, ports: Ports) -> MediaRow:
    """Create a media."""
    media = new_media(body, ports)
    await ports.database.batch([insert_media(media)])
    return media


async def find_media(media_id: str, store: Store) -> MediaRow:
    """Return a media; raises NotFound."""
    media = await store.media(media_id)
    if media is None:
        raise NotFound(f"There is no media {media_id}.")
    return media


async def begin_upload(
    media_id: str, body: NewUpload, store: Store, ports: Ports
) -> tuple[str, PresignedPut]:
    """Return the id of a new upload and where to PUT it."""
    await find_media(media_id, store)
    now_ms = ports.now_ms()
    upload_id = new_id("upl", now_ms, ports.entropy(10))
    key = video_key(media_id, upload_id)
    put = await presigned_put(media_id, key, body.content_type, ports)
    item = InputRow(
        input_id=upload_id,
        media_id=media_id,
        slot="video",
        object_key=key,
        content_type=body.content_type,
        size_bytes=body.size_bytes,
        ready=False,
        created_ms=now_ms,
    )
    await ports.database.batch([insert_input(item)])
    return upload_id, put


async def complete_upload(media_id: str, upload_id: str, store: Store, ports: Ports) -> InputRow:
    """Make an uploaded video the media's own; raises NotFound, Conflict (`upload_incomplete`)."""
    item = await store.input(media_id, upload_id)
    if item is None:
        raise NotFound(f"There is no upload {upload_id}.")
    found = await ports.objects.head(item.object_key)
    if found is None:
        raise Conflict("The upload has not arrived.", code="upload_incomplete")
    if found.size_bytes != item.size_bytes:
        raise Conflict(
            f"The upload has {found.size_bytes} bytes, announced were {item.size_bytes}.",
            code="upload_incomplete",
        )
    ready = InputRow(
        input_id=item.input_id,
        media_id=media_id,
        slot=item.slot,
        object_key=item.object_key,
        content_type=item.content_type,
        size_bytes=found.size_bytes,
        ready=True,
        created_ms=item.created_ms,
    )
    await ports.database.batch([insert_input(ready)])
    return ready


async def add_subtitles(media_id: str, text: bytes, store: Store, ports: Ports) -> InputRow:
    """Store a new version of a media's subtitles (WebVTT, UTF-8); raises InvalidInput, NotFound."""
    await find_media(media_id, store)
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid("The subtitles are not UTF-8.", "must be UTF-8") from None
    if REPLACED in decoded:
        raise _invalid("The subtitles were not UTF-8 once.", "must not contain U+FFFD")
    if not decoded.startswith("WEBVTT") or "-->" not in decoded:
        raise _invalid("These are no WebVTT subtitles.", "must start with WEBVTT and have a cue")
    return await _add_text(media_id, "subtitles", decoded, store, ports)


async def add_comments(media_id: str, body: bytes, store: Store, ports: Ports) -> InputRow:
    """Store a new version of a media's comments; raises InvalidInput, NotFound."""
    await find_media(media_id, store)
    document = read(CommentsDocument, body)
    text = document.model_dump_json(by_alias=True, exclude_none=True)
    return await _add_text(media_id, "comments-data", text, store, ports)


async def _add_text(media_id: str, slot: str, text: str, store: Store, ports: Ports) -> InputRow:
    now_ms = ports.now_ms()
    subtitles = slot == "subtitles"
    version_id = new_id("sub" if subtitles else "com", now_ms, ports.entropy(10))
    build_key = subtitles_key if subtitles else comments_key
    item = InputRow(
        input_id=version_id,
        media_id=media_id,
        slot=slot,
        object_key=build_key(media_id, version_id),
        content_type="text/vtt" if subtitles else "application/json",
        size_bytes=len(text.encode()),
        ready=True,
        created_ms=now_ms,
    )
    await ports.objects.put_text(item.object_key, text, item.content_type)
    await ports.database.batch([insert_input(item)])
    return item


def _invalid(message: str, reason: str) -> InvalidInput:
    return InvalidInput(message, details={"errors": [{"field": "body", "reason": reason}]})


def input_document(item: InputRow) -> dict[str, object]:
    """Return what the API shows of an input."""
    return {
        "inputId": item.input_id,
        "slot": item.slot,
        "contentType": item.content_type,
        "sizeBytes": item.size_bytes,
        "createdAt": item.created_ms,
    }


def media_document(media: MediaRow, inputs: dict[str, InputRow]) -> dict[str, object]:
    """Return what the API shows of a media."""
    return {
        "mediaId": media.media_id,
        "title": media.title,
        "sourceUrl": media.source_url,
        "createdAt": media.created_ms,
        "inputs": {slot: input_document(item) for slot, item in inputs.items()},
    }
