"""The HTTP client of a container, for the store and the orchestrator.

Its answers are kept in memory, but for files: whoever gives a URL may have it answered without
end, or compressed to a thousandth.
"""

from collections.abc import AsyncIterator

import httpx

__all__ = ["CONNECT_S", "FILE", "IDLE_S", "new_client"]

CONNECT_S = 10.0
IDLE_S = 30.0
ANSWER_BYTES_MAX = 1024 * 1024
FILE = "file"
"""The extension of a request whose answer is streamed, however long it is."""


def new_client() -> httpx.AsyncClient:
    """Return the HTTP client of a container: no redirects, nothing compressed.

    An answer that is long or compressed fails like a broken connection, unless its request has the
    extension `FILE`. Proxies of the environment are used, but never towards this machine itself.
    """
    direct: dict[str, httpx.AsyncBaseTransport | None] = {
        f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")
    }
    return httpx.AsyncClient(
        follow_redirects=False,
        timeout=httpx.Timeout(IDLE_S, connect=CONNECT_S, pool=None),
        headers={"accept-encoding": "identity", "user-agent": "media-jobs-container"},
        mounts=direct,
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx.Response) -> None:
    if FILE in response.request.extensions:
        return
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx.RemoteProtocolError("an answer is compressed, which was not asked for")
    assert isinstance(response.stream, httpx.AsyncByteStream)
    response.stream = _Short(response.stream)


class _Short(httpx.AsyncByteStream):
    """What an answer says, as far as it is short."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        came_bytes = 0
        async for chunk in self._stream:
            came_bytes += len(chunk)
            if came_bytes > ANSWER_BYTES_MAX:
                raise httpx.RemoteProtocolError("an answer is too long")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
