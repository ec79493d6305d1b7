"""What the message that starts a job says: no more than the orchestrator's version reads."""

import json

import pytest

from tests.app.stage import SECRET, START_MS, VTT, Stage
from tests.platform.network import PeerCall, peer_answer

VERSION = peer_answer(200, '{"ok":true,"version":"0.7.0"}')


def _starts(stage: Stage) -> list[PeerCall]:
    return stage.orchestrator.to("/jobs")


def test_an_orchestrator_that_reads_manifests_gets_the_one_that_is_in_the_bucket(
    stage: Stage,
) -> None:
    stage.orchestrator.forever("/healthz", VERSION)

    job_id = stage.job()

    (start,) = _starts(stage)
    assert start.is_signed_with(SECRET)
    stored = stage.objects.stored[f"manifests/jobs/{job_id}.json"].body
    assert start.message["manifest"] == stored.decode()


@pytest.mark.parametrize(
    "answer",
    [
        peer_answer(200, '{"ok":true,"version":"0.6.9"}'),
        peer_answer(200, "<html>"),
        peer_answer(503, '{"version":"0.7.0"}'),
    ],
)
def test_one_that_does_not_say_so_gets_the_message_of_old(stage: Stage, answer: object) -> None:
    stage.orchestrator.forever("/healthz", answer)  # type: ignore[arg-type]  # Each is an answer.

    stage.job()

    (start,) = _starts(stage)
    assert not {"manifest", "checked"} & start.message.keys()


def test_the_version_is_asked_once_in_ten_minutes(stage: Stage) -> None:
    stage.orchestrator.forever("/healthz", VERSION)

    stage.job()
    stage.job()
    stage.now_ms += 10 * 60_000
    stage.job()

    assert len(stage.orchestrator.to("/healthz")) == 2
    assert all("manifest" in start.message for start in _starts(stage))


def test_one_that_was_rolled_back_meanwhile_gets_the_message_of_old_at_once(stage: Stage) -> None:
    stage.orchestrator.forever("/healthz", VERSION)
    stage.orchestrator.then("/jobs", peer_answer(400, '{"error":"bad_request"}'))

    job_id = stage.job()

    first, second = _starts(stage)
    assert ("manifest" in first.message, "manifest" in second.message) == (True, False)
    assert stage.row(job_id)["accepted"] == 1


def test_inputs_of_the_last_minutes_are_said_to_be_there_and_older_ones_are_not(
    stage: Stage,
) -> None:
    stage.orchestrator.forever("/healthz", VERSION)
    media_id = stage.media_with_inputs()
    stage.now_ms = START_MS + 15 * 60_000
    assert stage.send("PUT", f"/api/media/{media_id}/subtitles", VTT.encode()).status == 201

    stage.send("POST", "/api/jobs", {"engine": "burner-ffmpeg", "mediaId": media_id})

    (start,) = _starts(stage)
    assert start.message["checked"] == ["subtitles"]
    assert set(json.loads(start.message["manifest"])["inputs"]) == {"video", "subtitles"}


@pytest.mark.parametrize(
    ("outputs", "pixels"),
    [
        ({"video": {"width": 3840, "height": 2160}}, 3840 * 2160),
        ({"video": {"width": None, "height": None}}, None),
    ],
)
def test_how_large_a_downloaded_picture_is_is_said_where_it_is_known(
    stage: Stage, outputs: dict[str, object], pixels: int | None
) -> None:
    stage.orchestrator.forever("/healthz", VERSION)
    media_id = stage.media_with_inputs()
    download = stage.job()
    key = f"media/{media_id}/downloads/{download}/1-1/video.mp4"
    stage.objects.put(key, b"video")
    stage.database.look(
        "UPDATE jobs SET outputs = ? WHERE job_id = ?", json.dumps(outputs), download
    )
    stage.database.look(
        "UPDATE inputs SET object_key = ? WHERE media_id = ? AND slot = 'video'", key, media_id
    )

    stage.send("POST", "/api/jobs", {"engine": "burner-ffmpeg", "mediaId": media_id})

    assert _starts(stage)[-1].message.get("sourcePixels") == pixels
