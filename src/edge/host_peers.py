"""Calls to hosts: at their URLs or, of those that connect outward, through their socket.

Who calls need not know which it is: `socket://NAME.ENGINE/…` is a URL like another, whose host's
socket is held by its engine's dispatcher.
"""

from typing import Any

from edge.convert import options
from edge.http import HttpPeers
from edge.upstream import failing_as
from media_jobs.engines import EngineId
from media_jobs.errors import HandshakeRefused, RateLimited, UpstreamError
from media_jobs.outward import socket_parts

HOST_HEADER, TIMEOUT_HEADER = "x-host", "x-timeout-ms"
ENGINE_HEADER, NONCE_HEADER = "x-engine", "x-nonce"
LOST_HEADER = "x-host-lost"
"""Says, of a dispatcher's answer, that it is none of the host's, and why there is none."""


class HostPeers(HttpPeers):
    """Calls of other parts over HTTP, the hosts that connect outward included."""

    def __init__(self, dispatchers: Any) -> None:
        super().__init__()
        self._dispatchers = dispatchers

    async def _fetch(self, url: str, init: dict[str, object], timeout_ms: int) -> Any:
        parts = socket_parts(url)
        if parts is None:
            return await super()._fetch(url, init, timeout_ms)
        engine, name, target = parts
        given = init["headers"]
        assert isinstance(given, dict)
        headers = {**given, HOST_HEADER: name, TIMEOUT_HEADER: str(timeout_ms)}
        stub = self._dispatchers.getByName(engine)
        answer = await stub.fetch(f"https://host{target}", options({**init, "headers": headers}))
        if answer.headers.has(LOST_HEADER):
            why = str(answer.headers.get(LOST_HEADER))
            raise UpstreamError("upstream_failed", part=name, why=why)
        return answer


class HostDoor:
    """Where hosts connect: their engines' dispatchers, seen from the Worker."""

    def __init__(self, dispatchers: Any) -> None:
        self._dispatchers = dispatchers

    async def connect(self, engine: EngineId, name: str, nonce: str) -> object:
        """Open the socket of a host whose handshake is signed; return the 101 answer.

        It is to be passed on untouched. Raises HandshakeRefused for a nonce that was used,
        RateLimited for too many hosts, UpstreamError.
        """
        headers = {"upgrade": "websocket", HOST_HEADER: name}
        headers |= {ENGINE_HEADER: engine, NONCE_HEADER: nonce}
        with failing_as("A Durable Object"):
            stub = self._dispatchers.getByName(engine)
            answer = await stub.fetch("https://host/", options({"headers": headers}))
        if answer.status == 401:
            raise HandshakeRefused("handshake_refused.replayed")
        if answer.status == 429:
            raise RateLimited("rate_limited.hosts", retry_after_s=60)
        return answer
