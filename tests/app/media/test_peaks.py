"""The peaks of a video: made by the burner once, kept beside the input, gone with the media."""

import pytest

from media_jobs.ports import PeerAnswer
from tests.app.stage import SECRET, Stage
from tests.platform.network import PeerCall, answering

PEAKS = b"VGPK, not really"


def video_of(stage: Stage, media_id: str) -> str:
    found: str = stage.send("GET", f"/api/media/{media_id}").json["inputs"]["video"]["inputId"]
    return found


def path_of(media_id: str, input_id: str) -> str:
    return f"/api/media/{media_id}/inputs/{input_id}/peaks"


def making(stage: Stage, key: str) -> None:
    """Have the orchestrator answer as one whose burner has put the peaks into the bucket."""

    def made(_: PeerCall) -> PeerAnswer:
        stage.objects.put(key, PEAKS)
        return PeerAnswer(status=200, text='{"progress":1}')

    stage.orchestrator.script = made


def test_peaks_are_made_once_and_then_come_out_of_the_bucket(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    video = video_of(stage, media_id)
    making(stage, f"media/{media_id}/inputs/{video}/peaks.bin")

    first, again = (stage.send("GET", path_of(media_id, video)) for _ in range(2))

    (call,) = stage.orchestrator.to("/peaks")
    assert call.is_signed_with(SECRET)
    assert call.message["type"] == "peaks.make"
    assert (call.message["mediaId"], call.message["inputId"]) == (media_id, video)
    assert call.message["key"] == f"media/{media_id}/inputs/{video}/video"
    for answered in (first, again):
        assert (answered.status, answered.text) == (200, PEAKS.decode())
        assert answered.headers["content-type"] == "application/octet-stream"
    unchanged = stage.send(
        "GET", path_of(media_id, video), headers={"if-none-match": first.headers["etag"]}
    )
    assert unchanged.status == 304


def test_the_progress_is_told_until_they_are_there(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    stage.orchestrator.script = answering(202, {"progress": 0.25})

    answered = stage.send("GET", path_of(media_id, video_of(stage, media_id)))

    assert (answered.status, answered.json) == (202, {"progress": 0.25})


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, (409, "no_peaks")),
        (429, (429, "preview_busy")),
        # An orchestrator or a burner of before does not know the route.
        (404, (502, "peaks_failed")),
        (502, (502, "peaks_failed")),
        # It says that they are made, and they are not there.
        (200, (502, "peaks_failed")),
    ],
)
def test_a_refusal_is_a_problem_without_its_words(
    stage: Stage, status: int, answer: tuple[int, str]
) -> None:
    media_id = stage.media_with_inputs()
    stage.orchestrator.script = answering(status, {"error": "secret words"})

    answered = stage.send("GET", path_of(media_id, video_of(stage, media_id)))

    assert (answered.status, answered.json["code"]) == answer
    assert "secret words" not in answered.text


def test_a_version_of_something_else_has_none(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    inputs = stage.send("GET", f"/api/media/{media_id}").json["inputs"]

    answered = stage.send("GET", path_of(media_id, inputs["subtitles"]["inputId"]))

    assert (answered.status, answered.json["code"]) == (409, "unfit")
    assert stage.send("GET", path_of(media_id, "upl_0")).status == 404
    assert stage.orchestrator.to("/peaks") == []


def test_kept_peaks_are_no_orphans_and_go_with_their_media(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    kept = f"media/{media_id}/inputs/{video_of(stage, media_id)}/peaks.bin"
    lost = f"media/{media_id}/inputs/upl_{'0' * 26}/peaks.bin"
    stage.put(kept, lost)
    stage.now_ms += 2 * 3600_000

    def orphans() -> set[str]:
        items = []
        target: str | None = "/api/orphans"
        while target is not None:
            answered = stage.send("GET", target).json
            items += answered["items"]
            cursor = answered["nextCursor"]
            target = f"/api/orphans?cursor={cursor}" if cursor else None
        return {item["key"] for item in items if item["kind"] == "object_without_row"}

    assert orphans() == {lost}
    assert stage.send("DELETE", f"/api/media/{media_id}").status == 204
    assert kept not in stage.objects.stored
