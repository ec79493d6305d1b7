"""Files to and from presigned URLs, streamed: memory does not grow with the file.

A presigned URL is sent byte for byte as it was signed: no re-encoding, no redirects, no header that
the signature does not expect. An interrupted download continues where it stopped (Range); an upload
starts again with the file reopened. There is no limit on the whole transfer, only on time without a
byte. A refused URL is renewed and the transfer continues; refused again without a byte between, it
fails.
"""

import asyncio
import errno
import hashlib
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import httpx

from engine_kit.addresses import refused_in
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.logs import log
from engine_kit.metrics import Metrics
from engine_kit.outgoing import CONNECT_S, FILE, IDLE_S
from engine_kit.targets import exact_target
from media_jobs.parts import part_count, part_span
from media_jobs.wire import InputRead

__all__ = ["Transfers", "Uploaded", "file_size"]

CHUNK_BYTES = 1024 * 1024
TRIES_MAX = 6
PARTS_ASKED = 20
"""URLs of so many parts are asked for at once: they have hours to live, not days."""
DISK_RESERVE_BYTES = 64 * 1024 * 1024

INPUT_REFUSED = (FailureCode.INPUT_FORBIDDEN, "The URL of an input was refused.")
OUTPUT_REFUSED = (FailureCode.OUTPUT_FORBIDDEN, "The URL of an output was refused.")

T = TypeVar("T")
Progress = Callable[[float], None]
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)", re.ASCII)
_TOTAL_OF_UNSATISFIED = re.compile(r"bytes \*/(\d+)", re.ASCII)


class _Retry(Exception):
    """This try failed and another may succeed; the text says why, for the log."""


class _Refused(Exception):
    """The URL was refused: it has expired, or it was never good."""


