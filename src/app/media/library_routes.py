"""Routes of the library: its pages, its trash and its tags."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.media.library import MediaChosen, TagChange, change_tags, restore_from_trash, trash
from app.media.library_store import (
    Has,
    MediaFilter,
    Sort,
    select_media_page,
    select_tags,
    select_tags_of,
)
from app.media.media import media_document
from app.media.store import MediaRow, select_inputs_of, select_job_counts, select_media
from app.store import Store
from app.web.call import Call
from app.web.caller import Access
from app.web.query import Paging, page, paged
from media_jobs.http import Reply, json_reply
from media_jobs.routing import Route

TAGS_SHOWN_MAX = 500


class MediaQuery(Paging):
    """Which media to list, and in which order."""

    query: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=100),
        Field(description="part of a title"),
    ] = ""
    tag: Annotated[str, StringConstraints(max_length=40)] = ""
    has: Annotated[
        Has | None, Field(description="an input that it has, or jobs that have not ended")
    ] = None
    trashed: Literal["true", "false"] = "false"
    sort: Sort = "newest"


async def list_media(call: Call, query: MediaQuery) -> Reply:
    """List media, each with its newest inputs, its number of jobs and its tags.

    What is in the trash is listed with `trashed=true` alone.
    """
    store = call.ports.store
    wanted = MediaFilter(
        words=query.query,
        tag=query.tag,
        has=query.has,
        is_trash=query.trashed == "true",
        sort=query.sort,
    )
    after = await _last(store, query)
    rows = await select_media_page(store, wanted, after, query.limit + 1)
    shown = [row.media_id for row in rows[: query.limit]]
    inputs = await select_inputs_of(store, shown)
    jobs = await select_job_counts(store, shown)
    tags = await select_tags_of(store, shown)
    return paged(
        rows,
        query.limit,
        lambda row: media_document(
            row, inputs[row.media_id], jobs[row.media_id], tags[row.media_id]
        ),
        lambda row: row.media_id,
    )


async def _last(store: Store, query: MediaQuery) -> MediaRow | None:
    """Return the media that the page before has ended with.

    By age, the id of one that is deleted since says its place all the same.
    """
    if query.cursor is None:
        return None
    found = await select_media(store, query.cursor) if query.sort == "title" else None
    return found or MediaRow(media_id=query.cursor, title="", source_url=None, created_ms=0)


async def post_media_trash(call: Call, body: MediaChosen) -> Reply:
    """Put media into the trash; they are deleted for good 30 days later.

    Jobs that have begun go on; new jobs and runs of them are refused with 409 `media_in_trash`.
    """
    return json_reply({"changed": await trash(body, call.ports)})


async def post_media_restore(call: Call, body: MediaChosen) -> Reply:
    """Take media out of the trash."""
    return json_reply({"changed": await restore_from_trash(body, call.ports)})


async def post_media_tags(call: Call, body: TagChange) -> Reply:
    """Give tags to media, and take tags off them; one with more than 20 gets no further one."""
    return json_reply({"changed": await change_tags(body, call.ports)})


async def list_tags(call: Call) -> Reply:
    """List the tags of the library, by name, each with how many media have it."""
    found = await select_tags(call.ports.store, TAGS_SHOWN_MAX)
    return page([{"tag": one.tag, "media": one.media} for one in found], None)


_ALL = "/api/media"
ROUTES: tuple[Route[Access], ...] = (
    Route("GET", _ALL, Access.READ, list_media, answers={200: "Page[Media]"}),
    Route("POST", f"{_ALL}/trash", Access.SUBMIT, post_media_trash, answers={200: "Changed"}),
    Route("POST", f"{_ALL}/restore", Access.SUBMIT, post_media_restore, answers={200: "Changed"}),
    Route("POST", f"{_ALL}/tags", Access.SUBMIT, post_media_tags, answers={200: "Changed"}),
    Route("GET", "/api/tags", Access.READ, list_tags, answers={200: "Page[TagCount]"}),
)
