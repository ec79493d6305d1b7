"""URLs that run out during an attempt are renewed, and the work goes on with fresh ones (J9)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.links import Links
from engine_kit.transfer import Transfers

from tests.engine_kit.transferring import Asked, reply, serving, transferring
from tests.engine_kit.virtual_time import run_at_once

pytestmark = pytest.mark.heavy

CONTENT = bytes(range(256)) * 10_000
MIB = 1024 * 1024
LIFE_S = 3600
URLS_PATH = "/jobs/job_1/urls?token=t"


class ExpiringBucket:
    """A bucket and an orchestrator in one: each renewal makes all earlier URLs worthless.

    *renewals*: status codes of the next answers to a renewal; 200 when there are none left.
    *cut*: the first download breaks after so many bytes, and its URL expires at that moment.
    """

    def __init__(self, *, renewals: tuple[int, ...] = (), cut: int | None = None) -> None:
        self.base = ""
        self.generation = 1
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        self.always_refuses = False
        self._renewals = list(renewals)
        self._cut = cut

    def urls(self, base: str) -> dict[str, str]:
        """Return the payload fields as they are signed now."""
        self.base = base
        query = f"?generation={self.generation}&X-Amz-Expires={LIFE_S}&X-Amz-Signature=secret"
        return {"inputUrl": f"{base}/in{query}", "outputPutUrl": f"{base}/out{query}"}

    def answer(self, asked: Asked) -> bytes:
        """Answer one request."""
        self.asked.append(f"{asked.method} {asked.target.partition('?')[0]}")
        if asked.method == "POST":
            return self._renewal(asked)
        if self.always_refuses or f"generation={self.generation}&" not in asked.target:
            return reply(403, b"<Code>AccessDenied</Code><Message>Request has expired</Message>")
        if asked.method == "PUT":
            self.bodies.append(asked.body)
            return reply(200)
        start = int(asked.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        rest, total = CONTENT[start:], len(CONTENT)
        if self._cut is not None:
            cut, self._cut = self._cut, None
            self.generation += 1
            return reply(200, rest[:cut], length=total, etag='"v1"')
        if start == 0:
            return reply(200, rest, etag='"v1"')
        return reply(206, rest, content_range=f"bytes {start}-{total - 1}/{total}")

    def _renewal(self, asked: Asked) -> bytes:
        assert (asked.target, asked.body) == (URLS_PATH, b"")
        status = self._renewals.pop(0) if self._renewals else 200
        if status != 200:
            return reply(status, b"{}")
        self.generation += 1
        fields = {**self.urls(self.base), "outputVideoKey": "a/key", "someLaterField": 7}
        return reply(200, json.dumps(fields).encode())


def with_bucket(
    bucket: ExpiringBucket,
    work: Callable[[Transfers], Awaitable[object]],
    *,
    expired: bool = True,
    renewable: bool = True,
    on_fenced: Callable[[], None] = lambda: None,
) -> None:
    """Run *work* with transfers that got the bucket's first URLs, which have *expired* since."""

    def urls(base: str) -> dict[str, str]:
        first = bucket.urls(base)
        bucket.generation += expired
        return first

    urls_path = URLS_PATH if renewable else None
    transferring(serving(bucket.answer), work, urls, urls_path=urls_path, on_fenced=on_fenced)


def test_a_download_whose_url_has_expired_is_made_with_a_fresh_one(tmp_path: Path) -> None:
    bucket = ExpiringBucket()

    with_bucket(bucket, lambda transfers: transfers.download("inputUrl", tmp_path / "file"))

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert bucket.asked == ["GET /in", "POST /jobs/job_1/urls", "GET /in"]


def test_a_download_cut_by_its_urls_end_goes_on_where_it_stopped(tmp_path: Path) -> None:
    bucket = ExpiringBucket(cut=MIB + 1000)

    async def work(transfers: Transfers) -> None:
        read = await transfers.download("inputUrl", tmp_path / "file")
        assert read.size_bytes == len(CONTENT)

    with_bucket(bucket, work, expired=False)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert bucket.asked == ["GET /in", "GET /in", "POST /jobs/job_1/urls", "GET /in"]


def upload(path: Path, content: bytes) -> Callable[[Transfers], Awaitable[object]]:
    """Return what uploads a file of this *content*."""
    path.write_bytes(content)
    return lambda transfers: transfers.upload(path, "outputPutUrl", content_type="video/mp4")


def test_an_upload_whose_url_has_expired_is_made_with_a_fresh_one(tmp_path: Path) -> None:
    bucket = ExpiringBucket()

    with_bucket(bucket, upload(tmp_path / "out", CONTENT))

    assert bucket.bodies == [CONTENT]


