"""The HTTP face of a container: who gets in, and what is answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.settings import VERSION

from media_jobs.signing import Receiver, sign, sign_request_line
from tests.engine_kit.bench import (
    SECRET,
    Bench,
    CopyJob,
    Run,
    cancel_body,
    ends,
    never_ends,
    now_ms,
    played,
    render_body,
)

BODY = json.dumps(render_body()).encode()
started: list[str] = []
Request = Callable[[Bench], Awaitable[httpx.Response]]


def answer(
    home: Path, request: Request, run: Run = never_ends, capacity: int = 1
) -> httpx.Response:
    """Return the container's answer to what *request* sends to it."""

    async def counted(job: CopyJob) -> Outputs:
        started.append(f"{job.request.job_id}/{job.request.attempt}")
        return await run(job)

    started.clear()
    return played(counted, home, request, capacity=capacity)


def test_an_engine_answers_signed_messages_of_its_own_kind_at_once(tmp_path: Path) -> None:
    def echo(**changes: object) -> Request:
        body = {"type": "container.echo", "ts": now_ms(), "text": "hello"} | changes
        signature = str(body.pop("signature", "")) or None
        return lambda made: made.post("/echo", body, signature=signature)

    heard = answer(tmp_path, echo())
    forged = answer(tmp_path, echo(signature="00"))
    other = answer(tmp_path, echo(type="container.render"))
    late = answer(tmp_path, echo(ts=now_ms() - 3_600_000))
    nonsense = answer(tmp_path, echo(text="nonsense"))

    assert (heard.status_code, heard.headers["content-type"]) == (200, "text/echo")
    assert heard.json()["text"] == "hello"
    assert [r.status_code for r in (forged, other, late)] == [401, 401, 401]
    assert (nonsense.status_code, nonsense.json()["error"]) == (400, "bad_request")


def test_a_signed_request_is_taken_on_and_again_it_starts_nothing_and_is_answered_the_same(
    tmp_path: Path,
) -> None:
    async def request(made: Bench) -> httpx.Response:
        bodies = (render_body(), render_body(nonce="nonce-0009"), render_body())
        answers = [await made.post("/render", body) for body in bodies]
        await asyncio.sleep(0)
        assert {(one.status_code, one.text) for one in answers} == {(202, answers[0].text)}
        return answers[0]

    response = answer(tmp_path, request, capacity=3)

    assert response.json() == {"jobId": "job_1"}
    assert started == ["job_1/1"]


def test_a_sender_of_the_earlier_system_is_understood(tmp_path: Path) -> None:
    body = render_body(type=None, ts=None, nonce=None, attempt=None) | {"someOldField": [1]}

    response = answer(tmp_path, lambda made: made.post("/render", body))

    assert response.status_code == 202


def test_options_in_the_earlier_system_s_words_are_read_as_ours(tmp_path: Path) -> None:
    """This engine has another style than the burner, whose words these are: none."""
    body = render_body(engineOptions={"speed": 2, "subtitleConfig": {"fontSize": 20}})

    response = answer(tmp_path, lambda made: made.post("/render", body))

    faults = response.json()["details"]["errors"]
    assert [fault["field"] for fault in faults] == ["engineOptions.style"]


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "0",
        "g" * 64,
        "0" * 63,
        "0" * 64,
        "0" * 65,
        "0" * 10_000,
        "sha256=" + "0" * 64,
        pytest.param(sign(BODY, ("another secret",)), id="another secret"),
        pytest.param(sign(b"{}", (SECRET,)), id="another body"),
        pytest.param(sign(BODY, (SECRET,)).upper(), id="upper case"),
    ],
)
def test_every_false_signature_gets_the_same_401(tmp_path: Path, signature: str) -> None:
    response = answer(tmp_path, lambda made: made.post("/render", BODY, signature=signature))

    assert (response.status_code, response.json()) == (401, {"error": "unauthorized"})
    assert started == []


@pytest.mark.parametrize(
    "changes",
    [
        *({"ts": now_ms() + away_ms} for away_ms in (-301_000, 3_600_000, -86_400_000)),
        *({"type": kind} for kind in ("container.cancel", "container.callback", "job.start")),
    ],
)
def test_a_message_from_another_time_or_for_another_door_is_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    response = answer(tmp_path, lambda made: made.post("/render", render_body(**changes)))

    assert (response.status_code, response.json()) == (401, {"error": "unauthorized"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jobId": "../etc"}, "jobId"),
        ({"inputVideoUrl": "file:///etc/passwd"}, "inputVideoUrl"),
        ({"inputVideoUrl": None}, "inputVideoUrl"),
        ({"callbackUrl": "ftp://x/"}, "callbackUrl"),
        ({"urlsUrl": "file:///etc/passwd"}, "urlsUrl"),
        ({"engine": "renderer-remotion"}, "engine"),
        ({"engineOptions": {"speed": "fast"}}, "engineOptions.speed"),
        ({"engineOptions": {"colour": "red"}}, "engineOptions.colour"),
        ({"attempt": 0}, "attempt"),
    ],
)
def test_a_payload_that_cannot_work_is_refused_by_field_before_anything_starts(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    response = answer(tmp_path, lambda made: made.post("/render", render_body(**changes)))

    assert response.status_code == 400
    assert response.json()["error"] == "bad_request"
    assert [fault["field"] for fault in response.json()["details"]["errors"]] == [field]
    assert started == []


@pytest.mark.parametrize("content", [b"[" * 6000, b"", b"null", b"\xff\xfe", b'{"a":' * 3000])
def test_a_body_that_is_no_message_is_refused(tmp_path: Path, content: bytes) -> None:
    response = answer(tmp_path, lambda made: made.post("/render", content))

    assert response.status_code == 400


def test_a_body_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async def unread() -> MutableMapping[str, object]:
        raise AssertionError("the body was read")

    status: list[int] = []

    async def send(message: MutableMapping[str, object]) -> None:
        if message["type"] == "http.response.start":
            status.append(int(str(message["status"])))

    async def request(made: Bench) -> httpx.Response:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/render",
            "raw_path": b"/render",
            "query_string": b"",
            "headers": [(b"content-length", b"1048577")],
        }
        transport = made.client._transport
        assert isinstance(transport, httpx.ASGITransport)
        await transport.app(scope, unread, send)
        return httpx.Response(status[0])

    assert answer(tmp_path, request).status_code == 413


