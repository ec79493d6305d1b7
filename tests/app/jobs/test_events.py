"""Events of the orchestrator: each applied once, in order, and never said to be when it was not."""

import asyncio
import re
from typing import Any

import pytest

from tests.app.stage import SECRET, START_MS, VTT, Stage, signed
from tests.platform.loop import run

MINUTES_5 = 300_000


def test_an_event_is_applied_and_seen_through_the_api(stage: Stage) -> None:
    job_id = stage.job()
    stage.now_ms += 1000

    answered = stage.tell(stage.event(job_id, 4, "running", phase="encoding", progress=0.25))

    document = stage.send("GET", f"/api/jobs/{job_id}").json
    assert (answered.status, answered.json) == (200, {"ok": True})
    assert (document["status"], document["phase"]) == ("running", "encoding")
    assert document["progress"] == 0.25
    assert (document["attempt"], document["updatedAt"]) == (1, START_MS + 1000)
    assert document["finishedAt"] is None


def test_the_timeline_has_every_applied_event(stage: Stage) -> None:
    job_id = stage.job()
    error = {"code": "interrupted", "message": "The host went down.", "retryable": True}
    stage.tell(stage.event(job_id, 1, "running"))
    stage.tell(stage.event(job_id, 2, "queued", cause="interrupted", error=error, attempt=2))

    first, second = stage.send("GET", f"/api/jobs/{job_id}/events").json["items"]

    assert (first["eventSeq"], first["status"], first["error"]) == (1, "running", None)
    assert second == {
        "eventSeq": 2,
        "eventId": f"{job_id}.1.2",
        "attempt": 2,
        "status": "queued",
        "phase": None,
        "progress": 0.5,
        "cause": "interrupted",
        "error": error,
        "at": START_MS,
    }


# --- who may tell ---------------------------------------------------------------------------------


def test_fields_that_a_newer_orchestrator_adds_are_ignored(stage: Stage) -> None:
    answered = stage.tell(stage.event(stage.job(), 1, "running", added=1))

    assert (answered.status, answered.json) == (200, {"ok": True})


# --- what is no event -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"eventSeq": 0},
        {"jobId": "../x"},
        {"status": "done"},
        {"progress": 1.01},
        {"outputs": {"video": {}}},
    ],
)
def test_a_signed_event_with_a_wrong_field_is_400_and_changes_nothing(
    stage: Stage, change: dict[str, object]
) -> None:
    job_id = stage.job()

    answered = stage.tell({**stage.event(job_id, 1, "running"), **change})

    assert (answered.status, answered.json["code"]) == (400, "bad_request")
    assert stage.row(job_id)["event_seq"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"\xff", b"NaN", b"[" * 6000])
def test_a_signed_body_that_is_no_document_is_400(stage: Stage, body: bytes) -> None:
    answered = stage.send("POST", "/api/render/cf-callback", **signed(body))

    assert (answered.status, answered.json["code"]) == (400, "bad_request")


def test_an_event_of_an_unknown_job_is_404(stage: Stage) -> None:
    event = stage.event(stage.job(), 1, "running")

    answered = stage.tell({**event, "jobId": "job_unknown"})

    assert (answered.status, answered.json["code"]) == (404, "not_found")
    assert stage.database.look("SELECT * FROM job_events") == []


# --- once, and in order ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["running", "failed"])
def test_a_duplicate_is_answered_ok_and_applied_once(stage: Stage, status: str) -> None:
    job_id = stage.job()
    event = stage.event(job_id, 1, status)
    first = stage.tell(event)
    row = stage.row(job_id)
    stage.now_ms += 1000

    again = stage.tell({**event, "ts": stage.now_ms, "nonce": "another-nonce"})

    assert first.json == {"ok": True}
    assert (again.status, again.json) == (200, {"ok": True, "duplicate": True})
    assert stage.row(job_id) == row
    assert len(stage.database.look("SELECT * FROM job_events")) == 1


def test_an_older_event_does_not_undo_a_newer_one(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 5, "uploading", progress=0.9))
    row = stage.row(job_id)

    answered = stage.tell(stage.event(job_id, 4, "running", progress=0.4))

    assert (answered.status, answered.json) == (200, {"ok": True, "duplicate": True})
    assert stage.row(job_id) == row


@pytest.mark.parametrize("end", ["completed", "failed", "canceled"])
@pytest.mark.parametrize("after", ["queued", "running", "completed", "failed", "canceled"])
def test_the_end_absorbs_and_what_follows_is_refused(stage: Stage, end: str, after: str) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 3, end))
    row = stage.row(job_id)

    answered = stage.tell(stage.event(job_id, 4, after))

    assert (answered.status, answered.json["code"]) == (409, "event_refused")
    assert stage.row(job_id) == row
    assert len(stage.database.look("SELECT * FROM job_events")) == 1


