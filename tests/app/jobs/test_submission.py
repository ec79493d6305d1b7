"""What the app asks of the orchestrator, and what becomes of a job when that goes wrong."""

import json

import pytest

from media_jobs.errors import SettingError
from media_jobs.ports import PeerAnswer
from media_jobs.problems import error_document
from tests.app.stage import DOWNLOAD, SECRET, START_MS, Stage, signed
from tests.platform.network import PeerCall, Script, answering, unreachable


def test_a_job_is_handed_over_by_a_signed_message_of_its_own_kind(stage: Stage) -> None:
    job_id = stage.job()

    (call,) = stage.orchestrator.to("/jobs")
    nonce = call.message["nonce"]
    assert (call.method, call.url) == ("POST", "https://orch.test/jobs")
    assert call.is_signed_with(SECRET)
    assert call.headers["content-type"] == "application/json"
    assert call.message == {
        "type": "job.start",
        "jobId": job_id,
        "mediaId": stage.row(job_id)["media_id"],
        "engine": "media-downloader",
        "generation": 1,
        "ts": START_MS,
        "nonce": nonce,
    }
    assert len(nonce) == 32


SOMEBODY_ELSES = ("", "<html>", "[" * 6000, '"text"', "{}", '{"error":1}')


def refusing(status: int, text: str) -> Script:
    return lambda call: PeerAnswer(status=status, text=text)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (unreachable, "orchestrator.test did not answer: TimeoutError"),
        *(
            (answering(status, {"error": "some_code"}), f"HTTP {status} some_code")
            for status in (301, 401, 403, 404, 413, 429, 500, 502, 503)
        ),
        # Of somebody else in the orchestrator's place.
        *((refusing(400, text), "HTTP 400") for text in SOMEBODY_ELSES),
        *((refusing(409, text), "HTTP 409") for text in SOMEBODY_ELSES),
    ],
)
def test_what_may_change_keeps_the_job_queued_and_says_why(
    stage: Stage, script: Script, why: str
) -> None:
    stage.orchestrator.script = script

    answered = stage.send("POST", "/api/jobs", DOWNLOAD)

    assert answered.status == 201
    assert (answered.json["status"], answered.json["accepted"]) == ("queued", False)
    assert answered.json["handoverError"] == why
    assert f"manifests/jobs/{answered.json['jobId']}.json" in stage.objects.stored


@pytest.mark.parametrize(
    ("status", "text", "code", "message"),
    [
        (400, '{"error":"missing_inputs","message":"No video."}', "missing_inputs", "No video."),
        (400, '{"error":"missing_job_manifest"}', "missing_job_manifest", ""),
        (409, '{"error":"job_conflict","message":"Other."}', "job_conflict", "Other."),
    ],
)
def test_a_refusal_for_good_fails_the_job_with_the_refusals_code(
    stage: Stage, status: int, text: str, code: str, message: str
) -> None:
    stage.orchestrator.script = refusing(status, text)

    answered = stage.send("POST", "/api/jobs", DOWNLOAD).json

    assert answered["status"] == "failed"
    assert answered["error"] == {"code": code, "message": message, "retryable": False}
    assert answered["finishedAt"] == START_MS
    stage.now_ms += 10**9
    assert stage.sweep() == 0


def test_a_refusal_is_kept_with_what_its_sentence_is_made_of(stage: Stage) -> None:
    refused = SettingError("S3_REGION", "setting.missing")
    stage.orchestrator.script = answering(400, error_document(refused))

    error = stage.send("POST", "/api/jobs", DOWNLOAD).json["error"]

    assert (error["message"], error["messageKey"]) == (refused.message, "setting_missing")
    assert error["messageValues"] == {"setting": "S3_REGION", "problem": "setting.missing"}


@pytest.mark.parametrize("nonsense", [{"messageKey": 7}, {"messageValues": [{}]}])
def test_keys_that_are_none_are_left_out(stage: Stage, nonsense: dict[str, object]) -> None:
    document = {"error": "job_conflict", "message": "Other.", **nonsense}
    stage.orchestrator.script = answering(400, document)

    error = stage.send("POST", "/api/jobs", DOWNLOAD).json["error"]

    assert error == {"code": "job_conflict", "message": "Other.", "retryable": False}


def test_a_refusal_of_any_length_is_cut_to_what_is_stored(stage: Stage) -> None:
    long = json.dumps({"error": "e" * 200, "message": "m" * 2000})
    stage.orchestrator.script = refusing(400, long)

    error = stage.send("POST", "/api/jobs", DOWNLOAD).json["error"]

    assert (error["code"], error["message"]) == ("e" * 64, "m" * 500)


@pytest.mark.parametrize("status", ["running", "completed"])
@pytest.mark.parametrize("answer", [200, 400, 409, 502])
def test_an_event_that_overtakes_the_answer_is_not_overwritten(
    stage: Stage, answer: int, status: str
) -> None:
    async def overtake(call: PeerCall) -> None:
        event = stage.event(call.message["jobId"], 3, status, progress=0.75)
        answered = await stage.call("POST", "/api/render/cf-callback", **signed(event))
        assert answered.status == 200

    stage.orchestrator.during["/jobs"] = overtake
    stage.orchestrator.script = answering(answer, {"error": "late"})

    answered = stage.send("POST", "/api/jobs", DOWNLOAD).json

    assert (answered["status"], answered["progress"]) == (status, 0.75)
    assert (answered["accepted"], answered["error"]) == (True, None)
    assert (stage.row(answered["jobId"])["check_ms"] is None) == (status == "completed")


def test_a_refusal_of_a_job_that_has_ended_meanwhile_ends_it_no_second_time(stage: Stage) -> None:
    """Canceled without an event, so that its number is what it was when the job was read."""
    hook = stage.webhook("job.canceled", "job.failed")

    async def cancel(call: PeerCall) -> None:
        stage.orchestrator.during.clear()
        stage.orchestrator.script = answering(404, {"error": "not_found"})
        await stage.call("POST", f"/api/jobs/{call.message['jobId']}/cancel")
        stage.orchestrator.script = answering(409, {"error": "job_conflict"})

    stage.orchestrator.during["/jobs"] = cancel

    answered = stage.send("POST", "/api/jobs", DOWNLOAD).json

    told = stage.send("GET", f"/api/webhooks/{hook['webhookId']}/deliveries").json["items"]
    assert (answered["status"], answered["error"]) == ("canceled", None)
    assert [delivery["type"] for delivery in told] == ["job.canceled"]


def test_the_log_has_the_job_and_no_secret(stage: Stage) -> None:
    stage.orchestrator.script = unreachable
    job_id = stage.job()

    assert [(record["event"], record["jobId"]) for record in stage.log] == [
        ("job_accepted", job_id),
        ("handover_failed", job_id),
    ]
    assert SECRET not in repr(stage.log)
