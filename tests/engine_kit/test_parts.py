"""A large file goes up in parts, over real connections; each part is repeated by itself."""

import asyncio
import hashlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.metrics import Metrics
from engine_kit.transfer import Transfers, Uploaded, new_client

from media_jobs.retry import Backoff
from tests.engine_kit.bench import CopyJob, bench, render_body

AT_ONCE = Backoff(first_ms=1, most_ms=1)
PART = 5 * 1024 * 1024
CONTENT = bytes(range(251)) * (12 * 1024 * 1024 // 251)  # Two parts of 5 MiB and a shorter one.


class PartsBucket:
    """A bucket and an orchestrator in one. *answers*: status codes of the next PUTs of parts."""

    def __init__(self, *answers: int, renewal: int = 200) -> None:
        self.base = ""
        self.answers = list(answers)
        self.renewal = renewal
        self.asked: list[list[int]] = []
        self.puts: list[int] = []
        self.stored: dict[int, bytes] = {}
        self.heads: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, then close; status 0 cuts the connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(fields["content-length"]))
        status, answer, etag = self._answer(head, body)
        if status:
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-length: {len(answer)}\r\n{etag}"
                "connection: close\r\n\r\n".encode()
                + answer
            )
            await writer.drain()
        writer.close()

    def _answer(self, head: str, body: bytes) -> tuple[int, bytes, str]:
        method, target, _ = head.split("\r\n")[0].split(" ")
        if method == "POST":
            return self._renewed(json.loads(body)["upload"])
        self.heads.append(head)
        number = int(parse_qs(urlsplit(target).query)["partNumber"][0])
        self.puts.append(number)
        status = self.answers.pop(0) if self.answers else 200
        if status != 200:
            return status, b"", ""
        self.stored[number] = body
        return 200, b"", f'ETag: "etag-{number}"\r\n'

    def _renewed(self, wanted: dict[str, object]) -> tuple[int, bytes, str]:
        assert (wanted["slot"], wanted["sizeBytes"]) == ("video", len(CONTENT))
        numbers = wanted["partNumbers"]
        assert isinstance(numbers, list)
        self.asked.append(numbers)
        parts = {str(n): f"{self.base}/out?partNumber={n}&uploadId=u" for n in numbers}
        answer = {"upload": {"slot": "video", "partBytes": PART, "parts": parts}}
        return self.renewal, json.dumps(answer).encode(), ""


def upload(bucket: PartsBucket, path: Path, progress: Callable[[float], None]) -> Uploaded:
    """Upload the file at *path* in parts."""

    async def scenario() -> Uploaded:
        server = await asyncio.start_server(bucket.serve, "127.0.0.1", 0, limit=1 << 20)
        bucket.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, new_client() as client:
            links = Links(
                client,
                {},
                urls_url=f"{bucket.base}/jobs/job_1/urls?token=t",
                on_fenced=lambda: None,
                job_id="job_1",
                attempt=1,
                retries=AT_ONCE,
            )
            transfers = Transfers(
                client,
                links,
                Metrics("test"),
                idle_s=5,
                job_id="job_1",
                attempt=1,
                retries=AT_ONCE,
            )
            return await transfers.upload_in_parts(path, "video", on_progress=progress)

    return asyncio.run(scenario())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "out.mp4"
    path.write_bytes(CONTENT)
    return path


def test_the_parts_are_equal_in_order_and_their_bytes_are_the_files(file: Path) -> None:
    bucket, shown = PartsBucket(), list[float]()

    sent = upload(bucket, file, shown.append)

    assert [len(bucket.stored[n]) for n in (1, 2, 3)] == [PART, PART, len(CONTENT) - 2 * PART]
    assert b"".join(bucket.stored[n] for n in (1, 2, 3)) == CONTENT
    assert sent.part_etags == ["etag-1", "etag-2", "etag-3"]
    assert sent.md5 == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert shown == sorted(shown)
    assert shown[-1] == 1.0
    for head in bucket.heads:
        assert "x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n" in head
        assert "content-type" not in head.lower()
        assert "chunked" not in head.lower()


@pytest.mark.parametrize("fault", [0, 500, 503, 429])
def test_a_part_that_fails_is_repeated_alone_and_hashed_once(file: Path, fault: int) -> None:
    bucket = PartsBucket(200, fault, fault)

    sent = upload(bucket, file, lambda share: None)

    assert bucket.puts == [1, 2, 2, 2, 3]
    assert sent.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_part_whose_url_has_expired_gets_a_fresh_one(file: Path) -> None:
    bucket = PartsBucket(200, 403)

    upload(bucket, file, lambda share: None)

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
        upload(bucket, file, lambda share: None)

    assert caught.value.code == code


def test_memory_does_not_grow_with_the_part(tmp_path: Path) -> None:
    class Sink(PartsBucket):
        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if head.startswith("POST"):
                parts = {"1": f"{self.base}/out?partNumber=1"}
                answer = {"upload": {"partBytes": 64 * 1024 * 1024, "parts": parts}}
                body = json.dumps(answer).encode()
            else:
                left, body = 64 * 1024 * 1024, b""
                while left:
                    left -= len(await reader.read(1 << 16))
            lines = f"HTTP/1.1 200 X\r\ncontent-length: {len(body)}\r\nETag: e\r\n"
            writer.write(f"{lines}connection: close\r\n\r\n".encode() + body)
            await writer.drain()
            writer.close()

    path = tmp_path / "large"
    with path.open("wb") as made:
        made.truncate(64 * 1024 * 1024)

    tracemalloc.start()
    upload(Sink(), path, lambda share: None)
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
    over = asyncio.Event()

    async def run(job: CopyJob) -> Outputs:
        (job.work_dir / "out").write_bytes(b"x" * size)
        try:
            await job.upload("video", job.work_dir / "out")
        finally:
            over.set()
        return {}

    async def scenario() -> None:
        async with bench(run, tmp_path) as made:
            taken = made.receive

            async def receive(request: httpx.Request) -> httpx.Response:
                if request.url.path == "/callbacks/container":
                    return await taken(request)
                sent.append(request.method)
                return httpx.Response(200 if request.method == "PUT" else 410)

            made.receive = receive  # type: ignore[method-assign]
            output = {"outputPutUrl": "http://store.test/out?sig=x"}
            await made.post("/render", render_body(**output, urlsUrl=urls_url, inPartsAbove=above))
            await asyncio.wait_for(over.wait(), 5)

    asyncio.run(scenario())
    assert sent == [asked]