def test_an_event_of_another_generation_is_refused(stage: Stage) -> None:
    job_id = stage.job()

    answered = stage.tell({**stage.event(job_id, 1, "running"), "generation": 2})

    assert (answered.status, answered.json["code"]) == (409, "event_refused")
    assert stage.row(job_id)["event_seq"] == 0


def test_an_event_that_failed_to_apply_can_be_told_again(stage: Stage) -> None:
    job_id = stage.job()
    event = stage.event(job_id, 1, "running")
    stage.database.sqlite.execute("ALTER TABLE job_events RENAME TO away")
    assert stage.tell(event).status == 503
    stage.database.sqlite.execute("ALTER TABLE away RENAME TO job_events")

    assert stage.row(job_id)["status"] == "queued"
    assert stage.tell(event).json == {"ok": True}
    assert stage.row(job_id)["status"] == "running"


def test_a_hundred_events_at_once_leave_the_newest(stage: Stage) -> None:
    job_id = stage.job()
    order = [(number * 37) % 100 + 1 for number in range(100)]

    async def tell_all() -> list[int]:
        calls = [
            stage.call("POST", "/api/render/cf-callback", **signed(event))
            for event in (stage.event(job_id, seq, "running", progress=seq / 100) for seq in order)
        ]
        return [answered.status for answered in await asyncio.gather(*calls)]

    statuses = run(tell_all())

    row = stage.row(job_id)
    assert set(statuses) == {200}
    assert (row["event_seq"], row["progress"]) == (100, 1)


def test_one_event_told_twenty_times_at_once_is_applied_once(stage: Stage) -> None:
    job_id = stage.job()
    sent = signed(stage.event(job_id, 1, "running"))

    async def tell_all() -> list[dict[str, object]]:
        calls = [stage.call("POST", "/api/render/cf-callback", **sent) for _ in range(20)]
        return [answered.json for answered in await asyncio.gather(*calls)]

    answers = run(tell_all())

    assert answers.count({"ok": True}) == 1
    assert answers.count({"ok": True, "duplicate": True}) == 19


# --- ends -----------------------------------------------------------------------------------------


def test_an_end_has_its_time_its_error_and_no_more_checks(stage: Stage) -> None:
    job_id = stage.job()
    error = {"code": "disk_full", "message": "No space.", "retryable": False}
    stage.now_ms += 9000
    stage.tell(stage.event(job_id, 1, "failed", error=error))

    document = stage.send("GET", f"/api/jobs/{job_id}").json

    assert document["error"] == error
    assert document["finishedAt"] == START_MS + 9000
    assert stage.row(job_id)["check_ms"] is None


def test_a_retry_forgets_the_error_that_led_to_it(stage: Stage) -> None:
    job_id = stage.job()
    error = {"code": "interrupted", "message": "", "retryable": True}
    stage.tell(stage.event(job_id, 1, "queued", error=error))
    failed = stage.send("GET", f"/api/jobs/{job_id}").json["error"]
    stage.tell(stage.event(job_id, 2, "running"))

    assert failed == error
    assert stage.send("GET", f"/api/jobs/{job_id}").json["error"] is None


def test_a_finished_download_gives_its_media_what_it_brought_once(stage: Stage) -> None:
    job_id = stage.job()
    media_id = stage.row(job_id)["media_id"]
    folder = f"media/{media_id}/downloads/{job_id}/1-1/"
    files = ("video.mp4", "subtitles.vtt", "comments.json", "metadata.json")
    outputs = stage.outputs(job_id, *files, size_bytes=1234)
    stage.now_ms += 1000
    event = stage.event(job_id, 6, "completed", outputs=outputs)
    stage.tell(event)
    stage.tell(event)

    rows = stage.database.look("SELECT slot, object_key, content_type, ready FROM inputs")

    assert sorted(tuple(row.values()) for row in rows) == [
        ("comments-data", folder + "comments.json", "application/json", 1),
        ("subtitles", folder + "subtitles.vtt", "text/vtt", 1),
        ("video", folder + "video.mp4", "video/mp4", 1),
    ]
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]
    assert inputs["subtitles"]["inputId"].startswith("sub_")
    assert inputs["comments-data"]["inputId"].startswith("com_")
    assert re.fullmatch("vid_[0-9A-Z]{26}", inputs["video"].pop("inputId"))
    assert inputs["video"] == {
        "slot": "video",
        "contentType": "video/mp4",
        "sizeBytes": 1234,
        "createdAt": START_MS + 1000,
        "language": None,
        "origin": None,
        "parent": None,
    }


def test_a_downloaded_video_is_what_the_next_job_reads(stage: Stage) -> None:
    download = stage.job()
    media_id = stage.row(download)["media_id"]
    key = f"media/{media_id}/downloads/{download}/1-1/video.mp4"
    stage.tell(stage.event(download, 1, "completed", outputs=stage.outputs(download, "video.mp4")))
    stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode())

    burn = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})

    manifest = stage.manifest(burn)
    assert manifest["inputs"]["video"] == {"key": key}


