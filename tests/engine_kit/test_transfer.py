"""Files to and from presigned URLs, over real connections to a server that misbehaves as told."""

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.metrics import Metrics
from engine_kit.targets import exact_target
from engine_kit.transfer import Transfers, new_client

from media_jobs.retry import Backoff

AT_ONCE = Backoff(first_ms=1, most_ms=1)
CONTENT = bytes(range(256)) * 9000
Script = Callable[[list[bytes]], bytes]


class Store:
    """A server of scripted answers that keeps the request heads and bodies byte for byte."""

    def __init__(self, *answers: bytes, hangs: bool = False) -> None:
        self.hangs = hangs
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self._answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request with the next answer, then close, or say nothing more."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        length = next(
            (
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ),
            0,
        )
        self.bodies.append(await reader.readexactly(length))
        try:
            writer.write(self._answers.pop(0))
            await writer.drain()
            if self.hangs:
                await reader.read()
        except ConnectionError:
            pass  # The other side hung up.
        finally:
            writer.close()

    def header(self, number: int, name: str) -> bytes | None:
        """Return one header of request *number*."""
        wanted = name.lower().encode() + b":"
        for line in self.heads[number].split(b"\r\n"):
            if line.lower().startswith(wanted):
                return line.split(b":", 1)[1].strip()
        return None


