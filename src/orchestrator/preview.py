"""What a video will look like: requested from a container that would make it, and passed on."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic_core import from_json, to_json

from media_jobs.engines import Engine
from media_jobs.engines.burner import ENGINE as BURNER
from media_jobs.engines.remotion import ENGINE as REMOTION
from media_jobs.errors import InvalidInput, NotFound, RateLimited, TooLarge, UpstreamError
from media_jobs.http import Reply
from media_jobs.keys import PEAKS_TYPE, is_input_key, peaks_key
from media_jobs.object_requests import MakePeaks, PreviewBurn, PreviewComments
from media_jobs.ports import Objects, PeerAnswer, Peers, RelayedAnswer
from media_jobs.presign import UNSIGNED_PAYLOAD
from media_jobs.signing import signed_headers
from media_jobs.wire import check_source_size
from orchestrator.any_host import KnownHosts, answer_of_a_host, in_order
from orchestrator.health import hosts_of
from orchestrator.object_urls import object_url
from orchestrator.settings import Host, OrchestratorSettings

A = TypeVar("A", PeerAnswer, RelayedAnswer)

DOCUMENT_BYTES_MAX = 4 * 1024 * 1024
REQUEST_BYTES_MAX = 1024 * 1024
"""A container takes no larger body."""
TIMEOUT_MS = 30_000
VIDEO_URL_S = 3600
"""How long a container may take to begin to fetch a video."""
_PASSED_ON = (
    "content-length",
    "content-type",
    "x-comment-starts-ms",
    "x-layer-box",
    "x-layer-size",
    "x-layer-times-ms",
    "x-missing-glyphs",
    "x-video-box",
    "x-video-duration-ms",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What previews are made with. *nonce*: of the message to the container.

    *hosts*: what an engine's dispatcher knows of its hosts.
    """

    settings: OrchestratorSettings
    objects: Objects
    peers: Peers
    hosts: KnownHosts
    now_ms: int
    nonce: str
    request_id: str = ""


async def preview_comments(message: PreviewComments, side: Side) -> Reply:
    """Return a frame of a comments video as PNG.

    Raises InvalidInput, NotFound (the document is gone), TooLarge, RateLimited, UpstreamError.
    """
    check_source_size(message.source_width, message.source_height)
    text = await _text(message.key, message.media_id, "not_found.comments", side)
    try:
        document = from_json(text)
    except ValueError:
        raise InvalidInput("bad_request.not_json") from None
    asked = {"document": document, **_looks(message)}
    refused = "bad_request.comments_refused"
    return await _relayed(REMOTION, message.media_id, asked, refused, side)


async def preview_burn(message: PreviewBurn, side: Side) -> Reply:
    """Return the text of a burn, or a burned frame, as PNG; 202 while the video is being fetched.

    Raises as `preview_comments`.
    """
    check_source_size(message.source_width, message.source_height)
    text = message.subtitles
    if text is None:
        text = await _text(message.key, message.media_id, "not_found.subtitles", side)
    asked: dict[str, object] = {"kind": message.kind, "subtitles": text, **_looks(message)}
    second = message.subtitles_secondary
    if second is None and message.secondary_key is not None:
        second = await _text(message.secondary_key, message.media_id, "not_found.subtitles", side)
    if second is not None:
        asked["subtitlesSecondary"] = second
    if message.languages:
        asked["inputLanguages"] = message.languages
    if message.until_s is not None:
        asked["untilS"] = message.until_s
    if message.kind == "still":
        asked |= await _video(message.video_key, message.media_id, side)
    return await _relayed(BURNER, message.media_id, asked, "bad_request.burn_preview", side)


async def make_peaks(message: MakePeaks, side: Side) -> Reply:
    """Have the burner put the peaks of a video into the bucket: 200 once they are, 202 until then.

    Raises InvalidInput, NotFound (the video is gone), RateLimited, UpstreamError.
    """
    video = await _video(message.key, message.media_id, side)
    url = object_url(
        side.settings,
        "container",
        "PUT",
        peaks_key(message.media_id, message.input_id),
        now_ms=side.now_ms,
        expires_s=VIDEO_URL_S,
        headers={"content-type": PEAKS_TYPE, "x-amz-content-sha256": UNSIGNED_PAYLOAD},
    )
    asked = {"type": "container.peaks", **video, "outputPeaksUrl": url}
    body = to_json({"ts": side.now_ms, "nonce": side.nonce, **asked})

    def ask(host: Host) -> Awaitable[PeerAnswer]:
        headers = signed_headers(body, host.keys, side.request_id)
        return side.peers.call("POST", f"{host.base_url}/peaks", body, headers, TIMEOUT_MS)

    answer = await _asked(BURNER, message.media_id, side, ask)
    match answer.status:
        case 200 | 202:
            content_type = {"content-type": "application/json"}
            return Reply(status=answer.status, body=answer.text, headers=content_type)
        case 400:
            raise InvalidInput("bad_request.peaks")
        case 429 | 503:
            raise RateLimited("preview_busy", retry_after_s=1)
        case status:
            raise UpstreamError("peaks_failed.container", status=status)