@pytest.mark.parametrize(
    ("status", "files"),
    [("failed", ["video.mp4"]), ("completed", None), ("completed", ["metadata.json"])],
)
def test_no_other_event_of_a_download_gives_a_video(
    stage: Stage, status: str, files: list[str] | None
) -> None:
    job_id = stage.job()
    more = {} if files is None else {"outputs": stage.outputs(job_id, *files)}
    assert stage.tell(stage.event(job_id, 1, status, **more)).status == 200

    assert stage.database.look("SELECT * FROM inputs") == []


def test_a_burned_video_is_no_input(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    before = stage.send("GET", f"/api/media/{media_id}").json
    job_id = stage.job({"engine": "burner-ffmpeg", "mediaId": media_id})

    outputs = stage.outputs(job_id, "video.mp4")
    assert stage.tell(stage.event(job_id, 1, "completed", outputs=outputs)).status == 200

    assert stage.send("GET", f"/api/media/{media_id}").json["inputs"] == before["inputs"]


def test_a_refused_event_gives_its_media_nothing(stage: Stage) -> None:
    job_id = stage.job()
    stage.tell(stage.event(job_id, 1, "canceled"))

    outputs = stage.outputs(job_id, "video.mp4")
    assert stage.tell(stage.event(job_id, 2, "completed", outputs=outputs)).status == 409

    assert stage.database.look("SELECT * FROM inputs") == []


ODD_OUTPUTS: dict[str, dict[str, object]] = {
    "another engine's folder": {"key": "media/{media}/outputs/{job}/1-1/video.mp4"},
    "an input": {"key": "media/{media}/inputs/vid_1/video"},
    "another job": {"key": "media/{media}/downloads/job_other/1-1/video.mp4"},
    "another attempt": {"key": "media/{media}/downloads/{job}/1-2/video.mp4"},
    "another media": {"key": "media/med_other/downloads/{job}/1-1/video.mp4"},
    "another slot": {"key": "media/{media}/downloads/{job}/1-1/audio.wav"},
    "the manifest": {"key": "manifests/jobs/{job}.json"},
    "a page": {"contentType": "text/html"},
    "a page, nearly": {"contentType": "video/mp4; charset=utf-8"},
    "a size that no number of D1 holds": {"sizeBytes": 2**63},
    "less than nothing": {"sizeBytes": -1},
    "a length that no number of JavaScript holds": {"durationMs": 2**53},
}


@pytest.mark.parametrize("change", ODD_OUTPUTS.values(), ids=ODD_OUTPUTS.keys())
def test_a01_a02_an_output_that_is_none_of_its_attempt_is_refused_whoever_signs(
    stage: Stage, change: dict[str, object]
) -> None:
    job_id = stage.job()
    names = {"media": stage.row(job_id)["media_id"], "job": job_id}
    changed = {k: v.format(**names) if isinstance(v, str) else v for k, v in change.items()}
    outputs: Any = stage.outputs(job_id, "video.mp4")
    outputs["video"].update(changed)

    answered = stage.tell(stage.event(job_id, 1, "completed", outputs=outputs))

    assert (answered.status, answered.json["code"]) == (400, "bad_request")
    assert stage.row(job_id)["status"] == "queued"
    assert stage.database.look("SELECT * FROM inputs") == []


def test_a_slot_that_the_engine_has_not_is_refused(stage: Stage) -> None:
    job_id = stage.job()
    page = stage.outputs(job_id, "page.mp4")

    answered = stage.tell(stage.event(job_id, 1, "completed", outputs=page))

    assert (answered.status, answered.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "change", [{"mediaId": "med_other"}, {"engine": "burner-ffmpeg"}], ids=["media", "engine"]
)
def test_an_event_that_says_another_media_or_engine_than_its_job_s_changes_nothing(
    stage: Stage, change: dict[str, object]
) -> None:
    job_id = stage.job()
    before = stage.row(job_id)

    answered = stage.tell({**stage.event(job_id, 1, "running"), **change})

    assert (answered.status, answered.json["code"]) == (409, "event_refused")
    assert stage.row(job_id) == before
    assert stage.database.look("SELECT * FROM job_events") == []


@pytest.mark.parametrize(
    "change",
    [{"eventSeq": 2**53}, {"generation": 2**63}, {"generation": 0}, {"attempt": 2**63}],
    ids=str,
)
def test_a_number_that_no_column_holds_is_a_bad_request(
    stage: Stage, change: dict[str, object]
) -> None:
    job_id = stage.job()

    answered = stage.tell({**stage.event(job_id, 1, "running"), **change})

    assert (answered.status, answered.json["code"]) == (400, "bad_request")


def test_the_log_says_what_was_refused_and_not_by_which_secret(stage: Stage) -> None:
    stage.tell(stage.event(stage.job(), 1, "running"), secret="another-secret")

    refused = stage.log[-1]
    assert (refused["event"], refused["code"]) == ("refused", "unauthorized")
    assert refused["why"] == "signature of another secret or message"
    assert SECRET not in repr(stage.log)
    assert "another-secret" not in repr(stage.log)
