"""Deleting media with everything they own, and outputs."""

import pytest

from tests.app.stage import VTT, Stage
from tests.platform.network import Script, answering

DAY_MS = 24 * 3600_000
BURN = {"engine": "burner-ffmpeg"}


def _tables(stage: Stage) -> dict[str, int]:
    names = ("inputs", "jobs", "job_events", "job_inputs", "idempotency")
    return {
        name: stage.database.look(f"SELECT count(*) AS n FROM {name}")[0]["n"]  # noqa: S608
        for name in names
    }


def test_a_deleted_media_leaves_no_object_and_no_row(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    other = stage.media_with_inputs()
    body = {**BURN, "mediaId": media_id}
    job_id = stage.send("POST", "/api/jobs", body, headers={"idempotency-key": "k"}).json["jobId"]
    stage.tell(stage.event(job_id, 1, "completed"))
    stage.put(f"media/{media_id}/outputs/{job_id}/1-1/video.mp4", f"receipts/jobs/{job_id}.json")
    stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5, "multipart": True})

    answered = stage.send("DELETE", f"/api/media/{media_id}")

    assert (answered.status, answered.text) == (204, "")
    assert [key for key in stage.objects.stored if media_id in key or job_id in key] == []
    assert stage.objects.uploads == {}
    assert len([key for key in stage.objects.stored if other in key]) == 3
    assert _tables(stage) == {
        "inputs": 3,
        "jobs": 0,
        "job_events": 0,
        "job_inputs": 0,
        "idempotency": 0,
    }
    for method, target in (("GET", ""), ("DELETE", ""), ("PUT", "/subtitles")):
        body_sent = VTT.encode()
        assert stage.send(method, f"/api/media/{media_id}{target}", body_sent).status == 404
    assert [m["mediaId"] for m in stage.send("GET", "/api/media").json["items"]] == [other]
    assert stage.send("GET", f"/api/jobs/{job_id}").status == 404


def test_a_media_with_a_job_that_has_not_ended_stays(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.job({**BURN, "mediaId": media_id})

    answered = stage.send("DELETE", f"/api/media/{media_id}")

    assert (answered.status, answered.json["code"]) == (409, "media_busy")
    assert len(stage.objects.stored) == 4


def test_a_deletion_that_the_bucket_refuses_is_finished_by_the_sweeper(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.objects.down = True

    answered = stage.send("DELETE", f"/api/media/{media_id}")
    hidden = stage.send("GET", f"/api/media/{media_id}").status
    stage.sweep_storage()
    stage.objects.down = False
    stage.now_ms += 5 * 60_000
    stage.sweep_storage()

    assert (answered.status, hidden) == (202, 404)
    assert stage.objects.stored == {}
    assert _tables(stage)["inputs"] == 0


def test_what_is_written_after_the_deletion_is_found_before_the_row_goes(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.send("DELETE", f"/api/media/{media_id}")
    stage.put(f"media/{media_id}/outputs/job_1/1-1/video.mp4")

    stage.now_ms += 6 * DAY_MS
    stage.sweep_storage()
    kept = stage.database.look("SELECT title FROM media")
    stage.now_ms += 2 * DAY_MS
    stage.sweep_storage()

    assert kept == [{"title": ""}]
    assert stage.objects.stored == {}
    assert stage.database.look("SELECT * FROM media") == []


def test_more_objects_than_one_request_deletes_are_left_to_the_sweeper(stage: Stage) -> None:
    media_id = stage.send("POST", "/api/media", {}).json["mediaId"]
    for number in range(6001):
        stage.objects.stored[f"media/{media_id}/outputs/job_1/{number}"] = None  # type: ignore[assignment]

    assert stage.send("DELETE", f"/api/media/{media_id}").status == 202
    assert len(stage.objects.stored) == 1001
    stage.sweep_storage()

    assert stage.objects.stored == {}


# --- outputs --------------------------------------------------------------------------------------


def test_outputs_are_deleted_but_what_has_become_an_input(stage: Stage) -> None:
    job_id, folder = stage.finished_download()
    stage.orchestrator.script = answering(200, {"ok": True})

    answered = stage.send("DELETE", f"/api/jobs/{job_id}/artifacts")

    (call,) = stage.orchestrator.to(f"/artifacts/{job_id}")
    assert answered.status == 204
    assert (call.method, call.message["type"]) == ("DELETE", "artifacts.delete")
    assert call.message["keep"] == [folder + "video.mp4"]
    assert set(stage.send("GET", f"/api/jobs/{job_id}").json["artifacts"]) == {"video"}


@pytest.mark.parametrize("script", [answering(500), answering(200, {"ok": False})])
def test_outputs_that_could_not_be_deleted_stay_shown(stage: Stage, script: Script) -> None:
    job_id, _ = stage.finished_download()
    stage.orchestrator.script = script

    answered = stage.send("DELETE", f"/api/jobs/{job_id}/artifacts")

    assert answered.status == 502
    shown = stage.send("GET", f"/api/jobs/{job_id}").json["artifacts"]
    assert set(shown) == {"video", "metadata"}


def test_a_job_that_has_not_ended_keeps_its_outputs(stage: Stage) -> None:
    answered = stage.send("DELETE", f"/api/jobs/{stage.job()}/artifacts")

    assert (answered.status, answered.json["code"]) == (409, "job_not_ended")
