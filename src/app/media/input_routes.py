"""Routes of uploads and of the versions of a media's inputs."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.media.media import input_document
from app.media.peaks import peaks
from app.media.uploads import (
    CompleteUpload,
    NewUpload,
    NewVideo,
    PartsWanted,
    abort,
    begin,
    begin_new,
    complete,
    find_upload,
    grant_parts,
    upload_document,
)
from app.media.versions import (
    VersionChange,
    change_version,
    content,
    list_versions,
    restore,
    version_document,
)
from app.web.call import Call
from app.web.caller import Access
from app.web.content import ContentQuery, content_routes
from app.web.query import Limit, OneOf, Query, paged
from media_jobs.engines import INPUT_SLOTS
from media_jobs.http import Reply, json_reply
from media_jobs.ids import ID
from media_jobs.routing import Binary, Route

PARTS_BYTES_MAX = 2 * 1024 * 1024
"""Ten thousand parts with their ETags are one."""
NEWEST = (10**14, "~")

_Version = Annotated[str, StringConstraints(pattern=rf"^[0-9]{{1,14}}\.{ID}\z")]


class VersionsQuery(Limit):
    """Which versions to list."""

    cursor: Annotated[_Version | None, Field(description="the last answer's `nextCursor`")] = None
    slot: Annotated[str, OneOf(INPUT_SLOTS)] | None = None


class ExportQuery(Query):
    """Which kind of file to write."""

    format: Literal["vtt", "srt", "ass", "txt"] = "vtt"


async def post_new_upload(call: Call, body: NewVideo) -> Reply:
    """Start uploading a video that becomes a media of its own: `mediaId`.

    Else as `POST /api/media/:mediaId/uploads`. No list shows the media before the upload is
    complete; one that is aborted or expires leaves nothing behind.
    """
    return json_reply(await begin_new(body, call.ports), 201)


async def post_upload(call: Call, media_id: str, body: NewUpload) -> Reply:
    """Start uploading a video.

    Up to 4 GiB, the response says where to PUT it once, with exactly these headers. Above that,
    or with `multipart: true`, it has `partSizeBytes` and `partCount`.
    """
    return json_reply(await begin(media_id, body, call.ports), 201)


async def get_upload(call: Call, media_id: str, upload_id: str) -> Reply:
    """Show the state of an upload: `open`, `complete`, `aborted` or `expired`."""
    item = await find_upload(media_id, upload_id, call.ports)
    return json_reply(upload_document(item, call.ports.now_ms()))


async def post_upload_parts(call: Call, media_id: str, upload_id: str, body: PartsWanted) -> Reply:
    """Return up to 100 URLs to PUT parts to; every part except the last has `partSizeBytes`."""
    return json_reply(await grant_parts(media_id, upload_id, body, call.ports))


async def post_upload_complete(
    call: Call, media_id: str, upload_id: str, body: CompleteUpload
) -> Reply:
    """Make an uploaded video an input of the media, once it is stored with the declared size.

    An upload by one PUT needs no body; for one in parts, `parts` lists all of them. `durationS`
    is kept as the video's length.
    """
    item = await complete(media_id, upload_id, body, call.ports)
    return json_reply(input_document(item))


async def delete_upload(call: Call, media_id: str, upload_id: str) -> Reply:
    """Abort an upload."""
    await abort(media_id, upload_id, call.ports)
    return Reply(status=204, body=None)


async def list_inputs(call: Call, media_id: str, query: VersionsQuery) -> Reply:
    """List all versions of a media's inputs, newest first."""
    before = NEWEST
    if query.cursor is not None:
        created, _, input_id = query.cursor.partition(".")
        before = (int(created), input_id)
    rows = await list_versions(media_id, query.slot, before, query.limit + 1, call.ports)
    return paged(
        rows,
        query.limit,
        lambda found: version_document(*found),
        lambda found: f"{found[0].item.created_ms}.{found[0].item.input_id}",
    )


