"""A frame of a comments video before there is one."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.media.media import find_media
from app.media.store import select_inputs
from app.media.versions import find_version
from app.orchestrator import new_nonce
from app.ports import Ports
from media_jobs.engines.remotion.options import CommentsOptions
from media_jobs.errors import InvalidInput, UpstreamError, invalid_field
from media_jobs.http import Reply
from media_jobs.ids import Id
from media_jobs.signing import signed_headers
from media_jobs.strict import Strict
from media_jobs.wire import PreviewComments, check_source_size

TIMEOUT_MS = 35_000
_PASSED_ON = ("content-length", "x-comment-starts-ms", "x-video-box", "x-video-duration-ms")


class PreviewWanted(Strict):
    """A frame of the video that a job with these *options* would make.

    *input_id*: a version of the comments, if not the newest. *source_width*, *source_height*: the
    video's size as displayed, which decides where things stand: both, or neither.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "dependentRequired": {
                "sourceWidth": ["sourceHeight"],
                "sourceHeight": ["sourceWidth"],
            }
        }
    )
    options: CommentsOptions = CommentsOptions()
    at_s: Annotated[float, Field(ge=0, le=24 * 3600)] = 0
    input_id: Id | None = None
    source_width: Annotated[int, Field(ge=2, le=16384)] | None = None
    source_height: Annotated[int, Field(ge=2, le=16384)] | None = None


async def preview_comments(media_id: str, wanted: PreviewWanted, ports: Ports) -> Reply:
    """Return the frame as PNG; raises InvalidInput, NotFound, UpstreamError."""
    check_source_size(wanted.source_width, wanted.source_height)
    await find_media(media_id, ports)
    if wanted.input_id is not None:
        item = await find_version(media_id, wanted.input_id, ports)
    else:
        newest = (await select_inputs(ports.store, media_id)).get("comments-data")
        if newest is None:
            raise InvalidInput(
                "missing_inputs", details={"missing": ["comments-data"]}, missing="comments-data"
            )
        item = newest
    if item.slot != "comments-data":
        raise invalid_field("inputId", "field.not_comments")
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
    body = message.to_json()
    url = f"{ports.settings().orchestrator_url}/preview"
    headers = signed_headers(body, ports.settings().secrets, ports.request_id)
    answer = await ports.orchestrator.relay("POST", url, body, headers, TIMEOUT_MS)
    if answer.status == 200:
        kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        # Whatever the container says of it: nothing but a picture may come from this origin.
        return Reply(body=answer.stream, headers={**kept, "content-type": "image/png"})
    if answer.status in (400, 413):
        raise InvalidInput("bad_request.preview")
    raise UpstreamError("preview_failed")
