"""A job carries the request that has made it: into its state, its calls and its log lines."""

import json

import pytest

from media_jobs.errors import InvalidInput, SettingError, SignatureError
from media_jobs.http import Request
from media_jobs.record import JobRecord
from orchestrator.jobs.job_log import refusal_line
from tests.media_jobs.lives import new_job
from tests.orchestrator.world import World
from tests.platform.loop import run
from tests.platform.network import peer_answer
from tests.platform.request import request


def submitted() -> World:
    """Submit job_1 as the request `submit-42`."""
    world = World()
    world.prepare()
    start = {"jobId": "job_1", "mediaId": "med_1", "engine": "burner-ffmpeg", "generation": 1}
    message = world.message("job.start", **start)
    assert run(world.post("/jobs", message, request_id="submit-42")).status == 200
    return world


def test_alarms_start_ask_stop_and_tell_as_the_request_that_has_made_the_job() -> None:
    world = submitted()
    run(world.wait(40_000))  # The container says nothing and is asked.
    run(world.cancel())
    run(world.settle())

    assert world.job().request_id == "submit-42"
    paths = {call.path for call in world.peers.calls}
    of_container = {"/health", "/render", "/jobs/job_1", "/jobs/job_1/cancel"}
    assert paths == {*of_container, "/api/render/cf-callback"}
    assert {call.headers["x-request-id"] for call in world.peers.calls} == {"submit-42"}


def test_every_line_of_a_job_names_the_job_its_attempt_and_the_request() -> None:
    world = submitted()
    world.peers.then("/render", peer_answer(500))
    run(world.settle())
    run(world.cancel())
    run(world.settle())

    named = {(r["jobId"], r["attempt"], r["requestId"], r["engine"]) for r in world.logs}
    assert named == {("job_1", 1, "submit-42", "burner-ffmpeg")}
    assert {r["event"] for r in world.logs} == {"job_advanced", "effect_postponed"}


def test_steps_say_their_cause_how_long_was_waited_and_how_long_it_took() -> None:
    world = submitted()
    world.clock.now_ms += 3_000
    run(world.settle())
    world.clock.now_ms += 4_000
    run(world.cancel())

    steps = [(r["cause"], r["from"], r["to"], r["waitedMs"], r["tookMs"]) for r in world.logs]
    assert steps == [
        ("submitted", "queued", "queued", None, None),
        ("slot_granted", "queued", "queued", 3_000, None),
        ("start_answered", "queued", "preparing", None, None),
        ("cancel_requested", "preparing", "canceled", None, 7_000),
    ]


def test_j17_state_without_a_request_or_with_a_strange_one_is_read() -> None:
    document = json.loads(new_job().model_dump_json())

    del document["request_id"]
    assert JobRecord.model_validate_json(json.dumps(document)).request_id == ""

    for strange in (None, 7, "a\nb", "x" * 1000):
        document["request_id"] = strange
        assert JobRecord.model_validate_json(json.dumps(document)).request_id == ""


def _request(query: str) -> Request:
    return request("POST", f"/callbacks/container?{query}", headers={"x-request-id": "asked-44"})


def test_a_refused_callback_is_logged_with_its_job_and_without_its_token() -> None:
    refused = SignatureError("signature of another secret or message")

    assert refusal_line(refused, _request("job=job_1&attempt=1&token=t0ken")) == {
        "event": "refused",
        "requestId": "asked-44",
        "jobId": "job_1",
        "method": "POST",
        "path": "/callbacks/container",
        "httpStatus": 401,
        "code": "unauthorized",
        "why": "signature of another secret or message",
    }


@pytest.mark.parametrize("job_id", ["..%2Fx", "a%0Ab", "x" * 65, "%C3%A9"])
def test_d6_what_is_no_job_id_is_not_logged_as_one(job_id: str) -> None:
    line = refusal_line(SignatureError("no job"), _request(f"job={job_id}&attempt=1"))

    assert line is not None
    assert line["jobId"] is None


def test_what_only_its_caller_can_put_right_is_not_logged() -> None:
    assert refusal_line(InvalidInput("bad_request"), _request("")) is None
    assert refusal_line(SettingError("S3_STYLE", "setting.missing"), _request("")) is not None
