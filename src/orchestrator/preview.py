"""One frame of a comments video, requested from the remotion container and passed on unread."""

from pydantic_core import from_json, to_json

from media_jobs.engines.remotion import ENGINE as REMOTION
from media_jobs.errors import InvalidInput, NotFound, TooLarge, UpstreamError
from media_jobs.http import Reply
from media_jobs.keys import is_input_key
from media_jobs.ports import Objects, Peers
from media_jobs.signing import signed_headers
from media_jobs.wire import PreviewComments, check_source_size
from orchestrator.settings import OrchestratorSettings

DOCUMENT_BYTES_MAX = 4 * 1024 * 1024
REQUEST_BYTES_MAX = 1024 * 1024
"""A container takes no larger body."""
TIMEOUT_MS = 30_000
_PASSED_ON = (
    "content-length",
    "content-type",
    "x-comment-starts-ms",
    "x-video-box",
    "x-video-duration-ms",
)


async def preview(
    message: PreviewComments,
    settings: OrchestratorSettings,
    objects: Objects,
    peers: Peers,
    nonce: str,
    request_id: str = "",
) -> Reply:
    """Return the frame as PNG.

    Raises InvalidInput, NotFound (the document is gone), TooLarge, UpstreamError.
    """
    check_source_size(message.source_width, message.source_height)
    key = message.key
    if not is_input_key(key, message.media_id):
        raise InvalidInput("bad_request.key")
    text = await objects.text(key, DOCUMENT_BYTES_MAX)
    if text is None:
        raise NotFound("not_found.comments")
    try:
        document = from_json(text)
    except ValueError:
        raise InvalidInput("bad_request.not_json") from None
    asked: dict[str, object] = {
        "type": "container.preview",
        "ts": message.ts,
        "nonce": nonce,
        "document": document,
        "engineOptions": message.options,
        "atS": message.at_s,
    }
    if message.source_width is not None and message.source_height is not None:
        asked |= {"sourceWidth": message.source_width, "sourceHeight": message.source_height}
    body = to_json(asked)
    if len(body) > REQUEST_BYTES_MAX:
        raise TooLarge("body_too_large.preview")
    url = f"{settings.hosts[REMOTION.id][0]}/preview"
    headers = signed_headers(body, settings.secrets, request_id)
    answer = await peers.relay("POST", url, body, headers, TIMEOUT_MS)
    if answer.status == 200:
        kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        return Reply(body=answer.stream, headers={**kept, "cache-control": "no-store"})
    if answer.status == 400:
        raise InvalidInput("bad_request.comments_refused")
    raise UpstreamError("preview_failed.container", status=answer.status)
