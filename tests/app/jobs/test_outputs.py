"""The bytes of a job's outputs, for who may read the job."""

import json

from tests.app.stage import Stage


def finished(stage: Stage) -> str:
    """Return the path of the outputs of a job that has made a video."""
    job_id, folder = stage.finished_download()
    stage.put(folder + "video.mp4", body="a film")
    stored = stage.objects.stored[folder + "video.mp4"]
    outputs = json.loads(stage.row(job_id)["outputs"])
    outputs["video"] |= {"etag": stored.etag, "sizeBytes": stored.size_bytes}
    stage.database.look("UPDATE jobs SET outputs = ? RETURNING job_id", json.dumps(outputs))
    return f"/api/jobs/{job_id}/artifacts"


def test_an_output_is_sent_whole_or_in_part_and_to_be_shown_or_saved(stage: Stage) -> None:
    path = finished(stage)

    whole = stage.send("GET", f"{path}/video", token="token-read")
    part = stage.send("GET", f"{path}/video", headers={"range": "bytes=2-3"})
    same = stage.send("GET", f"{path}/video", headers={"if-none-match": whole.headers["etag"]})
    saved = stage.send("HEAD", f"{path}/video?disposition=attachment")

    assert (whole.status, whole.text, whole.headers["content-type"]) == (200, "a film", "video/mp4")
    assert (part.status, part.text) == (206, "fi")
    assert same.status == 304
    assert (saved.status, saved.headers["content-length"]) == (200, "6")
    assert saved.headers["content-disposition"].startswith("attachment; ")


def test_an_output_that_is_not_there_is_named(stage: Stage) -> None:
    path = finished(stage)
    stage.objects.stored.clear()

    none = stage.send("GET", f"{path}/words")
    gone = stage.send("GET", f"{path}/video")

    assert (none.status, none.json["messageKey"]) == (404, "not_found.output")
    assert none.json["messageValues"]["slot"] == "words"
    assert (gone.status, gone.json["code"]) == (404, "artifact_not_ready")