async def get_content(call: Call, media_id: str, input_id: str, query: ContentQuery) -> Reply:
    """Send the bytes of a version, with ranges and `ETag`; `disposition=attachment` is to save."""
    return await content(call.request, media_id, input_id, query.disposition, call.ports)


async def get_peaks(call: Call, media_id: str, input_id: str) -> Reply:
    """Send the peaks of a video's sound, where somebody probably speaks, and its frame rate.

    The burner makes them once; until then it is answered 202 with its progress. 409 `no_peaks` if
    the file can't be read.
    """
    return await peaks(call.request, media_id, input_id, call.ports)


async def get_text(call: Call, media_id: str, input_id: str) -> Reply:
    """Read a version of subtitles.

    It is read as `POST /api/subtitles/text` reads a file.
    """
    from app.media.exports import stored_text

    return json_reply(await stored_text(media_id, input_id, call.ports))


async def get_export(call: Call, media_id: str, input_id: str, query: ExportQuery) -> Reply:
    """Send a version of subtitles as WebVTT, SubRip, ASS or plain text.

    `x-left-out` names what the version has and the format can't hold: `times`, `word-times`,
    `styles`, `colours`, `places`.
    """
    # Here, because readers and writers would make every start of the app slower.
    from app.media.exports import export

    return await export(media_id, input_id, query.format, call.ports)


async def post_restore(call: Call, media_id: str, input_id: str) -> Reply:
    """Restore a version: adds a new version with the same content."""
    item = await restore(media_id, input_id, call.ports)
    return json_reply(input_document(item), 201)


async def patch_input(call: Call, media_id: str, input_id: str, body: VersionChange) -> Reply:
    """Change the language of a version of subtitles. Jobs keep the one that it had."""
    item = await change_version(media_id, input_id, body, call.ports)
    return json_reply(input_document(item))


_UPLOADS = "/api/media/{media_id}/uploads"
_UPLOAD = _UPLOADS + "/{upload_id}"
_INPUTS = "/api/media/{media_id}/inputs"
_INPUT = _INPUTS + "/{input_id}"
ROUTES: tuple[Route[Access], ...] = (
    Route("POST", "/api/uploads", Access.SUBMIT, post_new_upload, answers={201: "VideoUpload"}),
    Route("POST", _UPLOADS, Access.SUBMIT, post_upload, answers={201: "Upload"}),
    Route("GET", _UPLOAD, Access.READ, get_upload, answers={200: "Upload"}),
    Route("DELETE", _UPLOAD, Access.SUBMIT, delete_upload, answers={204: None}),
    Route(
        "POST", f"{_UPLOAD}/parts", Access.SUBMIT, post_upload_parts, answers={200: "UploadParts"}
    ),
    Route(
        "POST",
        f"{_UPLOAD}/complete",
        Access.SUBMIT,
        post_upload_complete,
        body_needed=False,
        body_bytes_max=PARTS_BYTES_MAX,
        answers={200: "Input"},
    ),
    Route("PATCH", _INPUT, Access.SUBMIT, patch_input, answers={200: "Input"}),
    Route("GET", _INPUTS, Access.READ, list_inputs, answers={200: "Page[Version]"}),
    *content_routes(f"{_INPUT}/content", get_content),
    Route("GET", f"{_INPUT}/text", Access.READ, get_text, answers={200: "SubtitleText"}),
    Route(
        "GET",
        f"{_INPUT}/export",
        Access.READ,
        get_export,
        answers={
            200: Binary(types=("text/vtt", "application/x-subrip", "text/x-ssa", "text/plain"))
        },
    ),
    Route(
        "GET",
        f"{_INPUT}/peaks",
        Access.READ,
        get_peaks,
        answers={200: Binary(types=("application/octet-stream",)), 202: "PreviewProgress"},
    ),
    Route("POST", f"{_INPUT}/restore", Access.SUBMIT, post_restore, answers={201: "Input"}),
)
