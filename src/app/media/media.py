"""Media, and comments as immutable versions. Subtitles: see `subtitles`; videos: `uploads`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Final

from pydantic import Field
from pydantic_core import from_json

from app.media.names import UNTITLED
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
from app.store import Statement
from media_jobs.comments import CommentsDocument
from media_jobs.engines import Origin
from media_jobs.errors import NotFound, present
from media_jobs.ids import new_id, new_input_id
from media_jobs.keys import comments_key
from media_jobs.notices import Notice
from media_jobs.options import HttpUrl
from media_jobs.strict import Strict

SUBTITLES = "subtitles"
"""The slot of the inputs that have a language."""

TRASH_MS: Final = 30 * 86_400_000
"""How long a media stays in the trash before it is deleted for good."""

Title = Annotated[str, Field(min_length=1, max_length=300)]


class NewMedia(Strict):
    """What a media is created from."""

    title: Title = UNTITLED
    source_url: HttpUrl | None = None


class MediaChange(Strict):
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
    ports.hub.tell_media(media.media_id)
    return media


async def rename(media_id: str, body: MediaChange, ports: Ports) -> MediaRow:
    """Give a media another title; raises NotFound."""
    await ports.store.batch([rename_media(ports.store, media_id, body.title)])
    ports.hub.tell_media(media_id)
    return await find_media(media_id, ports)


async def find_media(media_id: str, ports: Ports) -> MediaRow:
    """Return a media; raises NotFound."""
    return present(await select_media(ports.store, media_id), "not_found.media", media=media_id)


def nothing(_: str) -> Sequence[Statement]:
    """Return what follows a version that stands for itself."""
    return ()


async def add_comments(media_id: str, document: CommentsDocument, ports: Ports) -> InputRow:
    """Store a new version of a media's comments, as they were understood; raises NotFound."""
    await find_media(media_id, ports)
    text = document.model_dump_json(by_alias=True, exclude_none=True)
    return await add_text(
        media_id, "comments-data", text, "application/json", partial(comments_key, media_id), ports
    )


async def add_text(
    media_id: str,
    slot: str,
    text: str,
    content_type: str,
    key_of: Callable[[str], str],
    ports: Ports,
    *,
    language: str | None = None,
    origin: Origin | None = None,
    parent: str | None = None,
    following: Callable[[str], Sequence[Statement]] = nothing,
) -> InputRow:
    """Store *text* as a new version; *key_of*: its key by its id. Raises NotFound.

    *following*: what is to be written with it, by its id; it must do nothing if that is not there.
    """
    version_id = new_input_id(slot, ports.now_ms(), ports.entropy(10))
    item = InputRow(
        input_id=version_id,
        media_id=media_id,
        slot=slot,
        object_key=key_of(version_id),
        content_type=content_type,
        size_bytes=len(text.encode()),
        ready=True,
        created_ms=ports.now_ms(),
        language=language,
        origin=origin,
        parent_id=parent,
    )
    await ports.objects.put_text(item.object_key, text, item.content_type)
    await add_input(item, ports, following(version_id))
    return item


async def add_input(item: InputRow, ports: Ports, following: Sequence[Statement] = ()) -> None:
    """Add a version or an upload; raises NotFound when the media was deleted meanwhile."""
    if (await ports.store.batch([insert_input(item), *following]))[0] == 0:
        raise NotFound("not_found.media", media=item.media_id)
    if item.ready:
        ports.hub.tell_media(item.media_id)


def input_document(item: InputRow) -> dict[str, object]:
    """Return what the API shows of an input."""
    return {
        "inputId": item.input_id,
        "slot": item.slot,
        "contentType": item.content_type,
        "sizeBytes": item.size_bytes,
        "createdAt": item.created_ms,
        "language": item.language,
        "origin": item.origin,
        "parent": item.parent_id,
    }


def notice_document(notice: Notice) -> dict[str, object]:
    """Return what the API shows of a notice."""
    return notice.document.model_dump(by_alias=True)


def media_document(
    media: MediaRow, inputs: dict[str, InputRow], jobs: JobCounts, tags: Sequence[str]
) -> dict[str, object]:
    """Return what the API shows of a media, with the newest version of each of its inputs."""
    document: dict[str, object] = {
        "mediaId": media.media_id,
        "title": media.title,
        "sourceUrl": media.source_url,
        "createdAt": media.created_ms,
        "inputs": {slot: input_document(item) for slot, item in inputs.items()},
        "jobs": {"total": jobs.total, "unfinished": jobs.unfinished},
        "tags": list(tags),
        "trashedAt": media.trashed_ms,
        "deletesAt": None if media.trashed_ms is None else media.trashed_ms + TRASH_MS,
    }
    site = None if media.site is None else from_json(media.site)
    if site is not None:
        document["site"] = site
    duration_s = _duration_s(inputs.get("video"), site)
    if duration_s is not None:
        document["durationS"] = duration_s
    return document


def _duration_s(video: InputRow | None, site: dict[str, object] | None) -> object:
    """Return how long a media's video is; None where it has none, or nobody has said it."""
    if video is None:
        return None
    if video.duration_ms is not None:
        return video.duration_ms / 1000
    return None if site is None else site.get("durationS")
