"""TCP connections taken on some addresses and passed on to others: as a program in a namespace,
or `Forwarder` in a test, which can be told to lose its link when it sees certain bytes.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Self

Address = tuple[str, int]
CHUNK_BYTES = 64 * 1024


def address(text: str) -> Address:
    """Read `127.0.0.1:8080`."""
    host, _, port = text.rpartition(":")
    return host, int(port)


@dataclass(slots=True, kw_only=True)
class Forwarder:
    """Passes on what comes to the keys of *ways* to their values.

    *seen* is called with all that comes from callers, and says whether it is to be lost.
    """

    ways: Mapping[Address, Address]
    seen: Callable[[bytes], bool] = field(default=lambda _: False)
    _ready: threading.Event = field(default_factory=threading.Event)
    _end: Callable[[], object] | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()))
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._end is not None
        assert self._thread is not None
        self._end()
        self._thread.join(10)

    async def serve(self) -> None:
        """Take connections until the end; those that are there are lost then."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._end = lambda: loop.call_soon_threadsafe(ended.set)
        async with AsyncExitStack() as servers:
            for (host, port), target in self.ways.items():
                server = await asyncio.start_server(self._taker(target), host, port)
                servers.callback(server.close)
            self._ready.set()
            await ended.wait()

    def _taker(
        self, target: Address
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        return lambda reader, writer: self._carry(reader, writer, target)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Address
    ) -> None:
        try:
            there, back = await asyncio.open_connection(*target)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(
                self._pass_on(reader, back, self.seen),
                self._pass_on(there, writer, lambda _: False),
            )
        finally:
            for one in (writer, back):
                one.transport.abort()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        is_lost: Callable[[bytes], bool],
    ) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if not is_lost(chunk):
                    writer.write(chunk)
                    await writer.drain()
        with suppress(OSError):
            writer.close()


def main() -> None:
    """Forward by arguments such as `127.0.0.1:80=10.0.0.1:80`, until the process is ended."""
    pairs = (argument.split("=") for argument in sys.argv[1:])
    ways = {address(here): address(there) for here, there in pairs}
    asyncio.run(Forwarder(ways=ways).serve())


if __name__ == "__main__":
    main()
