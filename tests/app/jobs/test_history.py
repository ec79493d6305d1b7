"""A job's history in words."""

import json

import pytest

from tests.app.stage import Stage
from tests.platform.network import answering, peer_answer, unreachable


def why(stage: Stage, job_id: str) -> tuple[str, list[str]]:
    answered = stage.send("GET", f"/api/jobs/{job_id}/why").json
    return answered["summary"], [step["text"] for step in answered["steps"]]


def test_a_completed_job_is_told_step_by_step_without_mere_progress(stage: Stage) -> None:
    job_id = stage.job()
    for seq, status, cause in (
        (1, "queued", "submitted"),
        (2, "preparing", "started"),
        (3, "running", "reported"),
        (4, "running", "reported"),
        (5, "uploading", "done"),
        (6, "completed", "outputs verified"),
    ):
        stage.tell(stage.event(job_id, seq, status, cause=cause))

    assert why(stage, job_id) == (
        "Done: the results are ready.",
        [
            "The app accepted the job.",
            "The orchestrator accepted the job and requested a slot of a container.",
            "The container accepted attempt 1.",
            "The container is working.",
            "The container reports that it is done; its files are being checked.",
            "All promised files are in the bucket with their promised sizes.",
        ],
    )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (["host"], "Waiting for a host: none is connected, and the engine has none with a URL."),
        (["model:huge"], "Waiting for a host with what none has: model huge."),
        ([], "Waiting for a container."),
    ],
)
def test_a_queued_job_says_what_keeps_it_waiting(
    stage: Stage, missing: list[str], said: str
) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, "queued", cause="submitted"))
    document = {"status": "queued", "eventSeq": 1, "missing": missing}
    stage.orchestrator.forever(f"/jobs/{job_id}", peer_answer(200, json.dumps(document)))

    assert why(stage, job_id)[0] == said


def test_a_retried_and_failed_job_says_why_each_attempt_ended(stage: Stage) -> None:
    job_id = stage.job()
    lease = {"code": "lease_expired", "message": "No report.", "retryable": True}
    broken = {"code": "input_unreadable", "message": "The video is cut off.", "retryable": False}
    stage.tell(stage.event(job_id, 1, "queued", cause="lease_expired", error=lease))
    waiting, _ = why(stage, job_id)
    stage.tell(stage.event(job_id, 2, "failed", cause="input_unreadable", error=broken, attempt=2))

    summary, steps = why(stage, job_id)

    assert waiting == "Waiting for the next attempt: No report (lease_expired)."
    assert summary == "Failed: The video is cut off (input_unreadable)."
    assert steps[1:] == [
        "Attempt 1 ended: No report (lease_expired). It will be tried again.",
        "Attempt 2 ended: The video is cut off (input_unreadable). The job has failed.",
    ]
    accepted, lost, _ = stage.send("GET", f"/api/jobs/{job_id}/why").json["steps"]
    assert (accepted["cause"], accepted["attempt"], accepted["error"]) == ("accepted", 0, None)
    assert (lost["cause"], lost["attempt"]) == ("lease_expired", 1)
    assert (lost["status"], lost["error"]) == ("queued", lease)


def test_a_running_job_says_how_far_it_is(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, "running", progress=0.42))

    assert why(stage, job_id)[0] == "The container is working. 42% done."


def test_the_history_tells_what_there_is_to_know_of_the_result(stage: Stage) -> None:
    job_id = stage.job()
    key = f"media/{stage.row(job_id)['media_id']}/downloads/{job_id}/1-1/metadata.json"
    told = {
        "code": "cues_smaller",
        "message": "Text set smaller so that it fits the picture: cue 3.",
        "messageKey": "notice.cues_smaller",
        "messageValues": {"cues": "3"},
        "cue": 3,
    }
    # As a newer container, and as one of before 0.3, may say it.
    document = {"notices": [{**told, "surplus": 1}, "A sentence."], "drawn": []}
    stage.objects.put(key, json.dumps(document).encode())
    output = {"key": key, "sizeBytes": 9, "contentType": "application/json", "etag": "abc"}
    before = stage.send("GET", f"/api/jobs/{job_id}/why").json["notices"]

    stage.tell(stage.event(job_id, 1, "completed", outputs={"metadata": output}))

    assert before == []
    assert stage.send("GET", f"/api/jobs/{job_id}/why").json["notices"] == [
        told,
        {"code": "other", "message": "A sentence."},
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"notices": [7]}', '{"notices": null}'])
def test_a_document_that_no_container_of_ours_writes_costs_no_history(
    stage: Stage, text: str
) -> None:
    job_id = stage.job()
    key = f"media/{stage.row(job_id)['media_id']}/downloads/{job_id}/1-1/metadata.json"
    stage.objects.put(key, text.encode())
    output = {"key": key, "sizeBytes": 9, "contentType": "application/json", "etag": "abc"}
    stage.tell(stage.event(job_id, 1, "completed", outputs={"metadata": output}))

    answered = stage.send("GET", f"/api/jobs/{job_id}/why").json

    assert (answered["summary"], answered["notices"]) == ("Done: the results are ready.", [])


def test_a_job_that_no_host_can_do_says_what_is_missing(stage: Stage) -> None:
    job_id = stage.job()
    assert why(stage, job_id)[0] == "Waiting for a container."

    said = {"jobId": job_id, "status": "queued", "missing": ["model:large-v3"]}
    stage.orchestrator.script = answering(200, said)

    summary, _ = why(stage, job_id)
    assert summary == "Waiting for a host with what none has: model large-v3."
    stage.orchestrator.script = unreachable
    assert why(stage, job_id)[0] == "Waiting for a container."
