"""The orphan report: objects that no row names, rows whose object is gone."""

from typing import Any

import pytest

from app.media.orphans import OBJECTS_PER_PAGE
from tests.app.stage import DOWNLOAD, VTT, Stage
from tests.platform.loop import run

HOUR_MS = 3600_000
OLD = "00000000000000000000000000"


def _report(stage: Stage) -> list[dict[str, Any]]:
    """Return all pages of the report."""
    items: list[dict[str, Any]] = []
    target: str | None = "/api/orphans"
    while target is not None:
        answered = stage.send("GET", target)
        assert answered.status == 200, answered.text
        items += answered.json["items"]
        cursor = answered.json["nextCursor"]
        target = f"/api/orphans?cursor={cursor}" if cursor else None
    return items


def test_where_bucket_and_records_agree_there_is_nothing_to_report(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.send("POST", f"/api/media/{media_id}/uploads", {"sizeBytes": 5})
    done, folder = stage.finished_download()
    stage.put(folder + "video.mp4", folder + "metadata.json", f"receipts/jobs/{done}.json")
    running = stage.job(DOWNLOAD)
    stage.put(f"media/{stage.row(running)['media_id']}/downloads/{running}/1-1/video.mp4")

    stage.now_ms += 2 * HOUR_MS

    assert _report(stage) == []


def test_objects_that_no_row_names_are_reported(stage: Stage) -> None:
    job_id, folder = stage.finished_download()
    media_id = stage.row(job_id)["media_id"]
    stage.put(folder + "video.mp4", folder + "metadata.json")
    given_up = folder.replace("/1-1/", "/1-2/") + "video.mp4"
    forgotten = f"media/med_{OLD}/outputs/job_{OLD}/1-1/video.mp4"
    dropped = f"media/{media_id}/inputs/upl_{OLD}/video"
    strange = f"media/{media_id}/notes.txt"
    manifest = f"manifests/jobs/job_{OLD}.json"
    receipt = f"receipts/jobs/job_{OLD}.json"
    stage.put(given_up, forgotten, dropped, strange, manifest, receipt)
    before = dict(stage.objects.stored)

    report = _report(stage)

    expected = {
        given_up: (media_id, job_id),
        forgotten: (f"med_{OLD}", f"job_{OLD}"),
        dropped: (media_id, None),
        strange: (None, None),
        manifest: (None, f"job_{OLD}"),
        receipt: (None, f"job_{OLD}"),
    }
    assert {item["key"]: (item["mediaId"], item["jobId"]) for item in report} == expected
    assert {item["kind"] for item in report} == {"object_without_row"}
    assert stage.objects.stored == before


def test_rows_whose_object_is_gone_are_reported(stage: Stage) -> None:
    job_id, folder = stage.finished_download()
    media_id = stage.row(job_id)["media_id"]
    stage.put(folder + "video.mp4", folder + "metadata.json")
    subtitles = stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode()).json
    running = stage.job(DOWNLOAD)
    gone = [
        folder + "metadata.json",
        f"media/{media_id}/inputs/{subtitles['inputId']}/subtitles.vtt",
        f"manifests/jobs/{running}.json",
    ]
    run(stage.objects.delete_many(gone))

    report = _report(stage)

    assert [(item["kind"], item["key"], item["jobId"], item["inputId"]) for item in report] == [
        ("row_without_object", gone[1], None, subtitles["inputId"]),
        ("row_without_object", gone[0], job_id, None),
        ("row_without_object", gone[2], running, None),
    ]


def test_what_is_being_written_just_now_is_no_orphan(stage: Stage) -> None:
    job_id = stage.job(DOWNLOAD)
    younger = f"{job_id[:-1]}{'0' if job_id[-1] != '0' else '1'}"
    media_id = stage.row(job_id)["media_id"]
    keys = {
        f"manifests/jobs/{younger}.json",
        f"media/{media_id}/inputs/{younger.replace('job_', 'sub_')}/subtitles.vtt",
    }
    stage.put(*keys)

    now = _report(stage)
    stage.now_ms += 2 * HOUR_MS
    later = _report(stage)

    assert now == []
    assert {item["key"] for item in later} == keys


@pytest.mark.heavy
def test_a_large_bucket_is_compared_page_by_page(stage: Stage) -> None:
    keys = {f"media/med_{OLD}/outputs/job_{OLD}/1-1/{number}" for number in range(1203)}
    stage.put(*keys)

    first = stage.send("GET", "/api/orphans?cursor=media").json
    found = _report(stage)

    assert len(first["items"]) == OBJECTS_PER_PAGE
    assert len(found) == len(keys)
    assert {item["key"] for item in found} == keys
