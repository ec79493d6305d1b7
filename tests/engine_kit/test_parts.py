"""A large file goes up in parts, over real connections; each part is repeated by itself."""

import asyncio
import hashlib
import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.transfer import Uploaded

from tests.engine_kit.bench import play_upload
from tests.engine_kit.transferring import Asked, Serve, reply, serving, transferring

pytestmark = pytest.mark.heavy

PART = 500 * 1024
CONTENT = bytes(range(251)) * (1200 * 1024 // 251)  # Two parts and a shorter one.


class PartsBucket:
    """A bucket and an orchestrator in one. *answers*: status codes of the next PUTs of parts."""

    def __init__(self, *answers: int, renewal: int = 200) -> None:
        self.answers = list(answers)
        self.renewal = renewal
        self.asked: list[list[int]] = []
        self.puts: list[int] = []
        self.stored: dict[int, bytes] = {}
        self.headers: list[dict[str, str]] = []

    def answer(self, asked: Asked) -> bytes:
        """Answer one request; status 0 cuts the connection."""
        if asked.method == "POST":
            return self._renewed(asked)
        self.headers.append(asked.headers)
        number = int(parse_qs(urlsplit(asked.target).query)["partNumber"][0])
        self.puts.append(number)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.stored[number] = asked.body
            return reply(200, etag=f'"etag-{number}"')
        return reply(status) if status else b""

    def _renewed(self, asked: Asked) -> bytes:
        wanted = json.loads(asked.body)["upload"]
        assert (wanted["slot"], wanted["sizeBytes"]) == ("video", len(CONTENT))
        numbers = wanted["partNumbers"]
        self.asked.append(numbers)
        base = f"http://{asked.headers['host']}"
        parts = {str(n): f"{base}/out?partNumber={n}&uploadId=u" for n in numbers}
        answer = {"upload": {"slot": "video", "partBytes": PART, "parts": parts}}
        return reply(self.renewal, json.dumps(answer).encode())


def upload(serve: Serve, path: Path, progress: Callable[[float], None]) -> Uploaded:
    """Upload the file at *path* in parts."""
    return transferring(
        serve,
        lambda transfers: transfers.upload_in_parts(path, "video", on_progress=progress),
        urls_path="/jobs/job_1/urls?token=t",
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "out.mp4"
    path.write_bytes(CONTENT)
    return path


def test_the_parts_are_equal_in_order_and_their_bytes_are_the_files(file: Path) -> None:
    bucket, shown = PartsBucket(), list[float]()

    sent = upload(serving(bucket.answer), file, shown.append)

    assert [len(bucket.stored[n]) for n in (1, 2, 3)] == [PART, PART, len(CONTENT) - 2 * PART]
    assert b"".join(bucket.stored[n] for n in (1, 2, 3)) == CONTENT
    assert sent.part_etags == ["etag-1", "etag-2", "etag-3"]
    assert sent.md5 == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert shown == sorted(shown)
    assert shown[-1] == 1.0
    for headers in bucket.headers:
        assert headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
        assert not headers.keys() & {"content-type", "transfer-encoding"}


@pytest.mark.parametrize("fault", [0, 500, 503, 429])
def test_a_part_that_fails_is_repeated_alone_and_hashed_once(file: Path, fault: int) -> None:
    bucket = PartsBucket(200, fault, fault)

    sent = upload(serving(bucket.answer), file, lambda share: None)

    assert bucket.puts == [1, 2, 2, 2, 3]
    assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_part_whose_url_has_expired_gets_a_fresh_one(file: Path) -> None:
    bucket = PartsBucket(200, 403)

    upload(serving(bucket.answer), file, lambda share: None)

    assert bucket.puts == [1, 2, 2, 3]
    assert bucket.asked == [[1], [2, 3], [2]]


@pytest.mark.parametrize(
    ("bucket", "code"),
    [
        (PartsBucket(403, 403), FailureCode.OUTPUT_FORBIDDEN),
        (PartsBucket(404, 404), FailureCode.OUTPUT_FORBIDDEN),
        (PartsBucket(*[500] * 6), FailureCode.TRANSFER_FAILED),
        (PartsBucket(renewal=400), FailureCode.TRANSFER_FAILED),
        (PartsBucket(renewal=503), FailureCode.TRANSFER_FAILED),
    ],
    ids=["refused", "dropped", "down", "no URLs", "no orchestrator"],
)
def test_what_cannot_be_uploaded_is_a_typed_failure(
    file: Path, bucket: PartsBucket, code: FailureCode
) -> None:
    with pytest.raises(EngineFailure) as caught:
        upload(serving(bucket.answer), file, lambda share: None)

    assert caught.value.code == code


@pytest.mark.heavy
def test_memory_does_not_grow_with_the_part(tmp_path: Path) -> None:
    async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if head.startswith("POST"):
            host = re.search(r"host: (\S+)", head, re.IGNORECASE)
            assert host is not None
            parts = {"1": f"http://{host[1]}/out?partNumber=1"}
            answer = {"upload": {"partBytes": 64 * 1024 * 1024, "parts": parts}}
            writer.write(reply(200, json.dumps(answer).encode()))
        else:
            left = 64 * 1024 * 1024
            while left:
                left -= len(await reader.read(1 << 16))
            writer.write(reply(200, etag="e"))
        await writer.drain()
        writer.close()

    path = tmp_path / "large"
    with path.open("wb") as made:
        made.truncate(64 * 1024 * 1024)

    tracemalloc.start()
    upload(sink, path, lambda share: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 16 * 1024 * 1024


URLS = "http://orchestrator.test/jobs/job_1/urls?token=t"


@pytest.mark.parametrize(
    ("size", "above", "urls_url", "asked"),
    [
        (5, 5, URLS, "PUT"),
        (6, 5, URLS, "POST"),
        (6, None, URLS, "PUT"),
        (6, 5, None, "PUT"),
    ],
)
def test_an_output_goes_in_parts_if_it_is_larger_than_the_orchestrator_says(
    tmp_path: Path, size: int, above: int | None, urls_url: str | None, asked: str
) -> None:
    sent: list[str] = []

    async def receive(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/callbacks/container":
            return httpx.Response(200, json={"ok": True})
        sent.append(request.method)
        return httpx.Response(200 if request.method == "PUT" else 410)

    play_upload(tmp_path, receive, size=size, urlsUrl=urls_url, inPartsAbove=above)
    assert sent == [asked]
