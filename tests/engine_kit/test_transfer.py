"""Files to and from presigned URLs, over real connections to a server that misbehaves as told."""

import gzip
import hashlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.targets import exact_target
from engine_kit.transfer import Transfers, Uploaded

from media_jobs.wire import InputRead
from tests.engine_kit.transferring import Asked, reply, serving, transferring

pytestmark = pytest.mark.heavy

T = TypeVar("T")

CONTENT = bytes(range(256)) * 9000
QUERY = "?X-Amz-Signature=ab%2Fcd&X-Amz-Credential=k%2F20261123%2Fauto&name=a+b%20c~'()*!"


class Store:
    """A server of scripted answers, whose URL "url" is *path*; it keeps what it was asked."""

    def __init__(
        self, *answers: bytes, path: str = "/v", hangs: bool = False, idle_s: float = 5
    ) -> None:
        self.asked: list[Asked] = []
        self._answers = list(answers)
        self._path = path
        self._hangs = hangs
        self._idle_s = idle_s

    def run(self, work: Callable[[Transfers], Awaitable[T]]) -> T:
        """Run *work* with transfers."""

        def answer(asked: Asked) -> bytes:
            self.asked.append(asked)
            return self._answers.pop(0)

        return transferring(
            serving(answer, hangs=self._hangs),
            work,
            lambda base: {"url": base + self._path},
            idle_s=self._idle_s,
        )

    def download(self, path: Path, **more: object) -> InputRead:
        """Download into *path*; return what came."""
        # mypy can't know which of the options these are.
        return self.run(lambda t: t.download("url", path, **more))  # type: ignore[arg-type]

    def upload(self, folder: Path, content: bytes) -> Uploaded:
        """Upload a file of this *content*."""
        path = folder / "out.mp4"
        path.write_bytes(content)
        return self.run(lambda t: t.upload(path, "url", content_type="video/mp4"))


def test_a_presigned_url_reaches_the_store_byte_for_byte(tmp_path: Path) -> None:
    path = "/bucket/media/%E4%B8%AD/a%2Bb/../c"
    store = Store(reply(200, b"hello"), path=path + QUERY)

    store.download(tmp_path / "file")

    assert store.asked[0].line == f"GET {path}{QUERY} HTTP/1.1"
    assert (tmp_path / "file").read_bytes() == b"hello"


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    total = len(CONTENT)
    rest = f"bytes 1048576-{total - 1}/{total}"
    store = Store(
        reply(200, CONTENT[:1_500_000], length=total, etag='"v1"'),
        reply(206, CONTENT[1_048_576:], content_range=rest),
    )
    shares: list[float] = []

    read = store.download(tmp_path / "file", on_progress=shares.append)

    # Of the whole, not of its two pieces.
    assert read == InputRead(size_bytes=total, sha256=hashlib.sha256(CONTENT).hexdigest())
    assert (tmp_path / "file").read_bytes() == CONTENT
    # Whole chunks of 1 MiB are kept; the broken one is fetched again.
    assert store.asked[1].headers["range"] == "bytes=1048576-"
    assert store.asked[1].headers["if-range"] == '"v1"'
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_store_that_says_nothing_more_is_given_up_and_the_attempt_may_be_repeated(
    tmp_path: Path,
) -> None:
    total = len(CONTENT)
    first = reply(200, CONTENT[:1_500_000], length=total, etag='"v1"')
    silent = reply(206, length=9, content_range=f"bytes 1048576-{total - 1}/{total}")

    with pytest.raises(EngineFailure) as caught:
        Store(first, *[silent] * 20, hangs=True, idle_s=0.1).download(tmp_path / "file")

    assert (caught.value.code, caught.value.retryable) == (FailureCode.TIMEOUT, True)


