"""What a job's video will look like, before there is one."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.media.media import find_media
from app.media.store import InputRow, select_inputs
from app.media.versions import find_version
from app.orchestrator import new_nonce
from app.ports import Ports
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.errors import InvalidInput, RateLimited, UpstreamError, missing_inputs, unfit_field
from media_jobs.http import Reply
from media_jobs.ids import Id
from media_jobs.keyring import Purpose
from media_jobs.object_requests import SUBTITLES_CHARS_MAX, PreviewBurn, PreviewComments
from media_jobs.signing import signed_headers
from media_jobs.strict import Strict
from media_jobs.wire import Message, check_source_size

TIMEOUT_MS = 35_000
_PASSED_ON = (
    "content-length",
    "x-comment-starts-ms",
    "x-layer-box",
    "x-layer-size",
    "x-layer-times-ms",
    "x-missing-glyphs",
    "x-video-box",
    "x-video-duration-ms",
)
Seconds = Annotated[float, Field(ge=0, le=24 * 3600)]
Side = Annotated[int, Field(ge=2, le=16384)]
Text = Annotated[str, Field(min_length=1, max_length=SUBTITLES_CHARS_MAX)]

_SIZES = ("sourceWidth", "sourceHeight")
_NO_TRACKS: Mapping[str, InputRow] = {}
_NOT_OF = {"comments-data": "field.not_comments", "subtitles": "field.not_subtitles"}


class _Source(Strict):
    """*source_width*, *source_height*: the video's size as displayed, which decides where things
    stand: both, or neither.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {
                    "required": list(_SIZES),
                    "properties": {name: {"not": {"type": "null"}} for name in _SIZES},
                },
                {"properties": {name: {"type": "null"} for name in _SIZES}},
            ]
        }
    )
    source_width: Side | None = None
    source_height: Side | None = None


class PreviewWanted(_Source):
    """A frame of the video that a job with these *options* would make.

    *input_id*: a version of the comments, if not the newest. *source_width*, *source_height*: the
    video's size as displayed, which decides where things stand: both, or neither.
    """

    options: CommentsOptions = CommentsOptions()
    at_s: Seconds = 0
    input_id: Id | None = None


class _BurnWanted(_Source):
    """*options*: of the burn, from *at_s* on; *until_s*: pictures until then are wanted.

    *subtitles_secondary*: the text of a second track.
    """

    options: BurnOptions = BurnOptions()
    subtitles_secondary: Text | None = None
    at_s: Seconds = 0
    until_s: Seconds | None = None


class LayerWanted(_BurnWanted):
    """What a burn of *subtitles*, the text of a file, draws over a video from *at_s* on.

    *until_s*: pictures until then are wanted. *source_width*, *source_height*: the video's size as
    displayed, which decides where things stand: both, or neither.
    """

    subtitles: Text


class BurnPreviewWanted(_BurnWanted):
    """What a burn with these *options* will look like: its text (`layer`), or its frame (`still`).

    *input_id*: a version of the subtitles, if not the newest; *subtitles*: a text instead of one.
    *secondary_input_id* and *subtitles_secondary* likewise of a second track, none without them.
    *until_s*, *source_width* and *source_height* are those of a layer: see `LayerWanted`.
    """

    kind: Literal["layer", "still"] = "layer"
    subtitles: Text | None = None
    input_id: Id | None = None
    secondary_input_id: Id | None = None