def with_store(
    store: Store,
    work: Callable[[Transfers], Awaitable[object]],
    path: str = "/v",
    *,
    idle_s: float = 5,
) -> None:
    """Run *work* with transfers whose URL "url" is *path* of the store."""

    async def scenario() -> None:
        server = await asyncio.start_server(store.serve, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, new_client() as client:
            links = Links(
                client,
                {"url": base + path},
                urls_url=None,
                on_fenced=lambda: None,
                job_id="job_1",
                attempt=1,
            )
            await work(
                Transfers(
                    client,
                    links,
                    Metrics("test"),
                    idle_s=idle_s,
                    job_id="job_1",
                    attempt=1,
                    retries=AT_ONCE,
                )
            )

    asyncio.run(scenario())


def reply(status: str, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    """Return an answer; *length* is what it promises when that differs from what it brings."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + body


QUERY = "?X-Amz-Signature=ab%2Fcd&X-Amz-Credential=k%2F20261123%2Fauto&name=a+b%20c~'()*!"


def test_a_presigned_url_reaches_the_store_byte_for_byte(tmp_path: Path) -> None:
    store = Store(reply("200 OK", b"hello"))
    path = "/bucket/media/%E4%B8%AD/a%2Bb/../c"

    async def work(transfers: Transfers) -> None:
        await transfers.download("url", tmp_path / "file")

    with_store(store, work, path + QUERY)
    assert store.heads[0].split(b"\r\n")[0] == f"GET {path}{QUERY} HTTP/1.1".encode()
    assert (tmp_path / "file").read_bytes() == b"hello"


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    cut = 1_500_000
    total = len(CONTENT)
    store = Store(
        reply("200 OK", CONTENT[:cut], length=total, etag='"v1"'),
        reply(
            "206 Partial Content",
            CONTENT[1_048_576:],
            content_range=f"bytes 1048576-{total - 1}/{total}",
        ),
    )
    shares: list[float] = []

    async def work(transfers: Transfers) -> None:
        size = await transfers.download("url", tmp_path / "file", on_progress=shares.append)
        assert size == total

    with_store(store, work)
    assert (tmp_path / "file").read_bytes() == CONTENT
    # Whole chunks of 1 MiB are kept; the broken one is fetched again.
    assert store.header(1, "range") == b"bytes=1048576-"
    assert store.header(1, "if-range") == b'"v1"'
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_store_that_says_nothing_more_is_given_up_and_the_attempt_may_be_repeated(
    tmp_path: Path,
) -> None:
    total = len(CONTENT)
    first = reply("200 OK", CONTENT[:1_500_000], length=total, etag='"v1"')
    silent = reply("206 Partial Content", content_range=f"bytes 1048576-{total - 1}/{total}")
    store = Store(first, *[silent.replace(b"length: 0", b"length: 9")] * 20, hangs=True)

    async def work(transfers: Transfers) -> None:
        await transfers.download("url", tmp_path / "file")

    with pytest.raises(EngineFailure) as caught:
        with_store(store, work, idle_s=0.1)
    assert (caught.value.code, caught.value.retryable) == (FailureCode.TIMEOUT, True)


def test_a_file_that_changed_meanwhile_is_fetched_whole(tmp_path: Path) -> None:
    store = Store(
        reply("200 OK", b"x" * 1_100_000, length=2_000_000, etag='"v1"'),
        reply("200 OK", b"another file"),
    )

    async def work(transfers: Transfers) -> None:
        assert await transfers.download("url", tmp_path / "file") == 12

    with_store(store, work)
    assert (tmp_path / "file").read_bytes() == b"another file"


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        ("404 Not Found", FailureCode.INPUT_MISSING, False),
        ("403 Forbidden", FailureCode.INPUT_FORBIDDEN, True),
        ("302 Found", FailureCode.TRANSFER_FAILED, False),
    ],
)
def test_a_refused_download_is_typed_and_not_repeated(
    tmp_path: Path, status: str, code: FailureCode, retryable: bool
) -> None:
    store = Store(reply(status, location="http://169.254.169.254/"))

    async def work(transfers: Transfers) -> None:
        with pytest.raises(EngineFailure) as caught:
            await transfers.download("url", tmp_path / "file")
        assert (caught.value.code, caught.value.retryable) == (code, retryable)
        assert "Amz" not in caught.value.message

    with_store(store, work, f"/v{QUERY}")
    assert len(store.heads) == 1


def test_an_overloaded_store_is_asked_again(tmp_path: Path) -> None:
    store = Store(reply("503 Slow Down"), reply("200 OK", b"here"))

    async def work(transfers: Transfers) -> None:
        assert await transfers.download("url", tmp_path / "file") == 4

    with_store(store, work)


def test_a_file_over_the_limit_is_refused_by_its_announced_size(tmp_path: Path) -> None:
    store = Store(reply("200 OK", b"", length=10_000_000_000))

    async def work(transfers: Transfers) -> None:
        with pytest.raises(EngineFailure) as caught:
            await transfers.download("url", tmp_path / "file", size_bytes_max=1000)
        assert caught.value.code is FailureCode.INPUT_UNSUPPORTED

    with_store(store, work)


def test_a_file_larger_than_the_disk_is_refused_before_it_fills_it(tmp_path: Path) -> None:
    store = Store(reply("200 OK", b"", length=1 << 60))

    async def work(transfers: Transfers) -> None:
        with pytest.raises(EngineFailure) as caught:
            await transfers.download("url", tmp_path / "file")
        assert (caught.value.code, caught.value.retryable) == (FailureCode.DISK_FULL, True)

    with_store(store, work)


def test_an_upload_carries_the_signed_headers_and_its_length_and_is_not_chunked(
    tmp_path: Path,
) -> None:
    store = Store(reply("200 OK"))
    (tmp_path / "out.mp4").write_bytes(CONTENT)

    async def work(transfers: Transfers) -> None:
        sent = await transfers.upload(tmp_path / "out.mp4", "url", content_type="video/mp4")
        assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()
        assert sent.md5 == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
        assert sent.part_etags is None

    with_store(store, work, f"/b/k{QUERY}")
    assert store.heads[0].split(b"\r\n")[0] == f"PUT /b/k{QUERY} HTTP/1.1".encode()
    assert store.header(0, "content-type") == b"video/mp4"
    assert store.header(0, "x-amz-content-sha256") == b"UNSIGNED-PAYLOAD"
    assert store.header(0, "content-length") == str(len(CONTENT)).encode()
    assert store.header(0, "transfer-encoding") is None
    assert store.bodies[0] == CONTENT


def test_an_upload_starts_again_from_the_files_beginning(tmp_path: Path) -> None:
    store = Store(reply("500 Oops"), reply("200 OK"))
    (tmp_path / "out.mp4").write_bytes(CONTENT)

    async def work(transfers: Transfers) -> None:
        await transfers.upload(tmp_path / "out.mp4", "url", content_type="video/mp4")

    with_store(store, work)
    assert store.bodies == [CONTENT, CONTENT]


def test_a_refused_upload_is_typed_and_not_repeated(tmp_path: Path) -> None:
    store = Store(reply("403 Forbidden"))
    (tmp_path / "out.mp4").write_bytes(b"x")

    async def work(transfers: Transfers) -> None:
        with pytest.raises(EngineFailure) as caught:
            await transfers.upload(tmp_path / "out.mp4", "url", content_type="video/mp4")
        assert (caught.value.code, caught.value.retryable) == (FailureCode.OUTPUT_FORBIDDEN, True)

    with_store(store, work)
    assert len(store.heads) == 1


def test_an_empty_file_is_uploaded_with_length_zero(tmp_path: Path) -> None:
    store = Store(reply("200 OK"))
    (tmp_path / "out").write_bytes(b"")

    async def work(transfers: Transfers) -> None:
        await transfers.upload(tmp_path / "out", "url", content_type="video/mp4")

    with_store(store, work)
    assert store.header(0, "content-length") == b"0"


@pytest.mark.parametrize("url", ["", "ftp://h/x", "http://", "http://h/a b", "http://h/é", "/x"])
def test_what_is_no_url_is_refused_for_good(url: str) -> None:
    with pytest.raises(EngineFailure) as caught:
        exact_target(url)
    assert not caught.value.retryable
    assert os.linesep not in caught.value.message
