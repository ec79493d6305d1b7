"""The library: what is in the trash and for how long, and tags."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from app.media.library_store import (
    add_tags,
    put_into_trash,
    remove_tags,
    select_media_to_purge,
    take_out_of_trash,
)
from app.media.media import TRASH_MS, find_media
from app.media.removal import delete_media
from app.media.store import MediaRow
from app.ports import Ports
from app.web.query import PAGE_MAX
from media_jobs.errors import Conflict, MediaJobsError
from media_jobs.ids import Id
from media_jobs.strict import Strict

TAGS_MAX = 20
"""Of one media."""
PURGES_PER_SWEEP = 5

Tag = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f,]+\z"
    ),
    AfterValidator(lambda tag: " ".join(tag.split())),
]


class MediaChosen(Strict):
    """Up to 100 media; those that are not there, or there no more, are passed over."""

    media_ids: Annotated[list[Id], Field(min_length=1, max_length=PAGE_MAX)]


class TagChange(MediaChosen):
    """Tags to give to media, and to take off them; a media has up to 20."""

    add: Annotated[tuple[Tag, ...], Field(max_length=TAGS_MAX)] = ()
    remove: Annotated[tuple[Tag, ...], Field(max_length=TAGS_MAX)] = ()


async def trash(chosen: MediaChosen, ports: Ports) -> int:
    """Put media into the trash; return how many were not there yet.

    Their jobs go on, and what they make is kept; new ones are refused.
    """
    statement = put_into_trash(ports.store, chosen.media_ids, ports.now_ms())
    (changed,) = await ports.store.batch([statement])
    ports.log({"event": "media_trashed", "count": changed})
    _tell(chosen, changed, ports)
    return changed


async def restore_from_trash(chosen: MediaChosen, ports: Ports) -> int:
    """Put media back into the library; return how many were in the trash."""
    (changed,) = await ports.store.batch([take_out_of_trash(ports.store, chosen.media_ids)])
    _tell(chosen, changed, ports)
    return changed


async def change_tags(body: TagChange, ports: Ports) -> int:
    """Give and take tags; return how many were given or taken."""
    chosen = body.media_ids
    changes = await ports.store.batch(
        [
            remove_tags(ports.store, chosen, body.remove),
            add_tags(ports.store, chosen, body.add, TAGS_MAX),
        ]
    )
    _tell(body, sum(changes), ports)
    return sum(changes)


def _tell(chosen: MediaChosen, changed: int, ports: Ports) -> None:
    """Let those look again who look at these media, or at lists of them."""
    for media_id in chosen.media_ids if changed else ():
        ports.hub.tell_media(media_id)


async def find_media_to_use(media_id: str, ports: Ports) -> MediaRow:
    """Return a media that a job may be made for; raises NotFound, Conflict (`media_in_trash`)."""
    media = await find_media(media_id, ports)
    if media.trashed_ms is not None:
        raise Conflict("media_in_trash")
    return media


async def purge_trash(ports: Ports) -> None:
    """Delete what has been in the trash for long enough, a few at once."""
    before_ms = ports.now_ms() - TRASH_MS
    for media_id in await select_media_to_purge(ports.store, before_ms, PURGES_PER_SWEEP):
        try:
            await delete_media(media_id, ports)
        except MediaJobsError as error:
            ports.log({"event": "purge_failed", "mediaId": media_id, "why": error.message})
