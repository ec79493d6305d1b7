"""Routes of media, of their subtitles and comments, and of orphans."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.media.library_store import select_tags_of
from app.media.media import (
    MediaChange,
    NewMedia,
    add_comments,
    create_media,
    find_media,
    input_document,
    media_document,
    notice_document,
    rename,
)
from app.media.orphans import STAGES, orphans
from app.media.pictures import PICTURE_BYTES_MAX, PICTURE_TYPES, add_thumbnail
from app.media.preview import (
    BurnPreviewWanted,
    LayerWanted,
    PreviewWanted,
    preview_burn,
    preview_comments,
    preview_layer,
)
from app.media.removal import delete_media
from app.media.store import JobCounts, select_inputs, select_job_counts
from app.web.call import TEXT_BYTES_MAX, Call
from app.web.caller import Access
from app.web.query import Query, page
from media_jobs.comments import CommentsDocument
from media_jobs.http import Reply, json_reply
from media_jobs.ids import Id
from media_jobs.languages import LanguageTag
from media_jobs.routing import Binary, Route
from media_jobs.subtitles.kinds import SUBTITLE_KINDS

ENCODING_LABEL_LENGTH_MAX = 40
PREVIEW_BYTES_MAX = 1024 * 1024


class SubtitlesQuery(Query):
    """What is known of a subtitle file."""

    encoding: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=ENCODING_LABEL_LENGTH_MAX),
        Field(
            description="the file's encoding, a label of the Encoding Standard (WHATWG) such as "
            "`gb18030`, `Big5` or `windows-1252`; a byte order mark goes before it"
        ),
    ] = None
    language: Annotated[
        LanguageTag | None, Field(description="the text's language (BCP 47), kept with the version")
    ] = None
    hint: Annotated[
        LanguageTag | None,
        Field(description="its probable language, of use where a guess is needed"),
    ] = None


class NewSubtitlesQuery(SubtitlesQuery):
    """What is known of a subtitle file that is stored."""

    parent: Annotated[
        Id | None, Field(description="the version of this media's subtitles that it is an edit of")
    ] = None
    replaces: Annotated[
        Id | None,
        Field(
            description="a version with the same parent that it takes the place of, unless a job "
            "has read it or another version was made of it"
        ),
    ] = None
    format_of: Annotated[
        Id | None,
        Field(
            description="a version of this media's subtitles that is SubRip or ASS: the body, "
            "which is WebVTT then, is written into that file, and what was not edited stays as it "
            "is. The identifier of a cue is the line of the cue in that file that it was made from"
        ),
    ] = None


class OrphansQuery(Query):
    """Where the report continues; its cursors are not ids."""

    cursor: Annotated[
        str | None,
        Field(
            description="the last answer's `nextCursor`",
            json_schema_extra={"pattern": f"^(?:(?:{'|'.join(STAGES)})(?::[!-~]{{0,1024}})?)?$"},
        ),
    ] = None


async def post_media(call: Call, body: NewMedia) -> Reply:
    """Create a media."""
    media = await create_media(body, call.ports)
    return json_reply(media_document(media, {}, JobCounts(), []), 201)


async def get_media(call: Call, media_id: str) -> Reply:
    """Show one media with its newest inputs and its number of jobs."""
    return await _shown(call, media_id)


async def patch_media(call: Call, media_id: str, body: MediaChange) -> Reply:
    """Change the title of a media."""
    await rename(media_id, body, call.ports)
    return await _shown(call, media_id)


async def _shown(call: Call, media_id: str) -> Reply:
    media = await find_media(media_id, call.ports)
    inputs = await select_inputs(call.ports.store, media_id)
    jobs = await select_job_counts(call.ports.store, [media_id])
    tags = await select_tags_of(call.ports.store, [media_id])
    return json_reply(media_document(media, inputs, jobs[media_id], tags[media_id]))


async def remove_media(call: Call, media_id: str) -> Reply:
    """Delete a media with everything that belongs to it.

    204, or 202 if the sweeper continues the deletion; 409 `media_busy` while a job has not ended.
    """
    done = await delete_media(media_id, call.ports)
    return Reply(status=204, body=None) if done else json_reply({"deleting": True}, 202)


async def put_subtitles(call: Call, media_id: str, body: bytes, query: NewSubtitlesQuery) -> Reply:
    """Add subtitles: the body is the file as it is, in any encoding, up to 4 MiB.

    Returns the new immutable version, which is stored as UTF-8, the encoding that was taken, and
    what of the file is left out or not drawn. A guessed encoding is changed by sending the file
    again with `encoding`. 400 if no cue is left, if it is another kind of file, or if it is WebVTT
    and not UTF-8. `language` is kept with the version, and can be changed later. With `parent`, its
    `origin` is `edit`, else `upload`. An edit of a translation teaches the translation memory
    what it says otherwise: `pairsLearned`. With `formatOf`, an edit of a SubRip or ASS file keeps
    its kind, its styles, and all that is no cue; a new cue has the style of the one before it.
    `replaces` keeps the list of versions short while an editor saves by itself: that version is no
    longer listed.
    """
    # Here, because the reader would make every start of the app slower.
    from app.media.subtitles import HandedIn, add_subtitles

    given = HandedIn(data=body, **dict(query))
    item, reading = await add_subtitles(media_id, given, call.caller.token.token_id, call.ports)
    return json_reply({**input_document(item), **reading}, 201)


async def post_subtitle_text(call: Call, body: bytes, query: SubtitlesQuery) -> Reply:
    """Read a subtitle file and return its text; nothing is stored.

    It is read, and refused, as `PUT /api/media/:mediaId/subtitles` does it.
    """
    from app.media.subtitles import text_document

    return json_reply(text_document(body, query.encoding, query.language or query.hint))


async def put_comments(call: Call, media_id: str, body: CommentsDocument) -> Reply:
    """Add comments: the body is a comments document, up to 4 MiB. A new immutable version.

    A bare list of comments, the `info.json` of yt-dlp, and what YouTube (v3), Bilibili, Weibo,
    TikTok, Reddit, X, Mastodon and others answer are read too. One comment that cannot be shown is
    left out, and of more than 500 those with the most likes are kept; `notices` says what was left
    out, and values and fields that were not understood.
    """
    item = await add_comments(media_id, body, call.ports)
    notices = [notice_document(notice) for notice in body.notices]
    return json_reply({**input_document(item), "notices": notices}, 201)


async def put_thumbnail(call: Call, media_id: str, body: bytes) -> Reply:
    """Add a picture for lists: the body is a JPEG or a WebP, up to 256 KiB. A new version."""
    return json_reply(input_document(await add_thumbnail(media_id, body, call.ports)), 201)


async def post_preview(call: Call, media_id: str, body: PreviewWanted) -> Reply:
    """Draw one frame of the comments video as PNG.

    `x-video-duration-ms` and `x-comment-starts-ms` describe the whole video, `x-video-box` the
    place of the source in it. Give both width and height, as displayed, or neither.
    """
    return await preview_comments(media_id, body, call.ports)


async def post_burn_preview(call: Call, media_id: str, body: BurnPreviewWanted) -> Reply:
    """Draw what a burn will look like, as PNG: its text, or a frame of the video with it.

    Pictures of the text stand below each other and are transparent around it: `x-layer-times-ms`
    says when each begins and when the last one ends, `x-layer-box` the place (`x,y,width,height`)
    of each in a picture of `x-layer-size`, `x-missing-glyphs` which characters of the whole text no
    font has (`U+E000,U+F8D0`). Give both width and height of the video, as displayed, or neither. A
    frame is answered 202 with its progress until the burner has fetched the video.
    """
    return await preview_burn(media_id, body, call.ports)


async def post_layer_preview(call: Call, body: LayerWanted) -> Reply:
    """Draw the text of a burn, of subtitles that are not stored.

    As `POST /api/media/:mediaId/subtitles/preview` does it.
    """
    return await preview_layer(body, call.ports)


async def list_orphans(call: Call, query: OrphansQuery) -> Reply:
    """List where bucket and records differ; nothing is deleted.

    A page may be empty although `nextCursor` leads to another.
    """
    items, cursor = await orphans(query.cursor, call.ports)
    return page(items, cursor)


_MEDIA = "/api/media/{media_id}"
_SUBTITLES = Binary(
    types=(
        *(kind.content_type for kind in SUBTITLE_KINDS),
        "text/plain",
        "application/octet-stream",
    )
)
ROUTES: tuple[Route[Access], ...] = (
    Route("POST", "/api/media", Access.SUBMIT, post_media, answers={201: "Media"}),
    Route("GET", _MEDIA, Access.READ, get_media, answers={200: "Media"}),
    Route("PATCH", _MEDIA, Access.SUBMIT, patch_media, answers={200: "Media"}),
    Route("DELETE", _MEDIA, Access.SUBMIT, remove_media, answers={204: None, 202: "Deleting"}),
    Route(
        "PUT",
        f"{_MEDIA}/subtitles",
        Access.SUBMIT,
        put_subtitles,
        body=_SUBTITLES,
        body_bytes_max=TEXT_BYTES_MAX,
        answers={201: "NewSubtitles"},
    ),
    Route(
        "POST",
        "/api/subtitles/text",
        Access.SUBMIT,
        post_subtitle_text,
        body=_SUBTITLES,
        body_bytes_max=TEXT_BYTES_MAX,
        answers={200: "SubtitleText"},
    ),
    Route(
        "PUT",
        f"{_MEDIA}/comments",
        Access.SUBMIT,
        put_comments,
        body_bytes_max=TEXT_BYTES_MAX,
        answers={201: "NewText"},
    ),
    Route(
        "PUT",
        f"{_MEDIA}/thumbnail",
        Access.SUBMIT,
        put_thumbnail,
        body=Binary(types=PICTURE_TYPES),
        body_bytes_max=PICTURE_BYTES_MAX,
        answers={201: "Input"},
    ),
    Route(
        "POST",
        f"{_MEDIA}/comments/preview",
        Access.SUBMIT,
        post_preview,
        answers={200: Binary(types=("image/png",))},
    ),
    Route(
        "POST",
        f"{_MEDIA}/subtitles/preview",
        Access.SUBMIT,
        post_burn_preview,
        body_bytes_max=PREVIEW_BYTES_MAX,
        answers={200: Binary(types=("image/png",)), 202: "PreviewProgress"},
    ),
    Route(
        "POST",
        "/api/subtitles/preview",
        Access.SUBMIT,
        post_layer_preview,
        body_bytes_max=PREVIEW_BYTES_MAX,
        answers={200: Binary(types=("image/png",))},
    ),
    Route("GET", "/api/orphans", Access.OPERATOR, list_orphans, answers={200: "Page[Orphan]"}),
)
