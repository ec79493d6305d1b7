"""The client for ordinary code; AsyncClient has the same methods for asyncio.

Generated from async_client.py by `python -m dev.docs`; do not edit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypeVar

import httpx

from vidgen import transport
from vidgen.api import Api
from vidgen.models import Page
from vidgen.steps import Answered, Exchange, Flow, Pause, PutFile, SaveFile, Step, Unanswered

__all__ = ["Client"]

T = TypeVar("T")


class Client(Api):
    """Calls the app's API at *url* with an API *token*: else VIDGEN_URL and VIDGEN_TOKEN.

    Passing failures are retried, submits carry an idempotency key. Methods raise the errors of
    `vidgen.errors`. Close it, or use it in a `with` statement.
    *timeout*: seconds until a connection or the next piece of an answer; 30, of a file 60, unless
    given. *max_retries*: how often a call or a transfer that failed in passing is tried again;
    4 and 5 unless given. Raises ConfigurationError.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float | None = None,
        max_retries: int | None = None,
        transport_: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = transport.address(url)
        self._retries_max = transport.checked_retries(max_retries)
        self._api = httpx.Client(
            headers=transport.api_headers(transport.secret(token)),
            timeout=timeout or transport.TIMEOUT_S,
            transport=transport_,
        )
        # Presigned URLs get no token: another client, without any default of ours.
        self._files = httpx.Client(
            timeout=timeout or transport.TRANSFER_TIMEOUT_S, transport=transport_
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()
        self._files.close()

    def run(self, flow: Flow[T]) -> T:
        """Carry out a flow and return its result."""
        outcome: Answered | BaseException | None = None
        while True:
            try:
                if isinstance(outcome, BaseException):
                    step = flow.throw(outcome)
                else:
                    step = flow.send(outcome)
            except StopIteration as done:
                result: T = done.value
                return result
            try:
                outcome = self._perform(step)
            except Unanswered as error:
                outcome = error
            except httpx.TransportError as error:
                app = self.url if isinstance(step, Exchange) else None
                outcome = transport.unanswered(error, app, retries_max=self._retries_max)
            except BaseException as error:
                outcome = error  # An interrupt, too: the flow tidies up, and raises it.

    def items(self, page: Callable[[str | None], Flow[Page[T]]]) -> Iterator[T]:
        """Yield the items of every page of a list; *page* takes a cursor, None for the first."""
        cursor: str | None = None
        while True:
            found = self.run(page(cursor))
            yield from found.items
            if (cursor := found.next_cursor) is None:
                return

    def _perform(self, step: Step) -> Answered | None:
        match step:
            case Pause():
                time.sleep(step.seconds)
                return None
            case Exchange():
                response = self._api.request(
                    step.method,
                    self.url + step.path,
                    params=step.params or None,
                    headers=step.headers,
                    content=step.body,
                )
                return transport.answered(response, response.content, retries_max=self._retries_max)
            case PutFile():
                return self._put(step)
            case SaveFile():
                return self._save(step)

    def _put(self, step: PutFile) -> Answered:
        source = transport.chunks(step.path, step.offset, step.size_bytes)

        def pieces() -> Iterator[bytes]:
            while piece := next(source, b""):
                yield piece
                step.sent(len(piece))

        response = self._files.put(step.url, content=pieces(), headers=transport.put_headers(step))
        return transport.answered(response, retries_max=self._retries_max)

    def _save(self, step: SaveFile) -> Answered:
        headers = transport.range_headers(step)
        own = step.url.startswith("/")
        source, url = (self._api, self.url + step.url) if own else (self._files, step.url)
        with source.stream("GET", url, headers=headers) as response:
            if response.status_code in (200, 206):
                if response.status_code == 200 and step.offset:
                    step.got(-step.offset)  # It begins anew.
                with step.path.open(transport.save_mode(step, response.status_code)) as file:
                    for piece in response.iter_bytes(transport.CHUNK_BYTES):
                        file.write(piece)
                        step.got(len(piece))
            return transport.answered(response, retries_max=self._retries_max)