def test_one_renewal_serves_all_urls_and_all_transfers(tmp_path: Path) -> None:
    bucket = ExpiringBucket()

    async def work(transfers: Transfers) -> None:
        await asyncio.gather(
            transfers.download("inputUrl", tmp_path / "one"),
            transfers.download("inputUrl", tmp_path / "two"),
        )
        await upload(tmp_path / "out", b"small")(transfers)

    with_bucket(bucket, work)
    assert bucket.asked.count("POST /jobs/job_1/urls") == 1
    assert bucket.bodies == [b"small"]


def test_a_renewal_that_is_not_answered_is_asked_again(tmp_path: Path) -> None:
    bucket = ExpiringBucket(renewals=(500, 429, 503))

    with_bucket(bucket, lambda transfers: transfers.download("inputUrl", tmp_path / "file"))

    assert bucket.asked.count("POST /jobs/job_1/urls") == 4


@pytest.mark.parametrize("renewal", [401, 404, 400, None])
def test_a_renewal_that_is_refused_or_nowhere_to_be_asked_for_leaves_the_url_refused(
    tmp_path: Path, renewal: int | None
) -> None:
    bucket = ExpiringBucket(renewals=(renewal or 200,))

    with pytest.raises(EngineFailure) as caught:
        with_bucket(
            bucket,
            lambda transfers: transfers.download("inputUrl", tmp_path / "file"),
            renewable=renewal is not None,
        )

    assert caught.value.code is FailureCode.INPUT_FORBIDDEN
    assert bucket.asked == ["GET /in", "POST /jobs/job_1/urls"][: 2 if renewal else 1]


def test_a_fresh_url_that_is_refused_as_well_ends_the_transfer(tmp_path: Path) -> None:
    bucket = ExpiringBucket()
    bucket.always_refuses = True

    with pytest.raises(EngineFailure) as caught:
        with_bucket(bucket, upload(tmp_path / "out", b"x"))

    assert caught.value.code is FailureCode.OUTPUT_FORBIDDEN
    assert bucket.asked == ["PUT /out", "POST /jobs/job_1/urls", "PUT /out"]


def test_an_attempt_that_is_fenced_out_learns_it_from_its_renewal(tmp_path: Path) -> None:
    bucket = ExpiringBucket(renewals=(410,))
    stops: list[Callable[[], bool]] = []

    async def work(transfers: Transfers) -> None:
        working = asyncio.current_task()
        assert working is not None
        stops.append(working.cancel)
        with pytest.raises(asyncio.CancelledError):
            await transfers.download("inputUrl", tmp_path / "file")

    def stop() -> None:
        stops.pop()()

    with_bucket(bucket, work, on_fenced=stop)
    assert stops == []
    assert bucket.asked == ["GET /in", "POST /jobs/job_1/urls"]


def renewals_after(age_s: float, query: str) -> int:
    """Return how often fresh URLs are asked for when one of this *query* is used at that age."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return httpx.Response(200, json={"inputUrl": "http://store.test/fresh"})

    async def scenario() -> str:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            links = Links(
                client,
                {"inputUrl": f"http://store.test/v?{query}"},
                urls_url="http://orchestrator.test/jobs/job_1/urls?token=t",
                on_fenced=lambda: None,
                job_id="job_1",
            )
            await asyncio.sleep(age_s)
            return await links.usable("inputUrl")

    url = run_at_once(scenario())
    assert url == ("http://store.test/fresh" if asked else f"http://store.test/v?{query}")
    return len(asked)


@pytest.mark.parametrize(
    ("age_s", "query", "renewals"),
    [
        (3569, "X-Amz-Expires=3600", 0),
        (3571, "X-Amz-Expires=3600", 1),
        (7200, "X-Amz-Expires=3600", 1),
        # A tenth of a short life, or it would be renewed before each use.
        (17, "X-Amz-Expires=20", 0),
        (18.5, "X-Amz-Expires=20", 1),
        # Dates are not looked at: the clock of this machine may be wrong.
        (10, "X-Amz-Date=20010101T000000Z&X-Amz-Expires=3600", 0),
        (10**9, "no=life", 0),
        (10**9, "X-Amz-Expires=soon", 0),
    ],
)
def test_a_url_near_its_end_is_renewed_before_it_is_used(
    age_s: float, query: str, renewals: int
) -> None:
    assert renewals_after(age_s, query) == renewals


def test_an_answer_that_holds_no_urls_changes_nothing() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"inputUrl": "file:///etc/passwd"})

    async def scenario() -> tuple[bool, str]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            links = Links(
                client,
                {"inputUrl": "http://store.test/v"},
                urls_url="http://orchestrator.test/urls",
                on_fenced=lambda: None,
                job_id="job_1",
            )
            renewed = await links.renew("inputUrl", "http://store.test/v")
            return renewed, await links.usable("inputUrl")

    assert run_at_once(scenario()) == (False, "http://store.test/v")