async def _with_urls(engine: Engine, side: Side) -> Sequence[Host]:
    return hosts_of(engine.id, side.settings, ())


async def _connected(engine: Engine, side: Side) -> Sequence[Host]:
    """Return the hosts that are connected; raises UpstreamError where that can't be told."""
    known = await side.hosts(engine.id)
    connected = [host for host, kept in known.items() if kept.get("state") != "silent"]
    return [host for host in hosts_of(engine.id, side.settings, connected) if host.label]


async def _text(key: str | None, media_id: str | None, missing: str, side: Side) -> str:
    if key is None or media_id is None or not is_input_key(key, media_id):
        raise InvalidInput("bad_request.key")
    text = await side.objects.text(key, DOCUMENT_BYTES_MAX)
    if text is None:
        raise NotFound(missing)
    return text


async def _video(key: str | None, media_id: str | None, side: Side) -> dict[str, object]:
    """Return what a container needs to fetch the video, once for all requests that name it so."""
    if key is None or media_id is None or not is_input_key(key, media_id):
        raise InvalidInput("bad_request.key")
    found = await side.objects.head(key)
    if found is None:
        raise NotFound("input_gone")
    url = object_url(
        side.settings, "container", "GET", key, now_ms=side.now_ms, expires_s=VIDEO_URL_S
    )
    return {
        "inputVideoUrl": url,
        "inputVideoName": f"{key} {found.etag}",
        "inputVideoBytes": found.size_bytes,
    }


def _looks(message: PreviewComments | PreviewBurn) -> dict[str, object]:
    """Return what both containers are told: the options, the time, the size of the source."""
    told: dict[str, object] = {"engineOptions": message.options, "atS": message.at_s}
    if message.source_width is not None and message.source_height is not None:
        told |= {"sourceWidth": message.source_width, "sourceHeight": message.source_height}
    return told


async def _relayed(
    engine: Engine, media_id: str | None, asked: Mapping[str, object], refused: str, side: Side
) -> Reply:
    body = to_json({"type": "container.preview", "ts": side.now_ms, "nonce": side.nonce, **asked})
    if len(body) > REQUEST_BYTES_MAX:
        raise TooLarge("body_too_large.preview")

    def ask(host: Host) -> Awaitable[RelayedAnswer]:
        headers = signed_headers(body, host.keys, side.request_id)
        return side.peers.relay("POST", f"{host.base_url}/preview", body, headers, TIMEOUT_MS)

    return _reply(await _asked(engine, media_id, side, ask), refused)


async def _asked(
    engine: Engine, media_id: str | None, side: Side, ask: Callable[[Host], Awaitable[A]]
) -> A:
    """Return the answer of a host of *engine*: the media's own, or the next one that works.

    Where no host with a URL works, it is one of those that are connected.
    """
    answer: A | None = None
    failure: UpstreamError | None = None
    for found in (_with_urls, _connected):
        try:
            hosts = await found(engine, side)
            if not hosts:
                continue
            answer = await _answer_of(hosts, engine, media_id, side, ask)
        except UpstreamError as silent:
            failure = failure or silent
            continue
        if answer.status < 500:
            return answer
    if answer is not None:
        return answer
    raise failure or UpstreamError("upstream_failed", part=engine.name, why="down.no_host")


async def _answer_of(
    hosts: Sequence[Host],
    engine: Engine,
    media_id: str | None,
    side: Side,
    ask: Callable[[Host], Awaitable[A]],
) -> A:
    by_url = {host.base_url: host for host in hosts}
    named = {host.id: host.base_url for host in hosts}
    urls = await in_order(engine.id, named, media_id or "", side.hosts)
    return await answer_of_a_host(urls, side.peers, lambda url: ask(by_url[url]))


def _reply(answer: RelayedAnswer, refused: str) -> Reply:
    kept = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    match answer.status:
        case 200:
            return Reply(body=answer.stream, headers={**kept, "cache-control": "no-store"})
        case 202:
            return Reply(status=202, body=answer.text, headers={"content-type": "application/json"})
        case 400:
            raise InvalidInput(refused)
        case 429 | 503:
            raise RateLimited("preview_busy", retry_after_s=1)
        case status:
            raise UpstreamError("preview_failed.container", status=status)
