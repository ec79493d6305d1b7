"""Uploads that make a media of their own: seen once they are complete, and else leaving nothing."""

import json
from typing import Any

import pytest

from tests.app.stage import COMMENTS, Stage
from tests.platform.network import answering

MIB = 1024 * 1024
HOUR_MS = 3600_000


def begun(stage: Stage, **more: object) -> dict[str, Any]:
    body = {"title": "Talk", "sizeBytes": 9 * MIB, "multipart": True, **more}
    answered = stage.send("POST", "/api/uploads", body)
    assert answered.status == 201, answered.text
    return answered.json


def path(upload: dict[str, Any], end: str = "") -> str:
    return f"/api/media/{upload['mediaId']}/uploads/{upload['uploadId']}{end}"


def completed(stage: Stage, upload: dict[str, Any], **more: object) -> int:
    (r2_id,) = stage.objects.uploads
    bodies = [b"v" * 8 * MIB, b"v" * MIB]
    etags = [stage.objects.put_part(r2_id, n, body) for n, body in enumerate(bodies, 1)]
    parts = [{"partNumber": n, "etag": etag} for n, etag in enumerate(etags, 1)]
    answered = stage.send("POST", path(upload, "/complete"), {"parts": parts, **more})
    return answered.status


def listed(stage: Stage) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stage.send("GET", "/api/media").json["items"]
    return items


def traces(stage: Stage) -> tuple[int, int, int]:
    """Return how many inputs, objects and begun uploads there are."""
    inputs = stage.database.look("SELECT input_id FROM inputs")
    return len(inputs), len(stage.objects.stored), len(stage.objects.uploads)


def test_the_media_is_listed_with_title_and_length_once_the_upload_is_complete(
    stage: Stage,
) -> None:
    upload = begun(stage)
    before = listed(stage)

    status = completed(stage, upload, durationS=61.25)

    assert (before, status) == ([], 200)
    (item,) = listed(stage)
    assert (item["mediaId"], item["title"], item["durationS"]) == (upload["mediaId"], "Talk", 61.25)
    assert item["inputs"].keys() == {"video"}
    assert "durationS" not in stage.send("POST", "/api/media", {}).json


@pytest.mark.parametrize("multipart", [True, False])
def test_an_aborted_upload_takes_its_media_with_it(stage: Stage, multipart: bool) -> None:
    upload = begun(stage, multipart=multipart)

    assert stage.send("DELETE", path(upload)).status == 204

    assert stage.send("GET", f"/api/media/{upload['mediaId']}").status == 404
    assert traces(stage) == (0, 0, 0)


def test_one_that_nobody_completes_takes_its_media_with_it(stage: Stage) -> None:
    upload = begun(stage)
    stage.now_ms += 74 * HOUR_MS

    stage.sweep_storage()

    assert stage.send("GET", f"/api/media/{upload['mediaId']}").status == 404
    assert traces(stage) == (0, 0, 0)


def test_a_media_that_has_more_stays_when_its_upload_is_aborted(stage: Stage) -> None:
    upload = begun(stage)
    target = f"/api/media/{upload['mediaId']}"
    stage.send("PUT", f"{target}/subtitles", b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n")

    stage.send("DELETE", path(upload))

    (item,) = listed(stage)
    assert item["inputs"].keys() == {"subtitles"}
    stage.send("DELETE", target)
    assert listed(stage) == []


def test_a_refused_upload_leaves_nothing(stage: Stage) -> None:
    refusals = [
        stage.send("POST", "/api/uploads", {"title": "A", "sizeBytes": 1 << 41}),
        stage.send("POST", "/api/uploads", {"title": "", "sizeBytes": 5}),
        stage.send("POST", "/api/uploads", {"sizeBytes": 5, "contentType": "text/html"}),
    ]
    stage.orchestrator.script = answering(503, {})
    refusals.append(stage.send("POST", "/api/uploads", {"title": "A", "sizeBytes": 5}))

    assert [answered.status for answered in refusals] == [400, 400, 400, 502]
    assert [answered.json["errors"][0]["field"] for answered in refusals[:3]] == [
        "sizeBytes",
        "title",
        "contentType",
    ]
    assert stage.database.look("SELECT * FROM media") == []
    assert traces(stage) == (0, 0, 0)


@pytest.mark.parametrize("duration", [0, -1, 1e9, "long", None])
def test_a_length_that_is_none_is_refused_but_for_none(stage: Stage, duration: object) -> None:
    upload = begun(stage)

    assert completed(stage, upload, durationS=duration) == (200 if duration is None else 400)


def test_another_version_has_a_length_of_its_own(stage: Stage) -> None:
    upload = begun(stage)
    completed(stage, upload, durationS=5)
    target = f"/api/media/{upload['mediaId']}"
    first = stage.send("GET", target).json["inputs"]["video"]["inputId"]
    second = stage.send("POST", f"{target}/uploads", {"sizeBytes": 5}).json["uploadId"]
    stage.put(f"media/{upload['mediaId']}/inputs/{second}/video", body="video")
    stage.now_ms += 5
    stage.send("POST", f"{target}/uploads/{second}/complete")
    unknown = stage.send("GET", target).json
    stage.now_ms += 5

    stage.send("POST", f"{target}/inputs/{first}/restore")

    assert "durationS" not in unknown
    assert stage.send("GET", target).json["durationS"] == 5


def test_each_change_of_a_media_is_told(stage: Stage) -> None:
    def told(method: str, target: str, body: object = None) -> list[str]:
        stage.hub.media.clear()
        assert stage.send(method, target, body).status < 300
        return stage.hub.media[:]

    upload = begun(stage)
    assert stage.hub.media == []
    completed(stage, upload)
    target = f"/api/media/{upload['mediaId']}"
    mine = [upload["mediaId"]]
    assert stage.hub.media == mine
    assert told("PATCH", target, {"title": "Other"}) == mine
    assert told("PUT", f"{target}/comments", COMMENTS) == mine
    assert told("DELETE", target) == mine
    job = json.dumps({"engine": "media-downloader", "options": {"url": "https://a.test/"}})
    assert len(told("POST", "/api/jobs", job.encode())) == 1
