import json

import pytest

from media_jobs.errors import InvalidInput
from media_jobs.manifest import JobManifest
from media_jobs.wire import read

VALID: dict[str, object] = {
    "version": 1,
    "jobId": "job_1",
    "mediaId": "med_1",
    "engine": "burner-ffmpeg",
    "generation": 1,
    "inputs": {
        "video": {"key": "media/med_1/inputs/up_1/video"},
        "subtitles": {"key": "media/med_1/inputs/sub_1/subtitles.vtt"},
    },
    "options": {"bilingual": True},
    "limits": {"totalS": 600, "maxAttempts": 2},
    "caller": "c0ffee",
    "headStartS": 60,
    "afterSeq": 7,
    "createdAt": 1_790_000_000_000,
}


def test_a_manifest_says_what_a_job_reads_and_how() -> None:
    manifest = read(JobManifest, json.dumps(VALID))

    assert manifest.inputs["video"].key == "media/med_1/inputs/up_1/video"
    assert manifest.options == {"bilingual": True}
    assert (manifest.limits.total_s, manifest.limits.queue_s) == (600, None)


def test_a_manifest_survives_writing_and_reading() -> None:
    manifest = read(JobManifest, json.dumps(VALID))

    assert json.loads(manifest.to_json()) == VALID
    assert read(JobManifest, manifest.to_json()) == manifest


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": {"video": {"key": "media/med_2/inputs/up_1/video"}}},
        {"inputs": {"video": {"key": "media/med_1/../med_2/video"}}},
        {"inputs": {"video": {"key": "manifests/jobs/job_2.json"}}},
        {"inputs": {"video": {"key": "https://elsewhere/video"}}},
        {"inputs": {"comments-data": {"key": "media/med_1/inputs/c/comments.json"}}},
        {"inputs": {"video": "media/med_1/inputs/up_1/video"}},
        {"inputs": {}, "engine": "burner"},
        {"options": []},
        {"version": 2},
        {"jobId": "../job"},
        {"limits": {"maxAttempts": 0}},
        {"limits": {"maxAttempts": 11}},
        {"limits": {"heartbeatS": 14}},
        {"limits": {"totalS": 48 * 3600 + 1}},
        {"limits": {"eternal": True}},
        {"afterSeq": -1},
        {"headStartS": 3601},
        {"runningMax": 0},
        {"surplus": True},
    ],
)
def test_a_manifest_that_reaches_outside_its_media_or_breaks_a_rule_is_refused(
    change: dict[str, object],
) -> None:
    with pytest.raises(InvalidInput):
        read(JobManifest, json.dumps({**VALID, **change}))