class Transfers:
    """Downloads and uploads of one attempt. *idle_s*: the longest time without a byte."""

    def __init__(self, links: Links, metrics: Metrics, *, idle_s: float) -> None:
        self._client = links.client
        self._links = links
        self._metrics = metrics
        self._idle_s = idle_s
        self._timeout = httpx.Timeout(min(IDLE_S, idle_s), connect=CONNECT_S, pool=None)

    async def download(
        self,
        field: str,
        path: Path,
        *,
        size_bytes_max: int | None = None,
        on_progress: Progress | None = None,
    ) -> InputRead:
        """Fetch the URL of *field* into *path*; return what came. See `EngineJob.download`."""
        with path.open("wb") as file, _disk_full_is_typed():
            state = _Download(file=file, size_bytes_max=size_bytes_max, on_progress=on_progress)
            loop = asyncio.get_running_loop()
            tries, moved_at = 0, loop.time()
            while True:
                before = state.received
                try:
                    await self._renewing(
                        field, lambda url: self._fetch_rest(url, state), INPUT_REFUSED
                    )
                    return state.read()
                except _Retry as problem:
                    if state.received > before:
                        tries, moved_at = 0, loop.time()
                    tries += 1
                    log("download_retry", field=field, why=str(problem), tries=tries)
                    if loop.time() - moved_at > self._idle_s:
                        raise EngineFailure(
                            FailureCode.TIMEOUT,
                            f"A download brought nothing for {self._idle_s:.0f} s.",
                        ) from None
                    if tries >= TRIES_MAX:
                        raise EngineFailure(
                            FailureCode.TRANSFER_FAILED, f"A download failed: {problem}."
                        ) from None
                await self._back_off(tries)

    async def _renewing(
        self, field: str, send: Callable[[str], Awaitable[T]], refusal: tuple[FailureCode, str]
    ) -> T:
        """Do *send* with the URL of *field*, and once more with a fresh one if it is refused."""
        url = await self._links.usable(field)
        try:
            return await send(url)
        except _Refused:
            renewed = await self._links.renew(field, url)
        try:
            if renewed:
                return await send(await self._links.usable(field))
        except _Refused:
            pass
        raise EngineFailure(*refusal)

    async def _fetch_rest(self, url: str, state: "_Download") -> None:
        headers = {}
        if state.received:
            headers["range"] = f"bytes={state.received}-"
            if state.etag:
                headers["if-range"] = state.etag
        with _network_faults_as_retry():
            async with self._client.stream(
                "GET",
                url,
                headers=headers,
                extensions={**exact_target(url), FILE: True},
                timeout=self._timeout,
            ) as response:
                if not state.accept(response):
                    return
                async with _behind() as behind:
                    async for chunk in response.aiter_raw(CHUNK_BYTES):
                        await behind(state.write, chunk)
                        self._metrics.received(len(chunk))
        if state.total is not None and state.received != state.total:
            raise _Retry(f"{state.received} of {state.total} bytes came")

    async def upload(
        self, path: Path, field: str, *, content_type: str, on_progress: Progress | None = None
    ) -> "Uploaded":
        """PUT the file at *path* to the URL of *field*; see `Job.upload`."""
        reason = ""

        def put(url: str) -> Awaitable[Uploaded]:
            return self._put_file(path, url, content_type, on_progress)

        for tries in range(1, TRIES_MAX + 1):
            try:
                return await self._renewing(field, put, OUTPUT_REFUSED)
            except _Retry as problem:
                log("upload_retry", field=field, why=str(problem), tries=tries)
                reason = str(problem)
            if tries < TRIES_MAX:
                await self._back_off(tries)
        raise EngineFailure(FailureCode.TRANSFER_FAILED, f"An upload failed: {reason}.")

    async def _put_file(
        self, path: Path, url: str, content_type: str, on_progress: Progress | None
    ) -> "Uploaded":
        digests, span = _Digests(), _Span(size=file_size(path), on_progress=on_progress)
        _accept_put(await self._put(path, url, span, digests, {"content-type": content_type}))
        return digests.uploaded()

    async def upload_in_parts(
        self, path: Path, slot: str, *, on_progress: Progress | None = None
    ) -> "Uploaded":
        """PUT the file at *path* as the output *slot*, part by part; each is repeated by itself.

        The parts go in order, so that their bytes are hashed once and the order is the object's.
        """
        size = file_size(path)
        digests, etags = _Digests(), list[str]()
        links = await self._links.parts(slot, size, [1])
        count = part_count(size, links.part_bytes)
        urls = links.parts
        for number in range(1, count + 1):
            if number not in urls:
                ahead = range(number, min(number + PARTS_ASKED, count + 1))
                urls = (await self._links.parts(slot, size, ahead)).parts
            offset, length = part_span(number, size, links.part_bytes)
            span = _Span(size=size, offset=offset, length=length, on_progress=on_progress)
            part = _Part(slot=slot, number=number, url=urls[number], span=span)
            etag, digests = await self._put_part(path, part, digests)
            etags.append(etag)
        return digests.uploaded(etags)

    async def _put_part(
        self, path: Path, part: "_Part", before: "_Digests"
    ) -> tuple[str, "_Digests"]:
        """PUT one part until it is there; return its ETag and the digests of all up to its end."""
        url, refused, reason = part.url, 0, ""
        for tries in range(1, TRIES_MAX + 1):
            digests = before.copy()
            try:
                response = await self._put(path, url, part.span, digests, {})
                if response.status_code == 404:
                    raise _Refused  # The upload was dropped; asking again says why.
                _accept_put(response)
                if etag := response.headers.get("etag", "").strip('"'):
                    return etag, digests
                reason = "a part was answered without an ETag"
            except _Refused:
                refused += 1
                if refused > 1:
                    raise EngineFailure(
                        FailureCode.OUTPUT_FORBIDDEN, "The URL of a part was refused."
                    ) from None
                url = (await self._links.parts(part.slot, part.span.size, [part.number])).parts[
                    part.number
                ]
                continue
            except _Retry as problem:
                where = f"{part.slot} {part.number}"
                log("part_retry", field=where, why=str(problem), tries=tries)
                reason = str(problem)
            if tries < TRIES_MAX:
                await self._back_off(tries)
        raise EngineFailure(FailureCode.TRANSFER_FAILED, f"An upload failed: {reason}.")

    async def _put(
        self, path: Path, url: str, span: "_Span", digests: "_Digests", headers: dict[str, str]
    ) -> httpx.Response:
        def read(chunk: bytes) -> None:
            digests.update(chunk)
            self._metrics.sent(len(chunk))

        with _network_faults_as_retry():
            return await self._client.put(
                url,
                content=_file_chunks(path, span, read),
                headers={
                    **headers,
                    "content-length": str(span.bytes),
                    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
                },
                extensions=exact_target(url),
                timeout=self._timeout,
            )

    async def _back_off(self, tries: int) -> None:
        await asyncio.sleep(self._links.retries.delay_ms(tries, self._links.job_id) / 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What was uploaded: hashes of the whole file as hex, and the parts' ETags if it had parts."""

    md5: str
    sha256: str
    part_etags: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """What is sent in one PUT of a file of *size* bytes: *length* from *offset*, or all of it."""

    size: int
    offset: int = 0
    length: int | None = None
    on_progress: Progress | None = None

    @property
    def bytes(self) -> int:
        return self.size if self.length is None else self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    slot: str
    number: int
    url: str
    span: _Span


class _Digests:
    """Hashes of what was read so far; any number of copies can continue from there."""

    def __init__(self) -> None:
        self._hashes = (hashlib.md5(usedforsecurity=False), hashlib.sha256())

    def copy(self) -> "_Digests":
        twin = _Digests()
        twin._hashes = (self._hashes[0].copy(), self._hashes[1].copy())
        return twin

    def update(self, chunk: bytes) -> None:
        for each in self._hashes:
            each.update(chunk)

    def uploaded(self, part_etags: list[str] | None = None) -> Uploaded:
        md5, sha256 = (each.hexdigest() for each in self._hashes)
        return Uploaded(md5=md5, sha256=sha256, part_etags=part_etags)


class _Download:
    """How far a download is, over all its tries."""

    def __init__(
        self, *, file: BinaryIO, size_bytes_max: int | None, on_progress: Progress | None
    ) -> None:
        self.received = 0
        self.total: int | None = None
        self.etag: str | None = None
        self._hash = hashlib.sha256()
        self._file = file
        self._size_bytes_max = size_bytes_max
        self._on_progress = on_progress

    def accept(self, response: httpx.Response) -> bool:
        """Look at status and headers; return whether a body is to be read.

        Raises _Retry, _Refused or EngineFailure for a status that brings no file.
        """
        status = response.status_code
        if status == 200:
            self._restart()
            self.total = _whole(response.headers.get("content-length"))
        elif status == 206:
            self._check_range(response)
        elif status == 416:
            return self._after_unsatisfied(response)
        elif status in (404, 410):
            raise EngineFailure(FailureCode.INPUT_MISSING, "An input does not exist.")
        else:
            raise _refusal(status, "A download")
        # A weak tag promises no equal bytes, so no resume may rest on it.
        etag = response.headers.get("etag", "")
        self.etag = etag if etag.startswith('"') else None
        self._check_size(self.total)
        return True

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.received += len(chunk)
        self._check_size(self.received, on_disk=False)
        if self._on_progress is not None and self.total:
            self._on_progress(self.received / self.total)

    def read(self) -> InputRead:
        """Return size and hash of what has come."""
        return InputRead(size_bytes=self.received, sha256=self._hash.hexdigest())

    def _check_range(self, response: httpx.Response) -> None:
        match = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
        if match is None or int(match[1]) != self.received:
            self._restart()
            raise _Retry("another range came than was asked for")
        if match[3] != "*":
            self.total = int(match[3])

    def _after_unsatisfied(self, response: httpx.Response) -> bool:
        match = _TOTAL_OF_UNSATISFIED.fullmatch(response.headers.get("content-range", ""))
        if match is not None and int(match[1]) == self.received:
            return False
        self._restart()
        raise _Retry("the file has another size than before")

    def _restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._hash = hashlib.sha256()
        self.received = 0

    def _check_size(self, size: int | None, *, on_disk: bool = True) -> None:
        if size is None:
            return
        if self._size_bytes_max is not None and size > self._size_bytes_max:
            raise EngineFailure(
                FailureCode.INPUT_UNSUPPORTED,
                f"An input is larger than {self._size_bytes_max} bytes.",
            )
        if not on_disk:
            return
        free = shutil.disk_usage(Path(self._file.name).parent).free
        if size - self.received + DISK_RESERVE_BYTES > free:
            raise EngineFailure(FailureCode.DISK_FULL, "The disk has no room for an input.")


def file_size(path: Path) -> int:
    return path.stat().st_size


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _refusal(status: int, what: str) -> Exception:
    """Return what to raise for the *status* of a transfer that is *what*, "A download"."""
    if status in (408, 429) or status >= 500:
        return _Retry(f"it was answered {status}")
    if status in (401, 403):
        return _Refused()
    message = f"{what} was answered {status}."
    return EngineFailure(FailureCode.TRANSFER_FAILED, message, retryable=False)


def _accept_put(response: httpx.Response) -> None:
    if response.status_code not in (200, 201, 204):
        raise _refusal(response.status_code, "An upload")


async def _file_chunks(
    path: Path, span: _Span, on_chunk: Callable[[bytes], None]
) -> AsyncIterator[bytes]:
    """Yield the bytes of *span*; the next are read and given to *on_chunk* as some are sent."""
    left = span.bytes

    def next_chunk(size: int) -> bytes:
        chunk = file.read(size)
        on_chunk(chunk)
        return chunk

    with path.open("rb") as file:
        file.seek(span.offset)
        async with _behind() as behind:
            reading = await behind(next_chunk, min(CHUNK_BYTES, left))
            while chunk := await reading:
                left -= len(chunk)
                reading = await behind(next_chunk, min(CHUNK_BYTES, left))
                yield chunk
                if span.on_progress is not None:
                    span.on_progress((span.offset + span.bytes - left) / span.size)


Behind = Callable[..., Awaitable[asyncio.Task[T]]]


@asynccontextmanager
async def _behind() -> AsyncIterator[Behind[Any]]:
    """Give a function that has calls made in a thread, one after the other, and returns at once.

    It waits for the call before, and the block's end for the last: what these raise, it raises.
    """
    running: asyncio.Task[Any] | None = None

    async def behind(call: Callable[..., Any], *args: object) -> asyncio.Task[Any]:
        nonlocal running
        if running is not None:
            await running
        running = asyncio.create_task(asyncio.to_thread(call, *args))
        return running

    try:
        yield behind
    finally:
        if running is not None:
            await running


@contextmanager
def _network_faults_as_retry() -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise EngineFailure(
            FailureCode.TRANSFER_FAILED, "A URL is malformed.", retryable=False
        ) from None
    except httpx.TransportError as error:
        if refused := refused_in(error):
            raise EngineFailure(
                FailureCode.TRANSFER_FAILED, f"A URL was not followed: {refused}.", retryable=False
            ) from None
        raise _Retry(_fault_name(error)) from None


def _fault_name(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "nothing came in time"
    if isinstance(error, httpx.ConnectError):
        return "the connection was refused"
    return "the connection broke"


@contextmanager
def _disk_full_is_typed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise EngineFailure(FailureCode.DISK_FULL, "The disk is full.") from None
