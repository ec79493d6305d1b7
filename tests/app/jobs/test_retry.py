"""Starting a job again that has failed or was canceled."""

import pytest

from tests.app.stage import DOWNLOAD, Stage
from tests.ops.earlier.earlier_system import IMPORTED_JOB, imported_job
from tests.platform.network import answering


def failed(stage: Stage) -> str:
    job_id = stage.job()
    error = {"code": "input_unreadable", "message": "broken", "retryable": False}
    stage.tell(stage.event(job_id, 3, "failed", error=error))
    return job_id


@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_retry_makes_a_new_generation_and_keeps_the_timeline(stage: Stage, end: str) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, end))

    answered = stage.send("POST", f"/api/jobs/{job_id}/retry").json

    assert (answered["status"], answered["generation"], answered["error"]) == ("queued", 2, None)
    assert (answered["progress"], answered["finishedAt"], answered["accepted"]) == (0, None, True)
    manifest = stage.manifest(job_id)
    assert (manifest["generation"], manifest["afterSeq"]) == (2, 3)
    starts = stage.orchestrator.to("/jobs")
    assert [call.message["generation"] for call in starts] == [1, 2]
    events = stage.send("GET", f"/api/jobs/{job_id}/events").json["items"]
    assert [event["status"] for event in events] == [end]


def test_events_of_the_new_generation_are_applied_and_late_ones_of_the_old_are_not(
    stage: Stage,
) -> None:
    job_id = failed(stage)
    stage.send("POST", f"/api/jobs/{job_id}/retry")

    repeated = stage.tell(stage.event(job_id, 3, "failed"))
    applied = stage.tell(stage.event(job_id, 4, "running", generation=2))
    stray = stage.tell(stage.event(job_id, 9, "completed", generation=1))

    assert repeated.json == {"ok": True, "duplicate": True}
    assert (applied.json, stage.row(job_id)["status"]) == ({"ok": True}, "running")
    assert stray.status == 409


@pytest.mark.parametrize("status", ["queued", "running", "completed"])
def test_a_job_that_has_not_failed_is_not_started_again(stage: Stage, status: str) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, status))

    answered = stage.send("POST", f"/api/jobs/{job_id}/retry")

    assert (answered.status, answered.json["code"]) == (409, "job_not_failed")
    assert stage.row(job_id)["generation"] == 1


def test_a_job_whose_manifest_is_gone_cannot_be_started_again(stage: Stage) -> None:
    job_id = failed(stage)
    stage.objects.stored.clear()

    answered = stage.send("POST", f"/api/jobs/{job_id}/retry")

    assert (answered.status, answered.json["code"]) == (409, "manifest_gone")


def test_a_job_that_ended_in_the_earlier_system_is_shown_as_such_and_not_started_again(
    stage: Stage,
) -> None:
    media_id = stage.row(failed(stage))["media_id"]
    for statement in imported_job(media_id):
        stage.database.look(statement)

    shown = stage.send("GET", f"/api/jobs/{IMPORTED_JOB}").json
    answered = stage.send("POST", f"/api/jobs/{IMPORTED_JOB}/retry")
    listed = stage.send("GET", "/api/jobs?status=failed").json["items"]

    assert (shown["status"], shown["imported"]) == ("failed", True)
    assert (answered.status, answered.json["code"]) == (409, "job_imported")
    assert [job["imported"] for job in listed] == [False, True]


def test_a_retry_that_reaches_nobody_is_handed_over_by_the_sweeper(stage: Stage) -> None:
    job_id = failed(stage)
    stage.orchestrator.script = answering(503)
    answered = stage.send("POST", f"/api/jobs/{job_id}/retry").json
    assert (answered["accepted"], answered["handoverError"]) == (False, "HTTP 503")
    stage.orchestrator.script = answering(200)
    stage.now_ms += 3_600_000

    assert stage.sweep() == 1

    assert stage.orchestrator.to("/jobs")[-1].message["generation"] == 2
    assert stage.row(job_id)["accepted"] == 1


def test_limits_of_a_job_are_in_its_manifest_and_bounded_at_the_door(stage: Stage) -> None:
    job_id = stage.job({**DOWNLOAD, "limits": {"maxAttempts": 1, "totalS": 600}})
    refused = stage.send("POST", "/api/jobs", {**DOWNLOAD, "limits": {"totalS": 5}})

    manifest = stage.manifest(job_id)
    assert manifest["limits"] == {"maxAttempts": 1, "totalS": 600}
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "limits.totalS")


def test_a09_a_job_that_was_started_as_often_as_can_be_counted_keeps_its_end(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, "failed"))
    stage.database.sqlite.execute("UPDATE jobs SET generation = 1000")
    before, manifest = stage.row(job_id), stage.manifest(job_id)

    refused = stage.send("POST", f"/api/jobs/{job_id}/retry")

    assert (refused.status, refused.json["code"]) == (409, "too_many_retries")
    assert (stage.row(job_id), stage.manifest(job_id)) == (before, manifest)
    assert stage.send("POST", f"/api/jobs/{job_id}/cancel").status == 200
    assert stage.send("DELETE", f"/api/media/{before['media_id']}").status in (200, 202, 204)