def test_a_file_that_changed_meanwhile_is_fetched_whole(tmp_path: Path) -> None:
    store = Store(
        reply(200, b"x" * 1_100_000, length=2_000_000, etag='"v1"'), reply(200, b"another file")
    )

    read = store.download(tmp_path / "file")

    assert read == InputRead(
        size_bytes=12, sha256="100ef6a71bac925f709fe9c114c60460bf6e472cfdb9d44bd8adf1698135260f"
    )
    assert (tmp_path / "file").read_bytes() == b"another file"


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (404, FailureCode.INPUT_MISSING, False),
        (403, FailureCode.INPUT_FORBIDDEN, True),
        (302, FailureCode.TRANSFER_FAILED, False),
    ],
)
def test_a_refused_download_is_typed_and_not_repeated(
    tmp_path: Path, status: int, code: FailureCode, retryable: bool
) -> None:
    store = Store(reply(status, location="http://169.254.169.254/"), path=f"/v{QUERY}")

    with pytest.raises(EngineFailure) as caught:
        store.download(tmp_path / "file")

    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert "Amz" not in caught.value.message
    assert len(store.asked) == 1


def test_an_overloaded_store_is_asked_again(tmp_path: Path) -> None:
    read = Store(reply(503), reply(200, b"here")).download(tmp_path / "file")

    assert read.size_bytes == 4


@pytest.mark.parametrize(
    ("announced", "size_bytes_max", "code", "retryable"),
    [
        (10_000_000_000, 1000, FailureCode.INPUT_UNSUPPORTED, False),
        (1 << 60, None, FailureCode.DISK_FULL, True),
    ],
    ids=["over the limit", "over the disk"],
)
def test_a_file_that_is_too_large_is_refused_by_its_announced_size(
    tmp_path: Path,
    announced: int,
    size_bytes_max: int | None,
    code: FailureCode,
    retryable: bool,
) -> None:
    with pytest.raises(EngineFailure) as caught:
        Store(reply(200, length=announced)).download(
            tmp_path / "file", size_bytes_max=size_bytes_max
        )

    assert (caught.value.code, caught.value.retryable) == (code, retryable)


def test_an_upload_carries_the_signed_headers_and_its_length_and_is_not_chunked(
    tmp_path: Path,
) -> None:
    store = Store(reply(200), path=f"/b/k{QUERY}")

    sent = store.upload(tmp_path, CONTENT)

    assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert sent.md5 == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert sent.part_etags is None
    (asked,) = store.asked
    assert asked.line == f"PUT /b/k{QUERY} HTTP/1.1"
    assert asked.headers["content-type"] == "video/mp4"
    assert asked.headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    assert asked.headers["content-length"] == str(len(CONTENT))
    assert "transfer-encoding" not in asked.headers
    assert asked.body == CONTENT


def test_an_upload_starts_again_from_the_files_beginning(tmp_path: Path) -> None:
    store = Store(reply(500), reply(200))

    store.upload(tmp_path, CONTENT)

    assert [asked.body for asked in store.asked] == [CONTENT, CONTENT]


def test_a_refused_upload_is_typed_and_not_repeated(tmp_path: Path) -> None:
    store = Store(reply(403))

    with pytest.raises(EngineFailure) as caught:
        store.upload(tmp_path, b"x")

    assert (caught.value.code, caught.value.retryable) == (FailureCode.OUTPUT_FORBIDDEN, True)
    assert len(store.asked) == 1


def test_an_empty_file_is_uploaded_with_length_zero(tmp_path: Path) -> None:
    store = Store(reply(200))

    store.upload(tmp_path, b"")

    assert store.asked[0].headers["content-length"] == "0"


@pytest.mark.parametrize("url", ["", "ftp://h/x", "http://", "http://h/a b", "http://h/é", "/x"])
def test_what_is_no_url_is_refused_for_good(url: str) -> None:
    with pytest.raises(EngineFailure) as caught:
        exact_target(url)
    assert not caught.value.retryable
    assert os.linesep not in caught.value.message


@pytest.mark.parametrize(
    "filling",
    [
        reply(200, gzip.compress(bytes(20 << 20)), content_encoding="gzip"),
        reply(200, bytes(2 << 20)),
    ],
    ids=["compressed", "long"],
)
def test_an_answer_that_would_fill_the_memory_is_not_read(tmp_path: Path, filling: bytes) -> None:
    store = Store(filling, reply(200))

    store.upload(tmp_path, b"x" * 9)

    # It was taken for none.
    assert len(store.asked) == 2


def test_a_file_that_is_stored_compressed_comes_as_it_is_stored(tmp_path: Path) -> None:
    packed = gzip.compress(CONTENT)

    Store(reply(200, packed, content_encoding="gzip")).download(tmp_path / "file")

    assert (tmp_path / "file").read_bytes() == packed
