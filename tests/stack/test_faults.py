"""Faults of time, order and crashes, each once against the real runtime."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import httpx
import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

DAY_MS = 24 * 3600 * 1000


def _started(client: ApiClient, containers: FakeContainers) -> Render:
    return containers.render(client.new_job())


def test_a_container_that_is_done_before_its_start_call_returns_has_completed(
    client: ApiClient, containers: FakeContainers
) -> None:
    media_id = client.new_media()
    answers: list[httpx.Response] = []

    def work_first(render: Render) -> int:
        answers.append(render.report("running", progress=0.5))
        answers.append(render.finish())
        return 202

    containers.rules[media_id] = work_first

    job_id = client.new_job(media_id=media_id)

    job = client.job_in(job_id, "completed")
    assert [answer.json() for answer in answers] == [{"ok": True}] * 2
    assert (job["attempt"], job["progress"]) == (1, 1.0)
    told = client.events(job_id)
    assert told[-1]["status"] == "completed"
    assert client.status_there(job_id)["status"] == "completed"
    assert len(containers.renders_of(job_id)) == 1


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_container_whose_clock_is_off_is_refused_with_the_time_and_the_log_says_by_how_much(
    client: ApiClient, containers: FakeContainers, own_stack: Stack, minutes: int
) -> None:
    render = _started(client, containers)
    assert render.report("running", progress=0.25).json() == {"ok": True}
    document = json.loads(render.message("running", progress=0.5))
    sent = json.dumps({**document, "ts": document["ts"] + minutes * 60_000}).encode()

    answer = render.post(sent)

    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    there = parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(there - time.time()) < 20
    assert client.status_there(render.job_id)["progress"] == 0.25

    def told() -> str | None:
        lines = (line for line in own_stack.log_lines("orchestrator") if "ts is" in line)
        found = (json.loads(line) for line in lines)
        return next((line["why"] for line in found if line.get("jobId") == render.job_id), None)

    why = eventually(told, "the log says why")
    # A second may pass on the way.
    assert why in {f"ts is {-minutes * 60 + late} s behind this clock" for late in range(20)}
    assert render.finish().json() == {"ok": True}
    assert client.job_in(render.job_id, "completed")["attempt"] == 1


def test_an_event_that_the_database_did_not_take_is_applied_when_it_comes_again(
    client: ApiClient, containers: FakeContainers, own_stack: Stack
) -> None:
    render = _started(client, containers)
    client.job_in(render.job_id, "fetching_metadata")
    own_stack.sql("ALTER TABLE job_events RENAME TO job_events_away")
    try:
        assert render.finish().json() == {"ok": True}

        def refused() -> bool:
            undelivered = client.status_there(render.job_id)["undelivered"]
            return any("HTTP 503" in str(entry["lastError"]) for entry in undelivered)

        eventually(refused, "the app has refused an event")
        query = "SELECT status FROM jobs WHERE job_id = ?"
        (before,) = (row["status"] for row in own_stack.sql(query, render.job_id))
    finally:
        own_stack.sql("ALTER TABLE job_events_away RENAME TO job_events")

    assert before == "fetching_metadata"
    client.job_in(render.job_id, "completed", within_s=60.0)
    told = client.events(render.job_id)
    assert [event["status"] for event in told].count("completed") == 1


# --- what is refused ------------------------------------------------------------------------------


def test_nothing_follows_an_end(client: ApiClient, containers: FakeContainers) -> None:
    render = _started(client, containers)
    render.finish()
    before = client.job_in(render.job_id, "completed")

    answers = [render.report(late, progress=0.1) for late in ("completed", "failed", "canceled")]

    ignored = {"ok": True, "ignored": True, "reason": "already_completed"}
    assert [answer.json() for answer in answers] == [ignored] * 3
    after = client.job(render.job_id)
    assert {**after, "artifacts": None} == {**before, "artifacts": None}


# --- at once --------------------------------------------------------------------------------------


def test_twenty_identical_requests_at_once_make_one_job_and_one_start(
    client: ApiClient, containers: FakeContainers
) -> None:
    media_id = client.new_media()
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: client.submit(media_id=media_id, key=f"key-{media_id}"), range(20))
        )
    job_id = answers[0].json()["jobId"]
    render = containers.render(job_id)
    again = client.submit(media_id=media_id, key=f"key-{media_id}")
    render.finish()
    client.job_in(job_id, "completed")

    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert {answer.json()["jobId"] for answer in [*answers, again]} == {job_id}
    listed = client.api("GET", f"/api/jobs?mediaId={media_id}").json()["items"]
    assert [item["jobId"] for item in listed] == [job_id]
    assert len(containers.renders_of(job_id)) == 1


def test_of_a_hundred_callbacks_at_once_no_update_is_lost(
    client: ApiClient, containers: FakeContainers
) -> None:
    render = _started(client, containers)
    bodies = [render.message("running", progress=number / 100) for number in range(1, 101)]
    shuffled = [bodies[number * 37 % 100] for number in range(100)]
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(render.post, shuffled))
        again = list(pool.map(render.post, shuffled))

    assert {answer.status_code for answer in answers + again} == {200}
    for first, second in zip(answers, again, strict=True):
        # One that was applied has the same answer; one that came too late stays too late.
        if "ignored" not in first.json():
            assert second.json() == {"ok": True}
    status = client.status_there(render.job_id)
    assert (status["status"], status["progress"]) == ("running", 1.0)
    job = client.job_when(render.job_id, lambda job: bool(job["progress"] == 1), "at 1")
    assert job["status"] == "running"
    events = client.events(render.job_id)
    shown = [event["progress"] for event in events]
    assert shown == sorted(shown)
    render.finish()
    client.job_in(render.job_id, "completed")


# --- outputs that are not what was promised -------------------------------------------------------


def _another_size(render: Render) -> None:
    outputs = render.outputs()
    outputs["video"]["sizeBytes"] = 1
    render.report("completed", outputs=outputs)


def _metadata_alone(render: Render) -> None:
    render.report("completed", outputs={"metadata": render.upload("metadata", b"{}")})


@pytest.mark.parametrize(
    ("promise", "why"),
    [
        (_another_size, "video: the object has 9 bytes, not 1"),
        (_metadata_alone, "video: the object is missing"),
    ],
)
def test_a_completion_without_what_it_promises_is_none(
    client: ApiClient, containers: FakeContainers, promise: Callable[[Render], None], why: str
) -> None:
    render = _started(client, containers)
    promise(render)

    job = client.job_when(render.job_id, lambda job: job["error"] is not None, "refused")

    assert (job["status"], job["artifacts"]) == ("queued", {})
    assert (job["error"]["code"], job["error"]["message"]) == ("output_not_verified", why)
    client.api("POST", f"/api/jobs/{render.job_id}/cancel")


def test_the_attempt_after_a_broken_promise_writes_elsewhere_and_completes(
    client: ApiClient, containers: FakeContainers
) -> None:
    first = _started(client, containers)
    _another_size(first)

    second = containers.render(first.job_id, attempt=2)
    late = first.report("running", progress=0.9)
    first_key = first.payload["outputVideoKey"]
    first.upload("video", b"by an attempt that was given up")
    second.finish(b"the accepted one")

    job = client.job_in(first.job_id, "completed")
    claim = first.upload("video", b"once more after the end")
    assert first.report("completed", outputs={"video": claim}).status_code == 410
    assert second.payload["outputVideoKey"] == first_key.replace("/1-1/", "/1-2/")
    assert late.status_code == 410
    assert job["attempt"] == 2
    assert client.http.get(job["artifacts"]["video"]["url"]).content == b"the accepted one"


def test_an_input_that_no_attempt_can_use_fails_its_own_job_at_once_and_no_other(
    client: ApiClient, containers: FakeContainers
) -> None:
    bad, good = _started(client, containers), _started(client, containers)
    good.report("running", progress=0.5)
    error = {"code": "input_corrupt", "message": "no video in it", "retryable": False}

    assert bad.report("failed", error=error).json() == {"ok": True}

    job = client.job_in(bad.job_id, "failed")
    assert (job["attempt"], job["error"]["code"]) == (1, "input_corrupt")
    client.job_in(good.job_id, "running")
    assert good.finish().json() == {"ok": True}
    assert client.job_in(good.job_id, "completed")["attempt"] == 1
    assert len(containers.renders_of(bad.job_id)) == 1


# --- containers that do not take the job ----------------------------------------------------------


def test_a_full_container_is_asked_again_and_no_attempt_is_used_up(
    client: ApiClient, containers: FakeContainers
) -> None:
    media_id = client.new_media()
    answers = iter([503, 502])
    containers.rules[media_id] = lambda render: next(answers, 202)
    job_id = client.new_job(media_id=media_id)

    renders = eventually(
        lambda: found if len(found := containers.renders_of(job_id)) == 3 else None, "asked thrice"
    )

    client.job_in(job_id, "fetching_metadata")
    assert {render.attempt for render in renders} == {1}
    assert client.api("POST", f"/api/jobs/{job_id}/cancel").status_code == 200


def test_a_container_with_another_secret_is_named_as_the_side_that_differs(
    client: ApiClient, containers: FakeContainers
) -> None:
    media_id = client.new_media()
    containers.rules[media_id] = lambda render: 401
    job_id = client.new_job(media_id=media_id)

    job = client.job_when(job_id, lambda job: job["error"] is not None, "refused")

    assert job["error"]["code"] == "container_unauthorized"
    assert "JOB_CALLBACK_HMAC_SECRET" in job["error"]["message"]
    client.api("POST", f"/api/jobs/{job_id}/cancel")
