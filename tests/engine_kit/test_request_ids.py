"""A container's part in following a request: its log, its reports, its questions."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.logs import configure, log, request_headers

from media_jobs.signing import sign
from tests.engine_kit.bench import SECRET, Bench, CopyJob, played, render_body


async def _works(job: CopyJob) -> Outputs:
    """Log, ask for fresh URLs, and be done."""
    await asyncio.to_thread(log, "copied")
    await job.links.renew("inputVideoUrl", "http://store.test/video?X-Amz-Signature=secret")
    return {}


pytestmark = pytest.mark.usefixtures("own_handlers")


def _rendered(home: Path, headers: dict[str, str]) -> tuple[httpx.Response, list[httpx.Request]]:
    """Start an attempt with *headers*; return the answer and what the container has sent."""
    sent: list[httpx.Request] = []

    async def scenario(made: Bench) -> httpx.Response:
        receive = made.receive

        async def keep(request: httpx.Request) -> httpx.Response:
            sent.append(request)
            return await receive(request) if request.content else httpx.Response(200, json={})

        made.receive = keep
        answer = await _post(made, headers)
        await made.last_callback()
        return answer

    return played(_works, home, scenario), sent


async def _post(made: Bench, headers: dict[str, str]) -> httpx.Response:
    document = render_body(urlsUrl="http://orchestrator.test/jobs/job_1/urls")
    body = json.dumps(document).encode()
    signed = {"x-signature": sign(body, (SECRET,)), **headers}
    return await made.client.post("/render", content=body, headers=signed)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_id_of_the_start_call_is_in_every_line_and_call_of_its_attempt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("copier")

    answer, sent = _rendered(tmp_path, {"x-request-id": "submit-42"})

    assert (answer.status_code, answer.headers["x-request-id"]) == (202, "submit-42")
    assert {request.url.path for request in sent} == {"/callbacks/container", "/jobs/job_1/urls"}
    assert {request.headers["x-request-id"] for request in sent} == {"submit-42"}
    lines = _lines(capsys)
    assert {line["event"] for line in lines} >= {"attempt_started", "copied", "attempt_ended"}
    assert {line["requestId"] for line in lines} == {"submit-42"}
    named = {(line["jobId"], line["attempt"], line["engine"]) for line in lines}
    assert named == {("job_1", 1, "burner-ffmpeg")}


def test_without_an_id_an_attempt_has_one_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("copier")

    answer, sent = _rendered(tmp_path, {"x-request-id": "no id\tat all"})

    chosen = answer.headers["x-request-id"]
    assert len(chosen) == 32
    assert {line["requestId"] for line in _lines(capsys)} == {chosen}
    assert {request.headers["x-request-id"] for request in sent} == {chosen}


def test_what_is_refused_is_logged_with_its_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("copier")

    async def scenario(made: Bench) -> None:
        await _post(made, {"x-request-id": "submit-42", "x-signature": "0" * 64})

    played(_works, tmp_path, scenario)

    (line,) = _lines(capsys)
    assert (line["event"], line["httpStatus"], line["requestId"]) == ("refused", 401, "submit-42")
    assert line["why"] == "signature of another secret or message"
    assert request_headers() == {}
