"""Transfers over real connections, to and from a server that the test plays."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from engine_kit.links import Links
from engine_kit.metrics import Metrics
from engine_kit.outgoing import new_client
from engine_kit.transfer import Transfers

from media_jobs.retry import Backoff

T = TypeVar("T")

AT_ONCE = Backoff(first_ms=1, most_ms=1)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came; the names of *headers* are in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


async def read_request(reader: asyncio.StreamReader) -> Asked:
    """Read one request."""
    line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (header.split(": ", 1) for header in lines if header)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(line=line, headers=headers, body=body)


def serving(answer: Callable[[Asked], bytes], *, hangs: bool = False) -> Serve:
    """Return what answers one request, then closes, or says nothing more if it *hangs*."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(answer(await read_request(reader)))
            await writer.drain()
            if hangs:
                await reader.read()
        except ConnectionError:
            pass  # The other side hung up.
        finally:
            writer.close()

    return serve


def reply(
    status: int, body: bytes = b"", *, length: int | None = None, **headers: str | None
) -> bytes:
    """Return an answer; *length* is what it promises when that differs from what it brings."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + body


def transferring(
    serve: Serve,
    work: Callable[[Transfers], Awaitable[T]],
    urls: Callable[[str], dict[str, str]] = lambda _: {},
    *,
    urls_path: str | None = None,
    on_fenced: Callable[[], None] = lambda: None,
    idle_s: float = 5,
) -> T:
    """Run *work* with transfers whose URLs *urls* makes of the server's address."""

    async def scenario() -> T:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, new_client() as client:
            links = Links(
                client,
                urls(base),
                urls_url=base + urls_path if urls_path else None,
                on_fenced=on_fenced,
                job_id="job_1",
                retries=AT_ONCE,
            )
            return await work(Transfers(links, Metrics("test"), idle_s=idle_s))

    return asyncio.run(scenario())
