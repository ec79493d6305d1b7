"""Media, and subtitles and comments as immutable versions. Videos: see `uploads`."""

from typing import Annotated

from pydantic import Field

from app.media.store import (
    InputRow,
    JobCounts,
    MediaRow,
    insert_input,
    insert_media,
    rename_media,
    select_media,
)
from app.ports import Ports
from app.web.body import Body
from media_jobs.comments import CommentsDocument
from media_jobs.errors import InvalidInput, NotFound, field_fault
from media_jobs.ids import new_id, new_input_id
from media_jobs.keys import comments_key, subtitles_key
from media_jobs.options import HttpUrl
from media_jobs.subtitle_files import SUBTITLE_KINDS, subtitle_kind

REPLACED = "\ufffd"
"""What the runtime, and most editors, put in the place of bytes that are not UTF-8."""


Title = Annotated[str, Field(min_length=1, max_length=300)]


class NewMedia(Body):
    """What a media is created from."""

    title: Title = "Untitled"
    source_url: HttpUrl | None = None


class MediaChange(Body):
    """What of a media may be changed."""

    title: Title


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
    await ports.store.batch([insert_media(ports.store, media)])
    return media


async def rename(media_id: str, body: MediaChange, ports: Ports) -> MediaRow:
    """Give a media another title; raises NotFound."""
    await ports.store.batch([rename_media(ports.store, media_id, body.title)])
    return await find_media(media_id, ports)


async def find_media(media_id: str, ports: Ports) -> MediaRow:
    """Return a media; raises NotFound."""
    media = await select_media(ports.store, media_id)
    if media is None:
        raise NotFound("not_found.media", media=media_id)
    return media


async def add_subtitles(media_id: str, text: str, ports: Ports) -> InputRow:
    """Store a new version of a media's subtitles (WebVTT, SubRip or ASS).

    Raises InvalidInput, NotFound.
    """
    await find_media(media_id, ports)
    decoded = text.removeprefix("\ufeff")
    if REPLACED in decoded:
        raise _refused("bad_request.subtitles_replaced", "field.utf8_replaced")
    kind = subtitle_kind(decoded)
    if kind is None:
        names = ", ".join(kind.name for kind in SUBTITLE_KINDS)
        raise _refused("bad_request.subtitles", "field.subtitles", kinds=names)
    version_id = _version_id("subtitles", ports)
    key = subtitles_key(media_id, version_id, kind.extension)
    version = _version(version_id, media_id, "subtitles", key, kind.content_type, decoded, ports)
    return await _store(version, decoded, ports)


async def add_comments(media_id: str, document: CommentsDocument, ports: Ports) -> InputRow:
    """Store a new version of a media's comments; raises NotFound."""
    await find_media(media_id, ports)
    text = document.model_dump_json(by_alias=True, exclude_none=True)
    version_id = _version_id("comments-data", ports)
    key = comments_key(media_id, version_id)
    version = _version(version_id, media_id, "comments-data", key, "application/json", text, ports)
    return await _store(version, text, ports)


def _version_id(slot: str, ports: Ports) -> str:
    return new_input_id(slot, ports.now_ms(), ports.entropy(10))


def _version(
    version_id: str,
    media_id: str,
    slot: str,
    key: str,
    content_type: str,
    text: str,
    ports: Ports,
) -> InputRow:
    return InputRow(
        input_id=version_id,
        media_id=media_id,
        slot=slot,
        object_key=key,
        content_type=content_type,
        size_bytes=len(text.encode()),
        ready=True,
        created_ms=ports.now_ms(),
    )


async def _store(item: InputRow, text: str, ports: Ports) -> InputRow:
    await ports.objects.put_text(item.object_key, text, item.content_type)
    await add_input(item, ports)
    return item


async def add_input(item: InputRow, ports: Ports) -> None:
    """Add a version or an upload; raises NotFound when the media was deleted meanwhile."""
    if await ports.store.batch([insert_input(item)]) == [0]:
        raise NotFound("not_found.media", media=item.media_id)


def _refused(key: str, reason: str, **values: str) -> InvalidInput:
    return InvalidInput(key, details={"errors": [field_fault("body", reason, values)]}, **values)


def input_document(item: InputRow) -> dict[str, object]:
    """Return what the API shows of an input."""
    return {
        "inputId": item.input_id,
        "slot": item.slot,
        "contentType": item.content_type,
        "sizeBytes": item.size_bytes,
        "createdAt": item.created_ms,
    }


def media_document(
    media: MediaRow, inputs: dict[str, InputRow], jobs: JobCounts
) -> dict[str, object]:
    """Return what the API shows of a media, with the newest version of each of its inputs."""
    return {
        "mediaId": media.media_id,
        "title": media.title,
        "sourceUrl": media.source_url,
        "createdAt": media.created_ms,
        "inputs": {slot: input_document(item) for slot, item in inputs.items()},
        "jobs": {"total": jobs.total, "unfinished": jobs.unfinished},
    }
