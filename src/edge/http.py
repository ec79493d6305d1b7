"""HTTP at the runtime's border: requests in, replies out, calls to other parts."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import js
from js import Response
from pyodide.ffi import JsException

from edge.clock import entropy
from edge.convert import jsnull_to_none, options
from media_jobs.errors import InvalidInput, TooLarge, UpstreamError
from media_jobs.http import GUARDS, Reply, Request
from media_jobs.ports import PeerAnswer, RelayedAnswer
from media_jobs.request_id import REQUEST_ID_HEADER, request_id_of

ANSWER_BYTES_MAX = 256 * 1024
BEGINNING_BYTES = 2048


def read_request(request: Any) -> Request:
    """Return the runtime's request as plain data with a bounded, lazy body."""
    raw = request.js_object
    parts = urlsplit(raw.url)
    # Looked up once: reading an attribute of a JavaScript object makes a new proxy each time.
    find = raw.headers.get

    def header(name: str) -> str | None:
        value: str | None = jsnull_to_none(find(name))
        return value

    async def read(limit: int) -> bytes:
        try:
            return await read_whole(limit)
        except JsException:
            # The caller has gone, or broke its own framing: no fault of this Worker's.
            raise InvalidInput("bad_request.broken_off") from None

    async def read_whole(limit: int) -> bytes:
        length = header("content-length")
        if length is not None and length.isdigit():
            if int(length) > limit:
                raise TooLarge("body_too_large", most=limit)
            if not (header("content-type") or "").startswith("application/json"):
                whole: bytes = (await raw.arrayBuffer()).to_bytes()
                return whole
            # Text is the cheapest way across the language border. It is the same bytes again when
            # encoded, or else no JSON and signed by nobody.
            text: str = await raw.text()
            return text.encode()
        return await _read_stream(raw, limit)

    return Request(
        method=raw.method,
        path=parts.path,
        query=parts.query,
        header=header,
        read=read,
        origin=f"{parts.scheme}://{parts.netloc}",
        request_id=request_id_of(header, lambda: entropy(16).hex()),
    )


async def _read_stream(raw: Any, limit: int) -> bytes:
    """Read a body of unannounced length, no further than *limit*."""
    if jsnull_to_none(raw.body) is None:
        return b""
    reader = raw.body.getReader()
    body = bytearray()
    while not (chunk := await reader.read()).done:
        body += chunk.value.to_bytes()
        if len(body) > limit:
            await reader.cancel()
            raise TooLarge("body_too_large", most=limit)
    return bytes(body)


def to_response(reply: Reply, request_id: str) -> Any:
    """Return *reply* as the runtime's response; a stream passes through without being read.

    It names *request_id*, but for a 101, whose body is another object's answer: its socket would
    be lost in a copy.

    Not through the SDK's Response, whose checks cost half as much as a trivial request.
    """
    if reply.status == 101:
        return reply.body
    # A 204 has no body, not even an empty one (Fetch, "null body status").
    body = None if reply.status == 204 else reply.body
    init, headers = _kept_init(reply.status, tuple(reply.headers.items()), int(time.time()))
    # What is kept gets the id of each reply in turn: a response copies its headers when it is made.
    setattr(headers, REQUEST_ID_HEADER, request_id)
    return Response.new(body, init)


@lru_cache(maxsize=32)
def _kept_init(status: int, headers: tuple[tuple[str, str], ...], now_s: int) -> tuple[Any, Any]:
    """Return a response's init in its JavaScript form, and the object of headers in it.

    Nearly all replies of a second are JSON with one of few statuses.
    """
    init = options(
        {"status": status, "headers": {**GUARDS, **dict(headers), "date": _http_date(now_s)}}
    )
    return init, init.headers


def _http_date(now_s: int) -> str:
    """Return a time in whole Unix seconds as HTTP writes it (RFC 9110, section 5.6.7).

    A container whose clock is off learns the time by it; workerd's own server names none.
    """
    # Not by email.utils: its import would make every start slower.
    return datetime.fromtimestamp(now_s, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


class HttpPeers:
    """Calls other parts of the system over HTTP, or through a service binding where there is one.

    One call at a time: concurrent fetches can wedge a Python isolate (cloudflare/workerd, open).
    """

    def __init__(self, binding: Any = None) -> None:
        self._binding = binding

    async def call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        """Return the answer; raises UpstreamError when there is none within *timeout_ms*."""
        async with self._sent(method, url, body, headers, timeout_ms) as response:
            retry_after = jsnull_to_none(response.headers.get("retry-after"))
            return PeerAnswer(
                status=response.status,
                text=await _bounded_text(response),
                retry_after_s=_seconds(retry_after),
            )

    async def relay(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> RelayedAnswer:
        """Return the answer with its body unread; raises UpstreamError as `call`."""
        async with self._sent(method, url, body, headers, timeout_ms) as response:
            done = response.status == 200
            return RelayedAnswer(
                status=response.status,
                headers={str(name): str(value) for name, value in response.headers},
                stream=response.body if done else None,
                text="" if done else await _bounded_text(response),
            )

    async def post(
        self, url: str, body: bytes, headers: dict[str, str], timeout_ms: int
    ) -> PeerAnswer:
        """Return status and the beginning of the answer; raises UpstreamError as `call`.

        For foreign servers: however much they send, no more of it is read.
        """
        async with self._sent("POST", url, body, headers, timeout_ms) as response:
            return PeerAnswer(status=response.status, text=await _beginning(response))

    @asynccontextmanager
    async def _sent(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], timeout_ms: int
    ) -> AsyncIterator[Any]:
        # Not AbortSignal.timeout: its timer runs on after the answer, and keeps a Durable Object in
        # memory for as long (workerd 1.20261117).
        controller = js.AbortController.new()
        timer = js.setTimeout(controller.abort.bind(controller), timeout_ms)
        init: dict[str, object] = {
            "method": method,
            "headers": headers,
            "redirect": "manual",
            "signal": controller.signal,
        }
        if body is not None:
            init["body"] = body.decode()
        try:
            yield await self._fetch(url, init, timeout_ms)
        except JsException as error:
            part = urlsplit(url).netloc
            if error.name == "AbortError":
                raise UpstreamError(
                    "upstream_failed", part=part, why="why.late", limit_ms=timeout_ms
                ) from None
            raise UpstreamError(
                "upstream_failed", part=part, why="why.broken_off", name=error.name
            ) from None
        finally:
            js.clearTimeout(timer)

    async def _fetch(self, url: str, init: dict[str, object], timeout_ms: int) -> Any:
        send = self._binding.fetch if self._binding is not None else js.fetch
        return await send(url, options(init))


async def _beginning(response: Any) -> str:
    """Return the first part of a body, or as much of it as came before it broke off."""
    if jsnull_to_none(response.body) is None:
        return ""
    reader = response.body.getReader()
    body = bytearray()
    with suppress(JsException):  # The status has come, and is what counts.
        while len(body) < BEGINNING_BYTES and not (chunk := await reader.read()).done:
            body += chunk.value.to_bytes()
        await reader.cancel()
    return body[:BEGINNING_BYTES].decode(errors="replace")


async def _bounded_text(response: Any) -> str:
    """Return the body, counted as it comes: its announced length may be missing, or a lie."""
    try:
        body = await _read_stream(response, ANSWER_BYTES_MAX)
    except TooLarge:
        raise UpstreamError("upstream_failed.answer_size") from None
    return body.decode(errors="replace")


def _seconds(retry_after: str | None) -> int | None:
    """Return the seconds of a Retry-After header; None where there are none, or a date."""
    given = retry_after or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else None