def test_a_body_that_hides_its_length_is_cut_at_the_limit(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65536

    async def request(made: Bench) -> httpx.Response:
        return await made.client.post("/render", content=chunks(), headers={"x-signature": "0"})

    assert answer(tmp_path, request).status_code == 413


def test_a_full_container_says_when_to_come_back(tmp_path: Path) -> None:
    async def request(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        return await made.post("/render", render_body(jobId="job_2"))

    response = answer(tmp_path, request)

    assert (response.status_code, response.json()) == (503, {"error": "full"})
    assert int(response.headers["retry-after"]) > 0


def test_health_shows_how_full_the_container_is_and_needs_no_signature(tmp_path: Path) -> None:
    async def request(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        root = (await made.client.get("/")).json()
        response = await made.client.get("/health")
        # Others write to the disk meanwhile.
        assert root | {"diskFreeBytes": 0} == response.json() | {"diskFreeBytes": 0}
        return response

    health = answer(tmp_path, request, capacity=2).json()

    assert health.pop("diskFreeBytes") > 0
    assert len(str(health.pop("kit", "0" * 32))) == 32
    assert health | {"version": ""} == {
        "ok": True,
        "service": "copier",
        "version": "",
        "active": 1,
        "contract": 2,
        "capacity": 2,
        "draining": False,
        "region": "",
        "costWeight": 1.0,
        "tools": {"ffmpeg": "7"},
        "encoders": [],
        "gpus": [],
        "notices": [],
    }


def test_a_cancel_ends_the_work_and_says_so(tmp_path: Path) -> None:
    async def request(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        await asyncio.sleep(0)
        response = await made.post("/jobs/job_1/cancel", cancel_body())
        assert made.attempts.active == 0
        assert (await made.last_callback())["status"] == "canceled"
        return response

    response = answer(tmp_path, request)

    assert (response.status_code, response.json()) == (200, {"ok": True, "status": "canceled"})


def test_a_cancel_of_a_finished_job_leaves_it_finished(tmp_path: Path) -> None:
    async def request(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        await made.last_callback()
        return await made.post("/jobs/job_1/cancel", cancel_body())

    assert answer(tmp_path, request, run=ends).json() == {"ok": True, "status": "completed"}


@pytest.mark.parametrize(
    ("path", "changes", "status"),
    [
        ("/jobs/job_2/cancel", {"jobId": "job_2"}, 404),
        ("/jobs/job_1/cancel", {"jobId": "job_2"}, 400),
        ("/jobs/job_1/cancel", {"type": "container.render"}, 401),
        ("/jobs/job_1/cancel", {"ts": 1}, 401),
    ],
)
def test_a_cancel_that_is_not_for_this_job_ends_nothing(
    tmp_path: Path, path: str, changes: dict[str, object], status: int
) -> None:
    async def request(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        await asyncio.sleep(0)
        response = await made.post(path, cancel_body(**changes))
        assert made.attempts.active == 1
        return response

    assert answer(tmp_path, request).status_code == status


async def poll(made: Bench, signer: Receiver | None, away_ms: int = 0) -> httpx.Response:
    """Ask for the state of a job that has ended, signed for *signer* if there is one."""
    await made.post("/render", render_body())
    await made.last_callback()
    target = f"/jobs/job_1?ts={now_ms() + away_ms}"
    headers = {}
    if signer is not None:
        headers["x-signature"] = sign_request_line("GET", target, (SECRET,), signer)
    return await made.client.get(target, headers=headers)


def test_the_state_is_shown_to_a_signed_poll(tmp_path: Path) -> None:
    assert answer(tmp_path, lambda made: poll(made, "container"), run=ends).json() == {
        "jobId": "job_1",
        "attempt": 1,
        "status": "completed",
        "progress": 1.0,
        "outputs": {"video": {"key": "k", "sizeBytes": 1}},
        "evidence": {"inputs": {}, "tools": {"copier": VERSION, "ffmpeg": "7"}, "fonts": {}},
    }


@pytest.mark.parametrize(
    ("signer", "away_ms"),
    [(None, 0), ("container", -301_000), ("orchestrator", 0)],
    ids=["unsigned", "old", "for the orchestrator"],
)
def test_a_poll_that_is_not_signed_now_for_a_container_learns_nothing(
    tmp_path: Path, signer: Receiver | None, away_ms: int
) -> None:
    response = answer(tmp_path, lambda made: poll(made, signer, away_ms), run=ends)

    assert (response.status_code, response.json()) == (401, {"error": "unauthorized"})
