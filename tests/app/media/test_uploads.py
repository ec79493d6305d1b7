"""Uploads in parts, aborted ones, and what nobody completed."""

from typing import Any

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import START_MS, Stage
from tests.platform.loop import run
from tests.platform.network import PeerCall, answering

MIB = 1024 * 1024
HOUR_MS = 3600_000
PART = {"partNumber": 1, "url": "https://bucket.test/part", "headers": {"x": "y"}}


def _begin(stage: Stage, media_id: str, size_bytes: int = 17 * MIB) -> dict[str, Any]:
    body = {"sizeBytes": size_bytes, "multipart": True}
    answered = stage.send("POST", f"/api/media/{media_id}/uploads", body)
    assert answered.status == 201, answered.text
    return answered.json


def _bodies(size_bytes: int = 17 * MIB) -> list[bytes]:
    return [b"v" * min(8 * MIB, size_bytes - start) for start in range(0, size_bytes, 8 * MIB)]


def _put(stage: Stage, bodies: list[bytes]) -> list[dict[str, object]]:
    """Upload the parts as presigned PUTs do; return what completes them, last part first."""
    (r2_id,) = stage.objects.uploads
    etags = [stage.objects.put_part(r2_id, n, body) for n, body in enumerate(bodies, 1)]
    return [{"partNumber": n, "etag": f'"{etag}"'} for n, etag in enumerate(etags, 1)][::-1]


def _path(media_id: str, upload: dict[str, Any], end: str = "") -> str:
    return f"/api/media/{media_id}/uploads/{upload['uploadId']}{end}"


def test_parts_become_the_medias_video_once(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    parts = _put(stage, _bodies())
    stage.now_ms += 5

    done = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})
    again = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})

    assert (upload["partSizeBytes"], upload["partCount"]) == (8 * MIB, 3)
    assert (done.status, done.json["sizeBytes"]) == (200, 17 * MIB)
    assert done.json["createdAt"] == START_MS + 5
    assert again.json == done.json
    assert stage.send("GET", f"/api/media/{media_id}").json["inputs"] == {"video": done.json}
    assert stage.send("GET", _path(media_id, upload)).json["state"] == "complete"


def test_what_is_larger_than_one_put_may_be_comes_in_parts(stage: Stage, media_id: str) -> None:
    def begun(size_bytes: int) -> dict[str, Any]:
        target = f"/api/media/{media_id}/uploads"
        return stage.send("POST", target, {"sizeBytes": size_bytes}).json

    assert "url" in begun(4 * 1024**3)
    large = begun(4 * 1024**3 + 1)
    assert ("url" in large, large["partCount"]) == (False, 513)
    assert begun(100 * 1024**3)["partCount"] <= 1000


def test_each_part_asked_for_has_a_place(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    grants = {"parts": [PART], "expiresAt": 5}
    stage.orchestrator.script = answering(200, grants)

    answered = stage.send("POST", _path(media_id, upload, "/parts"), {"partNumbers": [1]})

    (call,) = stage.orchestrator.to("/uploads/parts")
    assert answered.json == {"parts": [{**PART, "method": "PUT"}], "expiresAt": 5}
    assert (call.message["type"], call.message["uploadId"]) == ("upload.parts", "r2-upload-1")
    assert call.message["partNumbers"] == [1]
    assert (call.message["sizeBytes"], call.message["partBytes"]) == (17 * MIB, 8 * MIB)


@pytest.mark.parametrize("multipart", [False, True])
def test_an_orchestrator_that_reads_no_length_is_told_none(
    stage: Stage, media_id: str, multipart: bool
) -> None:
    grants = {"parts": [PART], "expiresAt": 5, "url": "https://bucket.test/x", "headers": {}}

    def older(call: PeerCall) -> PeerAnswer:
        known = call.message.keys().isdisjoint({"sizeBytes", "partBytes"})
        return answering(*((200, grants) if known else (400, {"error": "bad_request"})))(call)

    stage.orchestrator.script = older
    if multipart:
        upload = _begin(stage, media_id)
        answered = stage.send("POST", _path(media_id, upload, "/parts"), {"partNumbers": [1]})
    else:
        answered = stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5})

    assert answered.status in (200, 201), answered.text
    assert "https://bucket.test/" in answered.text


