"""Checking a job or a run before anything is uploaded: the same refusals, and nothing is stored."""

import pytest

from tests.app.stage import DOWNLOAD, Stage

MEDIA = "med_01M8CJK295QT76VTYJD7E4A8CE"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"engine": "burner-ffmpeg", "options": {"preset": "loud"}}, 400, "options.preset"),
        ({"engine": "burner-ffmpeg", "options": {"fontsize": 3}}, 400, "options.fontsize"),
        ({"engine": "burner"}, 400, "engine"),
        ({"engine": "media-downloader", "options": {"url": "file:///x"}}, 400, "options.url"),
        ({"engine": "burner-ffmpeg", "inputs": {"video": "inp_1"}}, 409, "mediaId"),
    ],
)
def test_what_a_job_would_be_refused_for_is_refused_before(
    stage: Stage, body: dict[str, object], status: int, field: str
) -> None:
    answered = stage.send("POST", "/api/jobs/check", body)

    assert answered.status == status
    assert answered.json["errors"][0]["field"] == field


def test_a_job_that_could_be_submitted_is_answered_with_all_its_options(stage: Stage) -> None:
    options = {"url": "https://video.test/1", "cookies": "a=b"}
    answered = stage.send(
        "POST", "/api/jobs/check", {"engine": "media-downloader", "options": options}
    )

    assert answered.status == 200
    assert answered.json["options"].items() >= {"url": options["url"], "maxHeight": 1080}.items()
    assert "cookies" not in answered.json["options"]
    assert stage.database.look("SELECT * FROM jobs") == []
    assert stage.database.look("SELECT * FROM media") == []
    assert stage.objects.stored == {}


def test_of_a_media_what_is_still_to_come_is_not_missing(stage: Stage) -> None:
    media_id = stage.media_with_inputs()
    bare = stage.send("POST", "/api/media", {}).json["mediaId"]
    burn = {"engine": "burner-ffmpeg", "options": {}}

    def status(**more: object) -> int:
        return stage.send("POST", "/api/jobs/check", {**burn, **more}).status

    assert status(mediaId=media_id) == 200
    assert status(mediaId=bare) == 409
    assert status(mediaId=bare, coming=["video", "subtitles"]) == 200
    assert status(mediaId=bare, coming=["subtitles"]) == 409
    assert status(mediaId=MEDIA) == 404
    assert stage.database.look("SELECT * FROM jobs") == []


def test_a_token_that_may_have_no_more_jobs_is_told_before(stage: Stage) -> None:
    limits = {"name": "one", "scopes": ["submit"], "queuedMax": 1}
    token = stage.send("POST", "/api/tokens", limits).json["token"]
    assert stage.send("POST", "/api/jobs", DOWNLOAD, token=token).status == 201

    answered = stage.send("POST", "/api/jobs/check", DOWNLOAD, token=token)

    assert (answered.status, answered.json["code"]) == (429, "too_many_jobs")


def test_a_run_is_checked_by_its_steps_also_of_a_file_that_is_still_to_come(stage: Stage) -> None:
    path = "/api/recipes/subtitle-two-languages/check"
    loud = {"parameters": {"to": "zh"}, "options": {"burn": {"preset": "loud"}}}

    refused = [stage.send("POST", path, {**loud, **of}) for of in ({}, {"url": "https://v.test/1"})]
    fine = stage.send("POST", path, {"parameters": {"to": "zh"}})
    nowhere = stage.send("POST", "/api/recipes/none/check", {})

    for answered in refused:
        assert (answered.status, answered.json["errors"][0]["field"]) == (
            400,
            "options.burn.preset",
        )
    assert fine.json["steps"] == ["transcribe", "translate", "review", "burn"]
    assert nowhere.status == 404
    assert stage.database.look("SELECT * FROM jobs, media, runs") == []
    assert stage.objects.stored == {}