async def preview_comments(media_id: str, wanted: PreviewWanted, ports: Ports) -> Reply:
    """Return the frame as PNG; raises InvalidInput, NotFound, RateLimited, UpstreamError."""
    check_source_size(wanted.source_width, wanted.source_height)
    await find_media(media_id, ports)
    item = await _version(media_id, "comments-data", wanted.input_id, ports)
    message = PreviewComments(
        type="comments.preview",
        media_id=media_id,
        key=item.object_key,
        options=wanted.options.model_dump(by_alias=True, exclude_none=True),
        at_s=wanted.at_s,
        source_width=wanted.source_width,
        source_height=wanted.source_height,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    return await _relayed("/preview", message, "bad_request.preview", ports)


async def preview_burn(media_id: str, wanted: BurnPreviewWanted, ports: Ports) -> Reply:
    """Return the text or the frame as PNG, 202 while the video is fetched; raises likewise."""
    await find_media(media_id, ports)
    tracks: dict[str, InputRow] = {}
    video = None
    if wanted.subtitles is None:
        tracks["subtitles"] = await _version(media_id, "subtitles", wanted.input_id, ports)
    if wanted.subtitles_secondary is None and wanted.secondary_input_id is not None:
        second = await _version(media_id, "subtitles", wanted.secondary_input_id, ports)
        tracks["subtitles-secondary"] = second
    if wanted.kind == "still":
        video = (await _version(media_id, "video", None, ports)).object_key
    return await _burn(
        wanted, wanted.kind, ports, media_id=media_id, tracks=tracks, video_key=video
    )


async def preview_layer(wanted: LayerWanted, ports: Ports) -> Reply:
    """Return the text as PNG; raises InvalidInput, RateLimited, UpstreamError."""
    return await _burn(wanted, "layer", ports)


async def _burn(
    wanted: LayerWanted | BurnPreviewWanted,
    kind: Literal["layer", "still"],
    ports: Ports,
    *,
    media_id: str | None = None,
    tracks: Mapping[str, InputRow] = _NO_TRACKS,
    video_key: str | None = None,
) -> Reply:
    check_source_size(wanted.source_width, wanted.source_height)
    keys = {slot: item.object_key for slot, item in tracks.items()}
    languages = {slot: item.language for slot, item in tracks.items() if item.language}
    message = PreviewBurn(
        type="burn.preview",
        kind=kind,
        media_id=media_id,
        key=keys.get("subtitles"),
        subtitles=wanted.subtitles,
        secondary_key=keys.get("subtitles-secondary"),
        subtitles_secondary=wanted.subtitles_secondary,
        languages=languages or None,
        video_key=video_key,
        options=wanted.options.model_dump(by_alias=True, exclude_none=True),
        at_s=wanted.at_s,
        until_s=wanted.until_s,
        source_width=wanted.source_width,
        source_height=wanted.source_height,
        ts=ports.now_ms(),
        nonce=new_nonce(ports),
    )
    return await _relayed("/preview/burn", message, "bad_request.burn_preview", ports)


async def _version(media_id: str, slot: str, input_id: str | None, ports: Ports) -> InputRow:
    """Return a version of an input, the newest one if none is named."""
    if input_id is None:
        newest = (await select_inputs(ports.store, media_id)).get(slot)
        if newest is None:
            raise missing_inputs([slot])
        return newest
    item = await find_version(media_id, input_id, ports)
    if item.slot != slot:
        reason = _NOT_OF[slot]
        raise unfit_field("inputId", reason)
    return item


async def _relayed(path: str, message: Message, refused: str, ports: Ports) -> Reply:
    body = message.to_json()
    url = f"{ports.settings().orchestrator_url}{path}"
    keys = ports.settings().keys.signing(Purpose.TO_ORCHESTRATOR)
    headers = signed_headers(body, keys, ports.request_id)
    answer = await ports.orchestrator.relay("POST", url, body, headers, TIMEOUT_MS)
    match answer.status:
        case 200:
            kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
            # Whatever the container says of it: nothing but a picture may come from this origin.
            return Reply(body=answer.stream, headers={**kept, "content-type": "image/png"})
        case 202:
            headers = {"content-type": "application/json; charset=utf-8"}
            return Reply(status=202, body=answer.text, headers=headers)
        case 400 | 413:
            raise InvalidInput(refused)
        case 429:
            raise RateLimited("preview_busy", retry_after_s=1)
        case _:
            raise UpstreamError("preview_failed")