@pytest.mark.parametrize("numbers", [[], [0], [4], ["1"], [1] * 101])
def test_no_other_parts_have_places(stage: Stage, media_id: str, numbers: list[object]) -> None:
    upload = _begin(stage, media_id)

    answered = stage.send("POST", _path(media_id, upload, "/parts"), {"partNumbers": numbers})

    assert answered.status == (409 if numbers == [4] else 400)
    assert stage.orchestrator.to("/uploads/parts") == []


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_all_parts_must_be_named(stage: Stage, media_id: str, left_out: int) -> None:
    upload = _begin(stage, media_id)
    parts = _put(stage, _bodies())
    del parts[left_out]

    answered = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})

    assert (answered.status, answered.json["errors"][0]["field"]) == (409, "parts")


def test_a_part_with_another_etag_completes_nothing(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    parts = _put(stage, _bodies())
    parts[0]["etag"] = "0" * 32

    answered = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})

    assert (answered.status, answered.json["code"]) == (409, "upload_incomplete")


def test_a_completion_whose_answer_was_lost_can_be_repeated(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    parts = _put(stage, _bodies())
    numbered = [(part["partNumber"], str(part["etag"]).strip('"')) for part in reversed(parts)]
    key = f"media/{media_id}/inputs/{upload['uploadId']}/video"
    run(stage.objects.complete_multipart(key, "r2-upload-1", numbered))  # type: ignore[arg-type]

    answered = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})

    assert answered.status == 200


def test_an_aborted_upload_leaves_nothing(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    parts = _put(stage, _bodies())

    answered = stage.send("DELETE", _path(media_id, upload))

    assert answered.status == 204
    assert stage.objects.uploads == {}
    late = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": parts})
    assert late.status == 404


def test_a_whole_upload_that_was_aborted_is_dropped_when_its_url_has_expired(
    stage: Stage, media_id: str
) -> None:
    upload = stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5}).json
    key = f"media/{media_id}/inputs/{upload['uploadId']}/video"

    assert stage.send("DELETE", _path(media_id, upload)).status == 204
    stage.put(key, body="video")
    late = stage.send("POST", _path(media_id, upload, "/complete"))
    stage.now_ms += 3 * HOUR_MS
    stage.sweep_storage()

    assert (late.status, late.json["code"]) == (409, "upload_ended")
    assert stage.objects.stored == {}
    assert stage.database.look("SELECT * FROM inputs") == []


def test_a_complete_upload_cannot_be_aborted(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    stage.send("POST", _path(media_id, upload, "/complete"), {"parts": _put(stage, _bodies())})

    answered = stage.send("DELETE", _path(media_id, upload))

    assert (answered.status, answered.json["code"]) == (409, "upload_ended")
    assert stage.send("GET", f"/api/media/{media_id}").json["inputs"].keys() == {"video"}


def test_uploads_that_nobody_completes_are_dropped(stage: Stage, media_id: str) -> None:
    upload = _begin(stage, media_id)
    kept = stage.media_with_inputs()
    stage.now_ms += 72 * HOUR_MS

    expired = stage.send("POST", _path(media_id, upload, "/complete"), {"parts": []})
    stage.sweep_storage()
    before = len(stage.objects.uploads)
    stage.now_ms += HOUR_MS
    stage.sweep_storage()

    assert (expired.status, expired.json["code"]) == (409, "upload_ended")
    assert (before, len(stage.objects.uploads)) == (1, 0)
    assert stage.send("GET", _path(media_id, upload)).status == 404
    assert stage.send("GET", f"/api/media/{kept}").json["inputs"].keys() == {
        "video",
        "subtitles",
        "comments-data",
    }


def test_a_media_that_was_deleted_meanwhile_takes_no_upload(stage: Stage, media_id: str) -> None:
    async def delete(call: PeerCall) -> None:
        stage.orchestrator.during.clear()
        await stage.call("DELETE", f"/api/media/{media_id}")

    stage.orchestrator.during[""] = delete

    answered = stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5})

    assert answered.status == 404
    assert stage.database.look("SELECT * FROM inputs") == []
